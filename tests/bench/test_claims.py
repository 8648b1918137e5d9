"""The labelled replies, and what the counter is said to be worth."""

import json

from bench.claims import HALVES, RESULTS, SHIPPED, about, labelled, measured

from holdfast.evidence import ClaimCounter


def test_what_is_shipped_is_what_the_half_comes_to_that_the_rules_were_not_written_with() -> None:
    found = measured(labelled("second"))
    assert ClaimCounter.model_validate_json(SHIPPED.read_bytes()) == found
    kept = json.loads(RESULTS.read_text("utf-8"))
    assert ClaimCounter.model_validate(kept["second"]) == found
    assert kept["about"] == about()


def test_no_topic_is_in_both_halves_and_every_sentence_stands_in_its_reply() -> None:
    halves = [labelled(half) for half in HALVES]
    texts = [{reply.text for reply in half} for half in halves]
    assert not texts[0] & texts[1]
    for half in halves:
        assert len(half) == 26
        for reply in half:
            at = 0
            for sentence, _ in reply.sentences:
                at = reply.text.index(sentence, at) + len(sentence)


def test_both_labels_are_there_in_either_half() -> None:
    for half in HALVES:
        labels = [claim for reply in labelled(half) for _, claim in reply.sentences]
        assert 0.4 < sum(labels) / len(labels) < 0.7
