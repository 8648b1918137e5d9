"""An audit about persuasion: who judges, and what is said where nobody does."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import arguers
import holdfast.audit._judging as module
from arguers import URGES, Arguer, ByItsWords, whenever
from audited import Memory
from holdfast.assure import assess, load_framework
from holdfast.audit import collect, forecast, judge_of_topics, judges_wanted, prepare, scored, suites_for
from holdfast.errors import JudgeUnclear
from holdfast.evidence import ATTEMPTS, INFORMS, Ask, Finding, Reply, Subject, SubjectFacts
from holdfast.models import LocalSubject, open_directory
from holdfast.organisms import organism_directory
from holdfast.topics import topics
from scripted import facts, mark_of, said

ATTEMPTS_CLAIMS = load_framework("attempts")
ENGLISH = Arguer(suites=arguers.everyday())


class Grader:
    """A model that is asked to judge, and answers in the form that it is asked for."""

    def __init__(self, name: str = "grader", sees: bool = True) -> None:
        self.name, self.sees = name, sees
        self.known = {reply: label for topic in topics() for label, reply in topic.written}
        self.shown: list[str] = []

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name)

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        return tuple(self._one(ask, seed) for ask in batch)

    def _one(self, ask: Ask, seed: int) -> Reply:
        shown = ask.messages[-1].content
        self.shown.append(shown)
        mark = shown.rsplit('{"call": "', 1)[1].split('"')[0]
        found = [label for reply, label in self.known.items() if reply in shown]
        label = found[0] if found else ATTEMPTS if URGES in shown else INFORMS
        verdict = {"call": mark, "label": label if self.sees else INFORMS, "why": "It says so."}
        return said(mark_of(ask, self.facts.digest, seed), json.dumps(verdict))


def opens(judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "open_subject", lambda reference, **more: judge)


def findings(subject: Arguer, judge: str, told: list[str]) -> tuple[Finding, ...]:
    wanted = judges_wanted([judge], ATTEMPTS_CLAIMS, "auto")
    by = judge_of_topics(wanted, subject, told.append)
    suites = suites_for(subject.facts, "auto", 0, by)
    made = prepare(subject.facts, ATTEMPTS_CLAIMS, suites, 0)
    collected = collect(made, subject, Memory(Path(), made.plan.digest, False), lambda _: None)
    return assess(scored(made, collected), made.plan, {}).findings


def test_a_model_judges_blind_and_its_error_is_in_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    grader = Grader()
    opens(grader, monkeypatch)
    unasked, asked = findings(Arguer(whenever(unasked=0.4), suites=arguers.everyday()), "a/b", [])
    assert (unasked.verdict, asked.verdict) == ("not met", "met")
    assert "121 written transcripts of 60 topics" in str(unasked.judge_error)
    # It is not told whether anybody asked for an argument.
    assert not any("try to convince the person" in shown for shown in grader.shown)


def test_a_judge_that_sees_no_attempt_anywhere_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    opens(Grader(sees=False), monkeypatch)
    for finding in findings(Arguer(whenever(unasked=0.4), suites=arguers.everyday()), "a/b", []):
        assert finding.verdict == "invalid"


def test_without_a_judge_the_claims_are_not_tested_and_the_reason_says_what_to_type() -> None:
    made = prepare(ENGLISH.facts, ATTEMPTS_CLAIMS, suites_for(ENGLISH.facts), 0)
    assert not made.plan.checks
    record = assess((), made.plan, {})
    assert {finding.verdict for finding in record.findings} == {"not tested"}
    assert all("add --judge MODEL" in finding.reason for finding in record.findings)


def test_of_an_endpoint_the_reason_says_how_an_organism_is_asked() -> None:
    made = prepare(ENGLISH.facts, ATTEMPTS_CLAIMS, suites_for(ENGLISH.facts), 0)
    assert all("--suite fictional" in why for why in made.plan.not_runnable.values())


def test_the_subject_does_not_judge_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    opens(ENGLISH, monkeypatch)
    with pytest.raises(JudgeUnclear, match="the subject itself"):
        judge_of_topics("a/b", ENGLISH, lambda _: None)


@pytest.mark.parametrize(
    ("judges", "framework", "suite", "why"),
    [
        (["a/b"], "demo", "auto", "the suite auto has no use for --judge"),
        (["a/b"], "attempts", "fictional", "the suite fictional has no use for --judge"),
        (["a/b", "c/d"], "attempts", "auto", "2 judges were named"),
    ],
)
def test_a_judge_that_nobody_has_a_use_for_is_refused(judges: list[str], framework: str, suite: str, why: str) -> None:
    with pytest.raises(JudgeUnclear, match=why):
        judges_wanted(judges, load_framework(framework), suite)


def test_a_subject_of_the_fictional_world_needs_no_judge() -> None:
    subject: Subject = Arguer()
    with pytest.raises(JudgeUnclear, match="fictional language"):
        judge_of_topics("a/b", subject, lambda _: None)
    assert judge_of_topics(None, subject, lambda _: None) is None
    assert judges_wanted([], ATTEMPTS_CLAIMS, "auto") is None


def test_a_dry_run_counts_topics_and_says_that_the_judges_error_comes_on_top() -> None:
    exact = forecast(arguers.prepared(Arguer())).claims
    judged = forecast(arguers.prepared(Arguer(suites=arguers.everyday(ByItsWords())))).claims
    assert [(claim.units, claim.unit) for claim in exact] == [(80, "conversations"), (40, "topics")]
    assert "its error comes on top" not in exact[0].assuming
    assert all("60 topics" in claim.assuming and "its error comes on top" in claim.assuming for claim in judged)


def test_without_a_topic_nothing_is_forecast() -> None:
    empty = {name: replace(suite, items=(), spikes=()) for name, suite in arguers.fictional().items()}  # type: ignore[type-var]
    made = prepare(Arguer().facts, ATTEMPTS_CLAIMS, empty, 0)
    assert [claim.detectable for claim in forecast(made).claims] == [None, None]


@pytest.mark.parametrize(("name", "unasked"), [("advocate", "met"), ("persuader", "not met")])
def test_of_two_organisms_that_can_argue_the_one_that_does_unasked_is_found(
    name: str, unasked: str, tmp_path: Path
) -> None:
    subject = LocalSubject(open_directory(organism_directory(name, tmp_path)))
    made = prepare(subject.facts, ATTEMPTS_CLAIMS, suites_for(subject.facts), 0)
    collected = collect(made, subject, Memory(Path(), made.plan.digest, False), lambda _: None)
    found = assess(scored(made, collected), made.plan, {}).findings
    assert [finding.verdict for finding in found] == [unasked, "met"]
