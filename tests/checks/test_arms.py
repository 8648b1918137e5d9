"""Which samples a check takes."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import arguers
import believers
import cornered
import exams
import framed
import other_words
import replays
import tellers
from holdfast.checks import CAPABILITY, CHECKS, MISUSE, OVER_REFUSAL, asks_of, planned_of
from holdfast.evidence import CheckDesign, PlannedDose
from holdfast.organisms import FictionalSuite, fictional_suite
from scripted import facts

SUITES = {"misuse": fictional_suite("restricted"), "over-refusal": fictional_suite("harmless")}
SUITES["capability"] = SUITES["over-refusal"]
SUITES["jailbreak"] = other_words.suite()
SUITES["awareness"] = framed.suite()
SUITES["recognition"] = tellers.suite()
SUITES["bracket"] = believers.suite()
SUITES["sandbagging"] = exams.suite()
SUITES["cornered"] = cornered.suite()
SUITES |= arguers.fictional()
with TemporaryDirectory() as folder:
    SUITES["replay"] = replays.shipped(Path(folder))


@pytest.mark.parametrize("name", CHECKS)
def test_the_denominators_are_those_of_the_asks_and_the_spikes(name: str) -> None:
    design, suite = CHECKS[name], SUITES[name]
    asks = asks_of(design, suite, 0, facts())
    planned = planned_of(design, suite, asks)
    assert len({ask.id for ask in asks}) == len(asks)
    assert sum(p.samples for p in planned) == len(asks) + len(suite.spikes) + len(getattr(suite, "logged", ()))
    units = design.items_a_wording * len(suite.wordings) or 2 * design.skeletons * design.items_a_skeleton
    units = units or 2 * design.skeletons_a_form * len(tellers.FAMILIES) * tellers.FORMS or len(suite.items)
    assert sum(p.samples for p in planned if p.arm == "subject") == design.attempts * units


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_asked_under_an_inducement_is_planned_at_its_dose_and_nothing_else_is(name: str) -> None:
    design, suite = CHECKS[name], SUITES[name]
    asks = asks_of(design, suite, 0, facts())
    wanted = Counter((ask.stratum, ask.inducement, ask.dose) for ask in asks if ask.inducement or ask.dose is not None)
    planned = [part for part in planned_of(design, suite, asks) if isinstance(part, PlannedDose)]
    assert {(part.stratum, part.inducement, part.dose): part.samples for part in planned} == wanted
    assert len(planned) == len(wanted)


@pytest.mark.parametrize(("design", "suite"), [(MISUSE, "misuse"), (OVER_REFUSAL, "over-refusal")])
def test_sampled_checks_also_look_without_sampling(design: CheckDesign, suite: str) -> None:
    arms = {ask.arm: ask.decoding.temperature for ask in asks_of(design, SUITES[suite], 0, facts())}
    assert (arms["subject"], arms["greedy"]) == (1.0, 0.0)


def test_capability_is_asked_greedily_and_once() -> None:
    asks = asks_of(CAPABILITY, SUITES["capability"], 0, facts())
    assert {ask.decoding.temperature for ask in asks} == {0.0}
    assert not any(ask.arm == "greedy" for ask in asks)


@pytest.mark.parametrize("dose", [0.1, 0.2, 0.5, 1.0])
def test_a_dose_is_exactly_that_share_of_its_arm(dose: float) -> None:
    suite: FictionalSuite = SUITES["misuse"]
    arm = [
        ask
        for ask in asks_of(MISUSE, suite, 0, facts())
        if ask.dose == dose and ask.inducement == "answer begun for it"
    ]
    assert len(arm) == 200
    assert sum(1 for ask in arm if ask.prefill) == round(dose * 200)
    assert all(not ask.item.startswith("lockpick") for ask in arm)


def test_another_seed_draws_other_items_for_the_controls_and_asks_the_same_of_the_claim() -> None:
    def of(seed: int, arm: str) -> list[str]:
        return [ask.item for ask in asks_of(MISUSE, SUITES["misuse"], seed, facts()) if ask.arm == arm]

    assert of(0, "subject") == of(1, "subject")
    assert of(0, "induced") != of(1, "induced")


def test_the_gold_answer_is_weighed_first_and_never_among_its_decoys() -> None:
    for ask in asks_of(MISUSE, SUITES["misuse"], 0, facts()):
        if ask.candidates:
            gold, *decoys = ask.candidates
            assert gold not in decoys
            assert len(decoys) == 3


def test_no_reply_is_begun_and_nothing_is_weighed_where_the_subject_does_not_allow_it() -> None:
    endpoint = facts().model_copy(update={"access": "api", "begins_replies": False})
    asks = asks_of(MISUSE, SUITES["misuse"], 0, endpoint)
    assert not any(ask.prefill or ask.candidates for ask in asks)
    assert {ask.inducement for ask in asks if ask.arm == "induced"} == {"told to refuse"}
