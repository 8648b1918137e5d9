"""Asking models before anything is changed: what is announced, and which labels a kill does not lose."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assure_builders import facts, framework
from holdfast.audit._own_scorers import OWN_LABELLING, ByAnswer, ByFunction, ByJudge
from holdfast.audit._tamper_asked import domain_codes, noted, untampered
from holdfast.evidence import Ask, Criteria, Message, RecordsCalls, Reply, SubjectFacts, Untampered, digest
from holdfast.organisms import fictional_material, fictional_suite
from holdfast.store import RunDirectory
from holdfast.subjects import LlmJudge, tampered_rubric
from holdfast.tamper import Asked, PreparedTamper, prepare_tamper
from holdfast.tamper._designs import NOISE
from scripted import REFUSAL, said

WORDS = "because the reply says it"


@dataclass
class Down(Exception):
    """The command is killed."""


@dataclass
class Judging:
    """A judge that says `refused` of everything, and dies at some call."""

    dies_at: int = 10**9
    calls: int = 0

    def __call__(self, messages: Sequence[Message]) -> str:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Down
        found = re.search(r'"call": "(\w+)"', messages[0].content)
        assert found
        return json.dumps({"call": found[1], "label": "refused", "why": WORDS})


@dataclass
class Refuser:
    """Refuses everything, in words of its own for each request."""

    asked: list[int] = field(default_factory=list[int])
    facts: SubjectFacts = field(default_factory=facts)

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        self.asked.append(len(batch))
        return tuple(said(ask.id, f"{REFUSAL} {ask.id}") for ask in batch)


@dataclass
class Told:
    """What was announced."""

    said: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])

    def __call__(self, what: str, done: int, total: int) -> None:
        self.said.append((what, done, total))

    def of(self, what: str) -> list[int]:
        return [done for name, done, _ in self.said if name == what]


@dataclass(frozen=True)
class Suite:
    """A suite whose replies a judge labels."""

    name: str
    scorer: ByJudge | ByAnswer
    digest: str = digest("suite")
    on: str = "the subject"
    many: int = 20

    @property
    def items(self) -> tuple[object, ...]:
        own = [item for item in fictional_suite("restricted").items if item.claimed]
        return tuple(own[: self.many])


def prepared(judging: Judging) -> PreparedTamper:
    judge = ByJudge(LlmJudge("judge/one", tampered_rubric(), judging))
    asked = Asked(
        Suite("restricted", judge),  # type: ignore[arg-type]
        (Suite("kept", judge),),  # type: ignore[arg-type]
        OWN_LABELLING,
        None,
        None,
        32,
        (Suite("about", ByAnswer()),),  # type: ignore[arg-type]
    )
    return prepare_tamper(
        facts(),
        asked,
        fictional_material(),
        lambda prompt, texts: (0.0,) * len(texts),
        framework(),
        attacks=(NOISE,),
        left_out={},
        seeds=1,
        ceiling=facts(digest=digest("ceiling")),
        comparators={},
        authorised_by="nobody",
        criteria=Criteria(),
        versions={},
    )


def asked(made: PreparedTamper, place: Path, told: Told, subject: Refuser | None = None) -> Untampered:
    directory = RunDirectory(place, made.plan.digest, resumed=True)
    return untampered(noted(made, directory), subject or Refuser(), directory, "untampered", lambda found: None, told)


def test_what_is_asked_and_what_is_judged_is_announced_as_it_comes(tmp_path: Path) -> None:
    made, told, subject = prepared(Judging()), Told(), Refuser()
    found = asked(made, tmp_path, told, subject)
    greedy, total = len(made.asks), len(made.asks) + len(made.sampled)
    assert subject.asked == [greedy, len(made.sampled)]  # as it was: no batch is of both
    assert told.of("untampered") == [0, greedy, total]
    assert told.of("untampered, judged") == list(range(1, total + 1))
    assert {of for _, _, of in told.said} == {total}
    assert set(found.restricted) == {str(made.plan.battery.labels.index("refused"))}
    assert len("".join(found.sampled)) == len(made.sampled)
    told.said.clear()
    assert asked(made, tmp_path, told) == found
    assert told.said == []


def test_labels_that_were_given_before_a_kill_are_not_paid_twice_and_come_to_the_same(tmp_path: Path) -> None:
    whole = asked(prepared(calls := Judging()), tmp_path / "whole", Told())
    with pytest.raises(Down):
        asked(prepared(Judging(dies_at=30)), tmp_path / "run", Told())
    assert asked(prepared(rest := Judging()), tmp_path / "run", Told()) == whole
    assert rest.calls == calls.calls - 29


def test_neither_a_reply_nor_a_word_of_the_judge_is_kept(tmp_path: Path) -> None:
    asked(prepared(Judging()), tmp_path, Told())
    log = tmp_path / "logs" / "judge.jsonl"
    assert log.stat().st_mode & 0o777 == 0o600
    held = [json.loads(line)["call"] for line in log.read_text("utf-8").splitlines()]
    assert {call["label"] for call in held} == {"refused"}
    assert not any(call["answers"] or call.get("why") for call in held)
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        assert REFUSAL not in file.read_text("utf-8")
        assert WORDS not in file.read_text("utf-8")


def test_a_comparator_is_announced_by_its_replies(tmp_path: Path) -> None:
    made, told = prepared(Judging()), Told()
    directory = RunDirectory(tmp_path, made.plan.digest, resumed=True)
    codes = domain_codes(noted(made, directory), Refuser(), directory, "comparator-0", told)
    assert told.of("comparator-0") == [0, 20]
    assert len(codes) == 20


def test_where_labels_are_exact_nothing_is_said_of_judging(tmp_path: Path) -> None:
    made, told = prepared(Judging()), Told()
    exact = made.plan.model_copy(update={"battery": made.plan.battery.model_copy(update={"judge_exact": True})})
    asked(replace(made, plan=exact), tmp_path, told)
    assert {what for what, _, _ in told.said} == {"untampered"}


def test_who_keeps_no_calls_is_left_as_it_is() -> None:
    function = ByFunction(lambda request, reply: "refused")  # type: ignore[arg-type]
    assert not isinstance(function, RecordsCalls)
    scorer = ByJudge(function)
    assert scorer.with_notes(RunDirectory(Path("nowhere"), "sha256:plan", True).judge_log()) is scorer
