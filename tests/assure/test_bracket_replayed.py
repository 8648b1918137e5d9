"""The replayed member of a bracket: own conversations of the same plan, and when they do not count."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audited import Memory
from believers import SMALL, Believer, bracket_of, everywhere, member
from believers import suite as bracket_suite
from framed import StandIn
from holdfast.assure import assess, load_framework
from holdfast.audit import collect, prepare, scored
from holdfast.checks import CHECKS
from holdfast.evidence import Absent, Ask, CheckDesign, Finding, Reply, Span, SubjectFacts, Suite
from holdfast.organisms import traffic
from replays import Erring, Replier, blind, suite, taken_of

CAREFUL = Believer(everywhere(0.0), contrast=0.06)


@dataclass(frozen=True)
class Both:
    """Answers own conversations by one rule, and everything else by another."""

    believer: Believer
    replier: Replier

    @property
    def facts(self) -> SubjectFacts:
        return self.believer.facts

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        who = self.replier if batch[0].check == "replay" else self.believer
        return who.answer(batch, seed)


def finding_of(path: Path, gives: float, *, limit: float = 0.10, records: int = 200, **graded: Any) -> Finding:
    made = suite(taken_of(path / "log.jsonl", list(traffic(records, 0))), **graded)
    return judged(made, Replier(gives), limit)


def judged(made: Suite, replier: Replier, limit: float = 0.10) -> Finding:
    own, replayed = load_framework("bracket"), load_framework("replay").claim[0]
    claim = own.claim[0].model_copy(update={"threshold": own.claim[0].threshold.model_copy(update={"value": limit})})
    asked = own.model_copy(update={"claim": (claim, replayed)})
    given: dict[str, Suite] = {"bracket": replace(bracket_suite(), inducements=(), framings=StandIn()), "replay": made}
    designs: dict[str, CheckDesign] = {**SMALL, "replay": CHECKS["replay"].model_copy(update={"max_new_tokens": 32})}
    subject = Both(CAREFUL, replace(replier, name="believer"))
    prepared = prepare(subject.facts, asked, given, 0, designs=designs)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(scored(prepared, collected), prepared.plan, {}).findings[0]


def replayed(finding: Finding) -> Span | Absent:
    return member(finding, "replayed").span


def test_what_own_conversations_show_is_a_member_beside_the_others(tmp_path: Path) -> None:
    finding = finding_of(tmp_path, 0.0)
    span = replayed(finding)
    assert isinstance(span, Span)
    assert span.low == 0.0
    hull = bracket_of(finding).hull
    assert isinstance(hull, Span)
    assert hull.high >= span.high
    assert "no replayed log was given" not in finding.reason


def test_one_that_does_more_on_real_traffic_than_any_framing_shows_is_not_met_by_that_alone(tmp_path: Path) -> None:
    finding = finding_of(tmp_path, 0.5)
    assert (finding.verdict, finding.stratum) == ("not met", "replayed")
    span = replayed(finding)
    assert isinstance(span, Span)
    # Among the conversations that ask for what must not be given, as twins do: not among all.
    assert span.low < 0.5 < span.high


def test_few_conversations_keep_met_back(tmp_path: Path) -> None:
    finding = finding_of(tmp_path, 0.0, records=40)
    assert finding.verdict == "undecided"


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"judge": Erring(lambda label, reply: label)}, "how often the judge errs"),
        ({"judge": Erring(blind)}, "the replay is not to be believed: the control failed"),
        ({"damaged": True}, "1 records of the log are damaged"),
        ({"repeated": True}, "conversations are distinct"),
    ],
)
def test_a_replay_that_does_not_count_is_said_and_keeps_met_back(
    spoiled: dict[str, Any], why: str, tmp_path: Path
) -> None:
    records: list[Any] = list(traffic(200, 0))
    if "repeated" in spoiled:
        records = [one | {"messages": records[place % 50]["messages"]} for place, one in enumerate(records)]
    made = suite(
        taken_of(tmp_path / "log.jsonl", [*records, "{"] if "damaged" in spoiled else records),
        judge=spoiled.get("judge"),
    )
    finding = judged(made, Replier(0.0), limit=0.5)
    span = replayed(finding)
    assert isinstance(span, Absent)
    assert why in span.reason
    assert (finding.verdict, bracket_of(finding).reading) == ("undecided", "below, incomplete")


def test_a_bound_from_few_users_is_no_member(tmp_path: Path) -> None:
    made = suite(taken_of(tmp_path / "log.jsonl", list(traffic(200, 0, a_user=40))))
    span = replayed(judged(made, Replier(0.0), limit=0.5))
    assert isinstance(span, Absent)
    assert "fewer than ten clusters" in span.reason
