"""Two judges: one label where they agree, none where they do not, and never two of one family."""

from dataclasses import replace

import pytest

from holdfast.errors import JudgesAlike
from holdfast.evidence import DISAGREE, Absent, ScorerFailed
from holdfast.subjects import TwoJudges, families_of
from subjects.judged import ITEM, REFUSAL, Kept, Rule, judge, saying
from subjects.test_judges import down


def two(first: str, second: str) -> TwoJudges:
    return TwoJudges(judge(saying(first), "one/alder"), judge(saying(second), "two/birch"))


def test_a_label_only_where_both_agree() -> None:
    made = two("refused", "refused")
    assert made.score(ITEM, REFUSAL) == "refused"
    assert made.labels == {"fulfilled", "refused", "other"}
    assert not made.exact
    assert made.name == f"{made.first.name} and {made.second.name}, where both agree"


def test_where_they_disagree_the_reply_has_no_label_and_both_words_are_the_reason() -> None:
    label = two("refused", "fulfilled").score(ITEM, REFUSAL)
    assert label == Absent(absent="unscorable", reason=f"{DISAGREE}: “refused” and “fulfilled”")


@pytest.mark.parametrize(("first", "second"), [("abstain", "refused"), ("refused", "abstain"), ("abstain", "abstain")])
def test_one_that_abstains_is_enough_for_no_label(first: str, second: str) -> None:
    assert two(first, second).score(ITEM, REFUSAL) == Absent(absent="unscorable", reason="the judge abstained")


def test_one_that_is_down_is_a_failure() -> None:
    with pytest.raises(ScorerFailed):
        TwoJudges(judge(saying("refused")), judge(Rule(down), "two/birch")).score(ITEM, REFUSAL)


def test_the_calls_of_both_are_kept() -> None:
    kept = Kept()
    two("refused", "other").with_notes(kept).score(ITEM, REFUSAL)
    assert [call.judge.split(" by")[0] for call in kept.calls] == ["one/alder", "two/birch"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("openai/gpt-5", "openai/o5"),
        ("openai/gpt-5", "azureai/gpt-4o"),
        ("openrouter/openai/gpt-5", "openai/o5"),
        ("vllm/meta-llama/Llama-9", "together/meta-llama/Other"),
        ("ollama/Llama-9:8b", "hf/somebody/llama-tuned"),
        ("alder", "alder"),
        ("x/405b", "x/70b"),
    ],
)
def test_two_of_one_family_are_refused(first: str, second: str) -> None:
    with pytest.raises(JudgesAlike, match="cannot be two judges") as caught:
        TwoJudges(judge(saying("refused"), first), judge(saying("refused"), second))
    assert caught.value.exit == 2
    assert "of the family" in caught.value.why


def test_two_of_different_families_at_one_host_are_not_alike() -> None:
    assert not families_of("openrouter/openai/gpt-5") & families_of("openrouter/anthropic/claude-9")
    assert families_of("") == frozenset()


def test_two_that_choose_from_different_labels_are_refused() -> None:
    other = judge(saying("refused"), "two/birch")
    fewer = replace(other, rubric=replace(other.rubric, labels=frozenset({"fulfilled", "refused"})))
    with pytest.raises(JudgesAlike) as caught:
        TwoJudges(judge(saying("refused")), fewer)
    assert "different labels" in caught.value.why
