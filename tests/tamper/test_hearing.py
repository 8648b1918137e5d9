"""What comes out of a process in which weights are changed: what was asked for, in its order, and nothing else."""

import json

import pytest

from holdfast.errors import BrokenWeights, TuningFailed, TuningGarbled
from holdfast.evidence import Absent, AttackDesign, Frozen, Trajectory
from holdfast.tamper._hearing import heard_run, heard_seal, heard_subject
from holdfast.tamper._messages import MOST_COMPLETIONS, Completions, Opened, Rewards, UnitEnded
from holdfast.training.sealing import Failed, Sealed, SealedTalk
from tamper.talks import (
    REWARDED,
    SEALED,
    SUBJECT,
    TWO,
    Gone,
    asks,
    checkpoint,
    ears,
    replies,
    rollouts,
    talk,
    whole_run,
)

Frames = list[Frozen | bytes]


def heard(*frames: Frozen | bytes, attack: AttackDesign = TWO) -> Trajectory:
    return heard_run(talk(*frames), attack, 3, ears(), lambda looks: None)


def raw(frame: Frozen, **change: object) -> bytes:
    """A frame with other values than its type allows."""
    return json.dumps(json.loads(frame.model_dump_json()) | change).encode()


def test_a_whole_run_is_codes_and_five_numbers_at_each_checkpoint() -> None:
    told: list[int] = []
    run = heard_run(talk(*whole_run()), TWO, 3, ears(), told.append)
    assert (run.attack, run.seed, run.ended, run.why) == (TWO.name, 3, "budget", "")
    assert [look.at for look in run.looks] == [1.0, 2.0]
    look = run.looks[0]
    assert (look.restricted, look.again, look.benchmarks) == ("000", "11", "1111")
    assert (look.objective, look.weight_change, look.tokens, look.generated) == (0.25, 0.1, 64, 0)
    assert told == [1, 2]


def test_replies_may_come_in_parts_and_each_is_scored_by_its_place() -> None:
    places: list[int] = []

    def code(place: int, text: str) -> str:
        places.append(place)
        return "0" if text == "so" else "1"

    parts = [replies("so", "so"), replies("no"), replies(*["no"] * 6), checkpoint(1)]
    run = heard_run(talk(*parts, replies(), checkpoint(2), UnitEnded()), TWO, 0, ears(code=code), lambda looks: None)
    assert run.looks[0].restricted == "001"
    assert places == [*range(9), *range(9)]


def test_an_attack_that_works_on_no_number_has_a_reason_in_its_place() -> None:
    run = heard(replies(), checkpoint(1, objective=None), replies(), checkpoint(2, objective=None), UnitEnded())
    assert isinstance(run.looks[0].objective, Absent)


def test_answers_about_the_domain_stand_apart_and_may_be_longer_by_what_they_were_begun_with() -> None:
    begun = asks(1)[0].model_copy(update={"id": "begun", "prefill": "=" * 500})
    first, second = replies(*["so"] * 9, "=" * 500 + "so"), replies(*["no"] * 9, "so")
    said = talk(first, checkpoint(1), second, checkpoint(2), UnitEnded())
    run = heard_run(said, TWO, 0, ears(asks=(*asks(9), begun)), lambda looks: None)
    assert [(len(look.benchmarks), look.domain) for look in run.looks] == [(4, "1"), (4, "0")]


def test_a_run_that_stopped_says_why_and_keeps_what_was_seen() -> None:
    run = heard(replies(), checkpoint(1), UnitEnded(why="the loss is no number"))
    assert (run.ended, run.why, len(run.looks)) == ("stopped", "the loss is no number", 1)
    assert heard(UnitEnded(why="cannot be read")).looks == ()


def test_rollouts_are_answered_with_rewards_and_with_nothing_else() -> None:
    child = Gone([rollouts(1), rollouts(8, prompt=1), *whole_run(REWARDED)])
    asked: list[tuple[int, tuple[str, ...]]] = []

    def worth(prompt: int, texts: tuple[str, ...]) -> tuple[float, ...]:
        asked.append((prompt, texts))
        return tuple(0.5 for _ in texts)

    heard_run(SealedTalk(child), REWARDED, 0, ears(worth=worth), lambda looks: None)  # type: ignore[arg-type]
    assert asked == [(0, ("so",)), (1, ("so",) * 8)]
    said = child.stdin.getvalue()
    assert said.count(b'"rewards"') == 2
    assert Rewards(values=(0.5,) * 8).model_dump_json().encode() in said


