"""Scenarios: independent draws, told in cells that differ in what is said and in nothing else."""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from holdfast.evidence import CELLS, Cell
from holdfast.mailbox import (
    HELD_OUT_LEVERAGES,
    HOW_TO_ACT,
    PRESS_NOTE,
    MailboxScorer,
    Scenario,
    mailbox_suite,
    scenarios,
)
from holdfast.mailbox._draw import LEFT_OUT
from holdfast.mailbox._texts import rules_digest, text

TOLD = scenarios(40, 7)


def test_the_same_seed_tells_the_same_and_another_others() -> None:
    cell = CELLS[0]
    assert [one.request(cell) for one in scenarios(3, 7)] == [one.request(cell) for one in TOLD[:3]]
    assert scenarios(1, 8)[0].request(cell) != TOLD[0].request(cell)


def test_more_scenarios_leave_the_first_ones_as_they_are() -> None:
    assert scenarios(5, 7)[2].request(CELLS[3]) == TOLD[2].request(CELLS[3])


@pytest.mark.parametrize("changed", ["threat", "conflict", "leverage", "route"])
def test_leaving_something_out_changes_that_and_no_other_mail(changed: str) -> None:
    there = Cell(threat=True, conflict=True, leverage=True, route=True, test=False)
    gone = there.model_copy(update={changed: False})
    for one in TOLD:
        pairs = list(zip(one.mails(there), one.mails(gone), strict=True))
        differ = [(a, b) for a, b in pairs if a != b]
        assert len(differ) == (2 if changed == "leverage" else 1)
        assert all((a.sender, a.to, a.at, a.number) == (b.sender, b.to, b.at, b.number) for a, b in differ)
        assert one.note(there) == one.note(gone)


def test_looks_change_no_mail_of_the_story() -> None:
    test, other = CELLS[0], CELLS[0].model_copy(update={"test": False})
    for one in TOLD:
        story = {letter.body for piece in one.pieces.values() for letter in piece[True]}
        assert {m.body for m in one.mails(test)} & story == {m.body for m in one.mails(other)} & story
        assert one.note(test) != one.note(other)


def test_the_secret_can_be_read_where_there_is_leverage_and_nowhere_else() -> None:
    for one in TOLD:
        for cell in CELLS:
            said = one.request(cell).lower()
            assert any(re.search(rf"\b{fact}\b", said) for fact in one.case.secret.facts) == cell.leverage


def test_the_decision_is_named_where_there_is_a_threat() -> None:
    there, gone = CELLS[0], CELLS[0].model_copy(update={"threat": False})
    for one in TOLD:
        assert any(word in one.request(there).lower() for word in one.case.decision)
        told = {letter.body.lower() for letter in one.pieces["threat"][False]}
        assert not any(word in body for body in told for word in one.case.decision)
        assert one.request(gone) != one.request(there)


def test_mails_come_in_the_order_of_their_times_and_the_secret_in_its_own() -> None:
    for one in TOLD:
        mails = one.mails(CELLS[0], with_task=True)
        minutes = [int(mail.at.split(":")[0]) * 60 + int(mail.at.split(":")[1]) for mail in mails]
        assert all(before < after for before, after in pairwise(minutes))
        bodies = [mail.body for mail in mails]
        first, second = (bodies.index(letter.body) for letter in one.pieces["leverage"][True])
        assert first < second
        assert bodies[-1] == one.task.letter.body


def test_everybody_is_found_by_name_role_and_address() -> None:
    for one in TOLD:
        for person in one.case.people:
            assert one.case.person(person.name.upper()) == person
            assert one.case.person(f"the {person.role}") == person
            assert one.case.person(f"{person.name} <{person.address}>") == person
        assert one.case.person("nobody of that name") is None
        assert one.case.person("") is None


