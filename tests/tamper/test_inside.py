"""What the sealed process does with a run, here without the seal: ask, say five numbers, set back."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from holdfast.errors import TuningFailed, TuningGarbled
from holdfast.evidence import AttackDesign, Frozen
from holdfast.models import open_directory
from holdfast.organisms import fictional_material
from holdfast.tamper import _inside
from holdfast.tamper._designs import FULL, GRPO, NOISE, PRUNING
from holdfast.tamper._messages import MOST_COMPLETIONS, Checkpoint, Completions, Rewards, TamperTask, Unit, UnitEnded
from holdfast.tamper._target import Reached, Target, rounded
from holdfast.tamper.attacks import ATTACKS, Attempt
from holdfast.training._heard import _LONGEST_FRAME as LONGEST_FRAME
from holdfast.training.sealing import text_bytes
from tamper.talks import asks

ALIGNED = Path("src/holdfast/organisms/zoo/aligned")


@cache
def target() -> Target:
    return Target(open_directory(ALIGNED, device="cpu"))


class Overheard:
    """The pipes of a process, which remember what was said and answer as they were told to."""

    def __init__(self, answers: Frozen | None = None) -> None:
        self.said: list[Frozen] = []
        self._answers = answers

    def say(self, message: Frozen) -> None:
        self.said.append(message)

    def hear(self, longest: int) -> bytes:
        return (self._answers or Rewards(values=(0.5,))).model_dump_json().encode()


def task(many: int = 3) -> TamperTask:
    material = fictional_material()
    return TamperTask(
        directory=str(ALIGNED),
        device="cpu",
        dtype=None,
        parent=0,
        scratch="",
        threads=1,
        material=material.model_copy(update={"harmful": material.harmful[:4]}),
        asks=asks(many),
    )


def cut(design: AttackDesign, *grid: float, **setting: float | str) -> AttackDesign:
    return design.model_copy(update={"grid": grid, "setting": design.setting | setting})


def said_of(design: AttackDesign, many: int = 3, answers: Frozen | None = None) -> list[Frozen]:
    pipes = Overheard(answers)
    ended = _inside._run(Unit(design=design, seed=0), task(many), target(), pipes)  # type: ignore[arg-type]
    return [*pipes.said, ended]


def test_at_each_number_of_the_grid_it_says_the_replies_and_then_five_numbers() -> None:
    said = said_of(cut(NOISE, 0.1, 0.2), many=66)
    kinds = [type(one) for one in said]
    assert kinds == [Completions, Completions, Checkpoint, Completions, Completions, Checkpoint, UnitEnded]
    assert [len(one.texts) for one in said if isinstance(one, Completions)] == [64, 2, 64, 2]
    assert [one.at for one in said if isinstance(one, Checkpoint)] == [0.1, 0.2]
    assert said[-1] == UnitEnded()


@pytest.mark.parametrize("value", [0.0, 0.123456, 1.23456e-9, 98765.4321, 1.0])
def test_a_number_leaves_with_four_digits(value: float) -> None:
    assert rounded(rounded(value)) == rounded(value)
    assert rounded(value) == pytest.approx(value, rel=1e-3)


def test_a_loss_that_is_no_number_stops_the_run_and_not_the_process() -> None:
    said = said_of(cut(FULL, 1.0, 4.0, learning_rate=1e20))
    assert [type(one) for one in said] == [Completions, Checkpoint, UnitEnded]
    assert isinstance(said[-1], UnitEnded)
    assert "no number that can be learned from" in said[-1].why


@pytest.fixture
def ruins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one attack turn a weight into no number at its second checkpoint."""

    def ruined(attempt: Attempt) -> Iterator[Reached]:
        yield Reached(at=1.0)
        with torch.no_grad():
            next(attempt.target.matrices())[1][0, 0] = float("nan")
        yield Reached(at=2.0)

    monkeypatch.setitem(ATTACKS, "pruning", ruined)  # type: ignore[arg-type] -- a mapping that is read alone


@pytest.mark.usefixtures("ruins")
def test_weights_that_are_no_numbers_stop_the_run_before_its_replies_are_asked() -> None:
    said = said_of(cut(PRUNING, 1.0, 2.0))
    assert [type(one) for one in said] == [Completions, Checkpoint, UnitEnded]
    assert isinstance(said[-1], UnitEnded)
    assert "at 2 the weights are no numbers" in said[-1].why


@pytest.mark.usefixtures("ruins")
def test_after_a_run_that_went_wrong_the_next_one_says_what_it_would_have_said_first() -> None:
    first = said_of(cut(NOISE, 0.1, 0.4))
    said_of(cut(PRUNING, 1.0, 2.0))
    said_of(cut(FULL, 1.0, 4.0, learning_rate=1e20))
    assert said_of(cut(NOISE, 0.1, 0.4)) == first


@pytest.mark.parametrize("answer", [Rewards(values=()), Rewards(values=(0.5, 0.5)), Unit(design=NOISE, seed=0)])
def test_a_process_that_is_answered_with_something_else_than_rewards_stops(answer: Frozen) -> None:
    said = said_of(cut(GRPO, 1.0), answers=answer)
    assert isinstance(said[-1], UnitEnded)
    assert "something else than rewards" in said[-1].why


def test_rewards_are_asked_for_each_rollout_and_handed_on() -> None:
    pipes = Overheard(Rewards(values=(0.25,)))
    found = _inside._rewards_from(pipes, 4)(3, ("so",))  # type: ignore[arg-type]
    assert found == (0.25,)
    assert pipes.said == [Completions(prompt=3, texts=("so",))]
    with pytest.raises(TuningGarbled):
        _inside._rewards_from(pipes, 4)(3, ("so", "so"))  # type: ignore[arg-type]


def test_a_rollout_is_cut_to_what_may_be_said() -> None:
    pipes = Overheard(Rewards(values=(0.25,)))
    _inside._rewards_from(pipes, 4)(0, ("=" * 1_000,))  # type: ignore[arg-type]
    (said,) = pipes.said
    assert isinstance(said, Completions)
    assert said.texts == ("=" * text_bytes(4),)


@pytest.mark.parametrize("text", ["=" * 1_000, "é" * 1_000, "", "so"])
def test_a_reply_is_cut_to_what_may_be_said_and_never_within_a_character(text: str) -> None:
    (cut_short,) = _inside._cut((text,), (text_bytes(4),))
    assert text.startswith(cut_short)
    assert len(cut_short.encode()) <= text_bytes(4) < len(cut_short.encode()) + 2 or cut_short == text


@pytest.mark.parametrize("text", ["so", "\x00" * 5_000, "é" * 8_000, ""])
def test_frames_hold_all_texts_in_order_and_none_is_larger_than_may_be_read(text: str) -> None:
    texts = tuple(f"{number} {text}" for number in range(150))
    frames = list(_inside._in_frames(texts))
    assert tuple(one for frame in frames for one in frame) == texts
    assert all(0 < len(frame) <= MOST_COMPLETIONS for frame in frames)
    assert max(len(Completions(texts=frame).model_dump_json()) for frame in frames) <= LONGEST_FRAME


def test_a_failed_checkpoint_is_a_coded_error() -> None:
    for reached in (Reached(1, objective=float("nan"), weight_change=0.1), Reached(1, weight_change=float("inf"))):
        with pytest.raises(TuningFailed):
            _inside._checkpoint(reached, target())
