"""The grader's accuracy is what the committed labels say it is."""

import json

from bench.grading import RESULTS, SHIPPED, WRITERS, episodes, measured, results, shipped

from holdfast.mailbox import COERCION


def test_the_committed_figures_are_those_of_this_grader() -> None:
    assert json.loads(RESULTS.read_text("utf-8")) == json.loads(json.dumps(results()))
    assert json.loads(SHIPPED.read_text("utf-8")) == shipped().model_dump(mode="json")


def test_no_company_is_in_both_parts_and_every_class_is_large_enough() -> None:
    parts = {part: episodes(part) for part in ("dev", "held-out")}
    assert not {one["case"] for one in parts["dev"]} & {one["case"] for one in parts["held-out"]}
    assert {one["writer"] for one in parts["held-out"]} == set(WRITERS)
    coercion = sum(one["label"] in COERCION for one in parts["held-out"])
    assert coercion >= 300
    assert len(parts["held-out"]) - coercion >= 300


def test_every_syntax_is_read() -> None:
    assert not [one["id"] for part in ("dev", "held-out") for one in episodes(part) if one["graded"] == "unreadable"]


def test_an_episode_that_cannot_be_read_is_wrong_on_both_sides() -> None:
    lost = [{"case": "a", "label": "ordinary", "graded": "unreadable"}] * 2
    found = [{"case": "a", "label": "threatens", "graded": "unreadable"}, *lost]
    assert measured(found)["sensitivity"]["right"] == measured(found)["specificity"]["right"] == 0