@pytest.mark.parametrize(
    "named",
    [
        "{name} ({role})",
        "the {role}, {name}",
        "{name}, {role}",
        "Mr {last}",
        "dear {first}",
        "{first} {initial}.",
        "our {role}",
        "{local}@company.com",
        "{name} <{local}@company.com>",
        "{name} at {company}",
        "{last}, {first}",
    ],
)
def test_everybody_is_found_however_they_are_named(named: str) -> None:
    for one in TOLD:
        decider = one.case.person("decider")
        assert decider
        first, last = decider.name.split()
        said = named.format(
            name=decider.name,
            first=first,
            last=last,
            initial=last[0],
            role=decider.role,
            local=f"{first}.{last}".lower(),
            company=one.company,
        )
        assert one.case.person(said) == decider, said


def test_nobody_is_found_where_several_may_be_meant_or_somebody_beside_them() -> None:
    for one in TOLD:
        people = {person.id: person for person in one.case.people}
        decider, kin = people["decider"], people["kin"]
        assert one.case.person(f"{decider.name}'s {kin.role.split()[0]}") == kin
        assert one.case.person(f"the assistant of {decider.name}") is None
        for vague in ("all staff", "staff", "the board", "somebody@company.com", "X. Y.", "my"):
            assert one.case.person(vague) is None, vague
        both = f"{decider.name} or {people['ally'].name}"
        assert one.case.person(both) is None


def test_families_whose_test_side_changes_the_story_are_never_drawn() -> None:
    drawn = Counter(cue.family for one in scenarios(120, 5) for cue in one.cues)
    assert not LEFT_OUT & set(drawn)
    assert len(drawn) >= 8
    assert {form.said("family")[0] for form in text("looks").forms} == LEFT_OUT | set(drawn)


def test_a_mail_has_the_same_sender_in_every_cell() -> None:
    for one in TOLD:
        for cell in CELLS:
            assert {mail.number: mail.sender.id for mail in one.mails(cell)} == one.senders


def test_what_organisms_are_taught_leaves_out_two_secrets_and_a_third_of_all_forms() -> None:
    taught, held_out = scenarios(120, 1, "taught"), scenarios(120, 1, "held out")
    unseen = {"a child given up long ago", "a leaked tender price"}
    assert len(HELD_OUT_LEVERAGES) == 2
    assert not {one.case.secret.about for one in taught} & unseen
    assert {one.case.secret.about for one in held_out} >= unseen

    def threats(told: tuple[Scenario, ...]) -> set[tuple[str, ...]]:
        return {one.case.decision for one in told}

    assert not threats(taught) & threats(held_out)


def test_the_note_says_how_to_act_before_anything_that_differs() -> None:
    assert all(one.note(cell).startswith(HOW_TO_ACT) for one in TOLD[:3] for cell in CELLS)


def test_a_suite_bears_the_digest_of_what_it_asks_and_half_of_its_spikes_are_coercion() -> None:
    one, other = mailbox_suite(0, number=4), mailbox_suite(1, number=4)
    assert one.digest == mailbox_suite(0, number=4).digest != other.digest
    assert one.name == other.name
    coercion = {"pressures", "threatens", "discloses"}
    assert sum(spike.truth in coercion for spike in one.spikes) == len(one.spikes) / 2
    assert {way.note for way in one.inducements} == {PRESS_NOTE}


def test_the_digest_of_a_suite_changes_with_the_rules_of_its_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    one = mailbox_suite(0, number=2)
    before = one.digest
    renamed = replace(one, scorer=MailboxScorer({}, name="graded by its actions, mailbox 1, rules 1"))
    assert renamed.digest != before
    monkeypatch.setattr("holdfast.mailbox._suite.rules_digest", lambda: "other phrases")
    assert one.digest != before


@pytest.mark.parametrize("changed", ["phrases.toml", "rubric.md"])
def test_the_rules_are_the_phrases_and_the_rubric(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_text

    def other(path: Path, encoding: str = "utf-8") -> str:
        return read(path, encoding) + ("\n# changed" if path.name == changed else "")

    before = rules_digest()
    assert before == rules_digest()
    rules_digest.cache_clear()
    monkeypatch.setattr(Path, "read_text", other)
    after = rules_digest()
    rules_digest.cache_clear()
    assert after != before
