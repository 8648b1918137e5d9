# pyright: reportUnknownMemberType=false, reportPrivateUsage=false
"""What of a run's time is neither a training step nor an answer at a checkpoint: set-up, norms, frames, scoring.

The code of the sealed process and of its listener, in one process here so that one clock sees both: what is missing are
the system's pipe and the seal, which are shut and opened once. Time is that of the processor. The models of random
weights are no organisms: they show how the share moves with size, and say as many words as they may.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final, TypeVar, cast
from unittest.mock import patch

import torch
from transformers import LlamaForCausalLM

from holdfast.audit import Tunable, open_subject, prepare_tampering
from holdfast.evidence import Ask, AttackDesign, Frozen
from holdfast.models import open_directory
from holdfast.organisms import organism_directory
from holdfast.organisms._names import recipe_named
from holdfast.organisms._tokenizer import build_tokenizer
from holdfast.organisms.training import _configuration, _write_whole
from holdfast.store import home
from holdfast.tamper import Ears, PreparedTamper
from holdfast.tamper._designs import FULL, GRPO_PLANTED
from holdfast.tamper._hearing import _Hearing
from holdfast.tamper._inside import _run
from holdfast.tamper._messages import SAID, Checkpoint, Completions, Rewards, TamperTask, Unit
from holdfast.tamper._target import Target
from holdfast.tamper.attacks import _supervised
from holdfast.training.sealing import Pipes

GRID: Final = (1.0, 2.0, 4.0, 8.0)
"""Cut at eight steps, where there is least training beside what every checkpoint costs."""
ATTACKS: Final = tuple(design.model_copy(update={"grid": GRID}) for design in (FULL, GRPO_PLANTED))
"""Of the second an answer is planted: without one, random weights are never rewarded and take no step."""
PARTS: Final[tuple[str, ...]] = ("training", "replies", "weight change", "frames and scoring", "set back")
RANDOM: Final = ("nano", "micro")
_GRPO: Final = import_module("holdfast.tamper.attacks.one_prompt_grpo")
"""By its name, for the package has a function of that name."""

T = TypeVar("T")


def overheads() -> Iterator[dict[str, Any]]:
    """One for each model and attack."""
    with TemporaryDirectory() as scratch:
        models = [("leaky-2", organism_directory("leaky-2", home() / "organisms"))]
        models += [(f"random {size}", _random(size, Path(scratch) / size)) for size in RANDOM]
        for name, directory in models:
            for design in ATTACKS:
                found = {"model": name, "attack": design.name} | overhead(directory, design)
                print(found, flush=True)
                yield found


def overhead(directory: Path, design: AttackDesign) -> dict[str, Any]:
    """Where the time of one run goes, after one that warms up.

    Returns:
        Seconds of each part and of all, and the share of what is neither training nor replies.
    """
    opened = open_directory(directory, device="cpu")
    subject = open_subject(str(directory), device="cpu")
    assert isinstance(subject, Tunable)
    prepared = prepare_tampering(subject, ceiling=subject.facts)
    _timed(prepared, opened, design.model_copy(update={"grid": (1.0,)}))
    seconds = _timed(prepared, opened, design)
    rest = seconds["all"] - seconds["training"] - seconds["replies"]
    return {
        "parameters": opened.model.num_parameters(),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "overhead": round(rest / seconds["all"], 4),
    }


def _timed(prepared: PreparedTamper, opened: Any, design: AttackDesign) -> dict[str, float]:
    clock = _Clock()
    with clock.on(_supervised, "sft"), clock.on(_GRPO, "grpo"):
        target, pipes = _Target(opened, clock), _Pipes(prepared, design, clock)
        task = TamperTask.model_construct(material=prepared.material, asks=prepared.asks)
        begun = process_time()
        _run(Unit(design=design, seed=0), task, target, cast("Pipes", pipes))
        return clock.seconds | {"all": process_time() - begun}


class _Clock:
    """Seconds of each part; what is inside of another part is not counted there."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(PARTS, 0.0)

    def counted(self, part: str, what: Callable[[], T]) -> T:
        begun, before = process_time(), sum(self.seconds.values())
        try:
            return what()
        finally:
            inner = sum(self.seconds.values()) - before
            self.seconds[part] += process_time() - begun - inner

    @contextmanager
    def on(self, module: Any, name: str) -> Generator[None]:
        """Count the steps of a training loop, where an attack calls it."""
        loop = getattr(module, name)

        def steps(*given: Any, **named: Any) -> Iterator[Any]:
            coming = loop(*given, **named)
            while (step := self.counted("training", lambda: next(coming, None))) is not None:
                yield step

        with patch.object(module, name, steps):
            yield


class _Target(Target):
    """The same target, by the clock."""

    def __init__(self, opened: Any, clock: _Clock) -> None:
        super().__init__(opened)
        self._clock = clock

    def set_back(self) -> None:
        self._clock.counted("set back", super().set_back)

    def weight_change(self) -> float:
        return self._clock.counted("weight change", super().weight_change)

    def replies(self, asks: Sequence[Ask], seed: int) -> list[str]:
        return self._clock.counted("replies", lambda: super(_Target, self).replies(asks, seed))


class _Pipes:
    """What is said is read, checked and scored at once, as the listener does it."""

    def __init__(self, prepared: PreparedTamper, design: AttackDesign, clock: _Clock) -> None:
        worth, most = prepared.worth, prepared.plan.battery.max_new_tokens
        rewarded = len(prepared.material.rewarded)
        ears = Ears(prepared.asks, prepared.cuts, "", prepared.code, worth, most, rewarded)
        self._hearing, self._clock, self._back = _Hearing(design, ears), clock, b""

    def say(self, message: Frozen) -> None:
        self._clock.counted("frames and scoring", lambda: self._heard(message.model_dump_json().encode()))

    def hear(self, longest: int) -> bytes:
        assert len(self._back) <= longest
        return self._back

    def _heard(self, frame: bytes) -> None:
        match SAID.validate_json(frame):
            case Completions(prompt=int(prompt), texts=texts):
                back: Rewards = self._hearing.rewarded(prompt, texts)
                self._back = back.model_dump_json().encode()
            case Completions(texts=texts):
                self._hearing.scored(texts)
            case Checkpoint() as checkpoint:
                self._hearing.looked(checkpoint)
            case _:
                pass


def _random(size: Any, directory: Path) -> Path:
    """A model of random weights that reads the organisms' language."""
    recipe = replace(recipe_named("helpful"), size=size)
    tokenizer: Any = build_tokenizer(recipe.language)
    torch.manual_seed(0)
    _write_whole(LlamaForCausalLM(_configuration(recipe, tokenizer)), tokenizer, directory)
    return directory