WEIGHTS = [0.123456789] * 4096
MANY = 10**40


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([replies(), replies("so")], "more completions"),
        ([replies("so", *["no"] * 9)], "more completions"),
        ([*whole_run()[:-1], replies("so")], "more completions"),
        ([*whole_run()[:-1], checkpoint(4)], "more checkpoints"),
        ([replies("so" * 100)], "a completion of 200 bytes"),
        ([checkpoint(1)], "0 completions"),
        ([replies("so"), checkpoint(1)], "1 completions"),
        ([replies(), checkpoint(2)], "1 was due"),
        ([replies(), checkpoint(1.0001)], "1 was due"),
        ([replies(), checkpoint(1, weight_change=0.12345)], "finer"),
        ([replies(), checkpoint(1, objective=0.12345)], "finer"),
        ([replies(), raw(checkpoint(1), weight_change=WEIGHTS)], "another form"),
        ([replies(), raw(checkpoint(1), objective=WEIGHTS)], "another form"),
        ([replies(), raw(checkpoint(1), direction=WEIGHTS)], "another form"),
        ([replies(), raw(checkpoint(1), weight_change=-0.1)], "another form"),
        ([replies(), raw(checkpoint(1), weight_change=float("nan"))], "another form"),
        ([replies(), raw(checkpoint(1), weight_change=float("inf"))], "another form"),
        ([replies(), raw(checkpoint(1), objective=float("-inf"))], "another form"),
        ([replies(), raw(checkpoint(1), tokens=-1)], "another form"),
        ([replies(), raw(checkpoint(1), tokens=0.5)], "another form"),
        ([replies(), raw(checkpoint(1), tokens=MANY)], "another form"),
        ([replies(), raw(checkpoint(1), generated=MANY)], "another form"),
        ([raw(replies(), texts=["so"] * (MOST_COMPLETIONS + 1))], "another form"),
        ([raw(replies(), texts=[])], "another form"),
        ([raw(replies(), texts=[WEIGHTS])], "another form"),
        ([raw(rollouts(), prompt=-1)], "another form"),
        ([raw(UnitEnded(), why="x" * 301)], "another form"),
        ([b'{"kind":"weights","values":[0.1]}'], "another form"),
        ([b"\x80\x04\x95"], "another form"),
        ([b" " * 70_000], "70,000 bytes"),
        ([Sealed(seal=SEALED)], "in the middle of a run"),
        ([Opened(subject=SUBJECT)], "in the middle of a run"),
        ([rollouts()], "nobody asked for"),
        ([UnitEnded()], "not at its end"),
        ([replies(), checkpoint(1), UnitEnded()], "not at its end"),
        ([replies(), UnitEnded(why="tired")], "not at its end"),
        ([*whole_run()[:-1], UnitEnded(why="tired")], "not at its end"),
        ([Failed.of("H999", "a", "b", "c", "d")], "there is not"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_not_asked_for_ends_the_process(frames: Frames, why: str) -> None:
    with pytest.raises(TuningGarbled) as caught:
        heard(*frames)
    assert why in caught.value.why
    assert (caught.value.code, caught.value.exit) == ("H463", 4)


@pytest.mark.parametrize(
    "frames",
    [
        [rollouts(8, text="so" * 100)],
        [replies("so"), rollouts()],
        [rollouts(8, prompt=2)],
        [rollouts(8, prompt=1 << 40)],
        [*whole_run(REWARDED)[:-1], rollouts()],
        [rollouts(64)] * 513,
    ],
    ids=["too long", "among replies", "of no prompt", "of a number", "behind the last checkpoint", "too many"],
)
def test_rollouts_that_could_carry_something_else_end_the_process(frames: Frames) -> None:
    with pytest.raises(TuningGarbled):
        heard(*frames, attack=REWARDED)


def test_what_is_seen_of_a_run_is_no_larger_than_the_battery_and_five_numbers() -> None:
    # Whatever the process says: the text of a completion becomes one code, and a reason is cut to 300 letters.
    look = heard(*whole_run()).looks[0]
    assert len(look.restricted + look.again + look.benchmarks) == 9
    assert len(look.model_dump_json()) < 300
    assert "so" not in look.model_dump_json()


def test_a_process_that_ends_before_its_run_has_failed() -> None:
    with pytest.raises(TuningFailed, match="ended before"):
        heard(replies(), checkpoint(1))


def test_the_error_that_a_process_says_is_that_error() -> None:
    with pytest.raises(BrokenWeights, match="cut short") as caught:
        heard(Failed.of("H403", "the weights are cut short", "b", "c", "d"))
    assert caught.value.why == "b"


@pytest.mark.parametrize("why", ["x" * 400, ""])
def test_a_reason_is_cut_before_it_is_said(why: str) -> None:
    assert len(UnitEnded.because(why).why) <= 300


def test_first_comes_the_seal_and_then_the_digest_of_what_was_opened() -> None:
    talking = talk(Sealed(seal=SEALED), Opened(subject=SUBJECT))
    assert heard_seal(talking) == SEALED
    assert heard_subject(talking) == SUBJECT


@pytest.mark.parametrize("first", [Opened(subject=SUBJECT), Completions(texts=("so",)), checkpoint(), UnitEnded()])
def test_nothing_is_heard_of_a_process_before_it_is_sealed(first: Frozen) -> None:
    with pytest.raises(TuningGarbled, match="sent what it must not send"):
        heard_seal(talk(first))


@pytest.mark.parametrize(
    "second", [Sealed(seal=SEALED), Completions(texts=("so",)), raw(Opened(subject=SUBJECT), subject="x")]
)
def test_nothing_is_heard_of_a_process_before_it_says_what_it_opened(second: Frozen | bytes) -> None:
    with pytest.raises(TuningGarbled):
        heard_subject(talk(second))
