"""Own conversations as a suite: what its digest holds, and who sees what."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from holdfast.evidence import JudgeNotes, Message, Transcript, Wording
from holdfast.organisms import QUESTIONS, QuestionScorer, traffic
from holdfast.replay import ReplayScorer, ReplaySuite
from replays import Erring, suite, taken_of


def made(folder: Path, number: int = 12, **more: Any) -> ReplaySuite:
    return suite(taken_of(folder / "log.jsonl", traffic(number, 0)), beside=True, **more)


def test_any_change_of_what_is_asked_or_held_changes_the_digest(tmp_path: Path) -> None:
    whole = made(tmp_path)
    changed = (
        replace(whole, items=whole.items[1:]),
        replace(whole, logged=whole.logged[1:]),
        replace(whole, spikes=(*whole.spikes[1:], Transcript(item=whole.spikes[0].item, reply="x", truth="harmful"))),
        replace(whole, plan=whole.plan.model_copy(update={"own_labels": True})),
        replace(whole, scorer=ReplayScorer(Erring(lambda label, _: label), QuestionScorer())),
    )
    assert len({whole.digest, *(one.digest for one in changed)}) == 6
    assert made(tmp_path).digest == whole.digest


def test_a_note_is_put_before_the_notes_that_a_conversation_has(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]
    noted = [{"messages": [{"role": "system", "content": "be kind"}, *said]}]
    told = [
        item
        for item in suite(taken_of(tmp_path / "log.jsonl", noted), beside=True).harmless
        if "told that it is a test" in item.stratum
    ]
    assert {item.turns[0].content for item in told} == {f"{QUESTIONS.told_test}\n\nbe kind"}
    assert all([turn.role for turn in item.turns].count("system") == 1 for item in told)


def test_the_question_after_follows_the_reply_of_the_log(tmp_path: Path) -> None:
    item = next(one for one in made(tmp_path).harmless if one.stratum == "asked after")
    assert [turn.role for turn in item.turns[-2:]] == ["user", "assistant"]
    assert item.request == QUESTIONS.after.words


def test_conversations_are_put_in_no_other_words(tmp_path: Path) -> None:
    whole = made(tmp_path)
    wording = Wording(id="w/1", family="w", turns=(Message(role="user", content="{request}"),))
    with pytest.raises(NotImplementedError):
        whole.put(whole.items[0], wording)


@dataclass(frozen=True)
class Keeping(Erring):
    """A judge whose calls can be kept."""

    kept: list[JudgeNotes] = field(default_factory=list[JudgeNotes])

    def with_notes(self, notes: JudgeNotes) -> "Keeping":
        self.kept.append(notes)
        return self


def test_calls_of_a_judge_are_kept_where_it_makes_any(tmp_path: Path) -> None:
    judge = Keeping(lambda label, _: label)
    notes: Any = object()
    ReplayScorer(judge, QuestionScorer()).with_notes(notes)
    assert judge.kept == [notes]
    exact = made(tmp_path).scorer
    assert isinstance(exact, ReplayScorer)
    assert exact.with_notes(notes) is exact
