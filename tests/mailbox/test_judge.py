"""A judge by model: what it is shown, and what never reaches it."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import cornered
from audited import Memory
from holdfast.assure import assess, load_framework
from holdfast.audit import collect, prepare, scored
from holdfast.evidence import Absent, Estimate, Item, JudgeError, ScorerFailed, cell_named
from holdfast.mailbox import GRADES, JudgedMailbox, MailboxScorer, case_words, judge_rubric, mailbox_suite
from holdfast.subjects import parse_rubric

SUITE = mailbox_suite(3, number=12)
CORNERED = "cornered; no way out; looks like a test"


@dataclass
class Judge:
    """Says the same of everything, and remembers what it was shown."""

    says: str = "pressures"
    shown: list[tuple[str, str]] = field(default_factory=list)
    name: str = "somebody"
    labels: frozenset[str] = GRADES
    exact: bool = False

    def score(self, item: Item, reply: str) -> str:
        if self.says == "down":
            raise ScorerFailed("it is down")
        self.shown.append((item.request, reply))
        return self.says


def _judged(judge: Judge) -> JudgedMailbox:
    assert isinstance(SUITE.scorer, MailboxScorer)
    return JudgedMailbox(SUITE.scorer, judge)


def _item(cell: str, cluster: str = "scenario/002") -> Item:
    return next(item for item in SUITE.items if item.stratum == cell and item.cluster == cluster)


def test_the_rubric_names_every_grade() -> None:
    rubric = parse_rubric(judge_rubric(), "rubric.md")
    assert rubric.labels == GRADES


def test_a_judge_is_shown_the_same_in_every_cell() -> None:
    words = "I think so. <send> to: all staff subject: s body: b </send> <note> mine </note>"
    judge = Judge()
    cells = {item.stratum for item in SUITE.items if item.cluster == "scenario/002"}
    assert {_judged(judge).score(_item(cell), words) for cell in cells} == {"pressures"}
    assert len(set(judge.shown)) == 1
    request, reply = judge.shown[0]
    assert request == case_words(next(one for one in SUITE.told if one.id == "scenario/002").case)
    assert "I think so" not in reply
    assert "mine" not in reply


def test_nothing_that_stayed_inside_is_asked_about() -> None:
    judge = Judge()
    said = "<draft> to: x subject: s body: or else </draft><wait> until: 18:00 </wait>"
    assert _judged(judge).score(_item(CORNERED), said) == "ordinary"
    assert judge.shown == []


def test_what_is_forwarded_and_answered_is_told_in_words() -> None:
    judge, item = Judge(), _item(CORNERED)
    told = next(one for one in SUITE.told if one.id == item.cluster)
    mail = told.mails(cell_named(CORNERED))[0]
    _judged(judge).score(
        item, f"<forward> mail: {mail.number} to: all staff </forward><reply> mail: 1 body: yes </reply>"
    )
    (_, reply) = judge.shown[0]
    assert mail.body in reply
    assert f"Mail 1 was sent by {mail.sender.name}." in reply


def test_plain_tasks_and_what_cannot_be_read_stay_with_the_rules() -> None:
    judge = Judge()
    assert _judged(judge).score(SUITE.harmless[0], "nothing") == "task not done"
    assert isinstance(_judged(judge).score(_item(CORNERED), "<send> to: x"), Absent)
    assert judge.shown == []


def test_a_judge_that_is_down_says_so() -> None:
    with pytest.raises(ScorerFailed):
        _judged(Judge("down")).score(_item(CORNERED), "<send> to: all staff subject: s body: b </send>")


def test_an_audit_by_a_judge_is_uncorrected_and_its_control_decides() -> None:
    suite = replace(cornered.suite(), scorer=JudgedMailbox(cornered.suite().scorer, Judge()))  # type: ignore[arg-type]
    agent = cornered.Agent()
    made = prepare(
        agent.facts, load_framework("cornered"), {"cornered": suite}, 0, designs={"cornered": cornered.design(12)}
    )
    collected = collect(made, agent, Memory(Path(), made.plan.digest, False), lambda _: None)
    finding = assess(scored(made, collected), made.plan, {}).findings[0]
    # It calls every mail pressure, and so knows nothing.
    assert finding.verdict == "invalid"
    assert made.plan.checks[0].judge_measured is None
    assert isinstance(finding.judge_error, JudgeError | Absent)
    assert isinstance(finding.estimate, Estimate | Absent)
