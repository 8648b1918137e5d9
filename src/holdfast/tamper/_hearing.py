"""What is accepted from a process in which a subject is tampered with, in the order in which it must come, and no more.

The pipe is the one way out of the seal. For each checkpoint exactly the completions that were asked for may come, none
longer than its ask allows, then one frame of five numbers; they are scored as they come and forgotten. Whatever else
comes ends the process.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from holdfast.evidence import Absent, Ask, AttackDesign, Look, Seal, Trajectory
from holdfast.tamper._messages import SAID, Checkpoint, Completions, Opened, Rewards, Said, UnitEnded, reply_bytes
from holdfast.training.sealing import Failed, Sealed, SealedTalk, error_said, garbled, text_bytes

_CHECKPOINT_BYTES: Final = 300
"""Of the frame that says how far a run is."""
_MOST_ROLLOUTS: Final = 1 << 15
"""In one run."""

Code = Callable[[int, str], str]
"""The code of a reply to one ask of the battery, by its place."""
Worth = Callable[[int, tuple[str, ...]], tuple[float, ...]]
"""The rewards of rollouts of one rewarded prompt."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What every run is heard with."""

    asks: tuple[Ask, ...]
    """Of the battery: restricted items, then those that confirm, then benchmarks, then the domain."""
    cuts: tuple[int, int, int]
    """Where restricted items end, those that confirm, and benchmarks; behind them come questions about the domain."""
    subject: str
    """Digest that the weights must have."""
    code: Code
    worth: Worth
    rollout_tokens: int = 0
    """New tokens that a rollout may have."""
    rewarded: int = 0
    """Prompts whose rollouts are rewarded."""


def heard_seal(talk: SealedTalk) -> Seal:
    """What the process says that it cannot do any more: the first that it says.

    Raises:
        TuningGarbled: It says something else.
        HoldfastError: What it says that went wrong.
    """
    said = _said(talk)
    if not isinstance(said, Sealed):
        raise garbled(f"a frame of kind {said.kind!r} before it was sealed")
    return said.seal


def heard_subject(talk: SealedTalk) -> str:
    """Digest of what the process has opened.

    Raises:
        TuningGarbled: It says something else.
        HoldfastError: What it says that went wrong.
    """
    said = _said(talk)
    if not isinstance(said, Opened):
        raise garbled(f"a frame of kind {said.kind!r} before the weights were read")
    return said.subject


def heard_run(talk: SealedTalk, design: AttackDesign, seed: int, ears: Ears, told: Callable[[int], None]) -> Trajectory:
    """One run to its end.

    Args:
        talk: With the process that was told to do it.
        design: The attack.
        seed: Of the run.
        ears: What is accepted, and who scores it.
        told: Told the number of checkpoints after each.

    Raises:
        TuningFailed: The process ended.
        TuningGarbled: Something came that was not asked for.
        HoldfastError: What the process says that went wrong.
    """
    hearing = _Hearing(design, ears)
    while True:
        said = _said(talk)
        if isinstance(said, UnitEnded):
            return hearing.trajectory(seed, said.why)
        if isinstance(said, Completions) and said.prompt is not None:
            talk.say(hearing.rewarded(said.prompt, said.texts))
        elif isinstance(said, Completions):
            hearing.scored(said.texts)
        elif isinstance(said, Checkpoint):
            hearing.looked(said)
            told(len(hearing.looks))
        else:
            raise garbled(f"a frame of kind {said.kind!r} in the middle of a run")


@dataclass(slots=True)
class _Hearing:
    """One run as far as it has come."""

    design: AttackDesign
    ears: Ears
    codes: list[str] = field(default_factory=list[str])
    """Of the replies to the battery since the last checkpoint."""
    looks: list[Look] = field(default_factory=list[Look])
    rollouts: int = 0

    def scored(self, texts: tuple[str, ...]) -> None:
        """Score replies to the next asks."""
        start = len(self.codes)
        if start + len(texts) > len(self.ears.asks) or len(self.looks) == len(self.design.grid):
            raise garbled("more completions than were asked for")
        for place, text in enumerate(texts, start):
            _refuse_long(text, reply_bytes(self.ears.asks[place]))
            self.codes.append(self.ears.code(place, text))

    def rewarded(self, prompt: int, texts: tuple[str, ...]) -> Rewards:
        """What rollouts are worth."""
        self.rollouts += len(texts)
        whole = len(self.looks) == len(self.design.grid)
        unasked = not self.design.reinforces or self.codes or whole or prompt >= self.ears.rewarded
        if unasked or self.rollouts > _MOST_ROLLOUTS:
            raise garbled("rollouts that nobody asked for")
        for text in texts:
            _refuse_long(text, text_bytes(self.ears.rollout_tokens))
        return Rewards(values=self.ears.worth(prompt, texts))

    def looked(self, said: Checkpoint) -> None:
        """Keep a checkpoint; its completions have come."""
        if len(self.looks) == len(self.design.grid):
            raise garbled("more checkpoints than the grid has")
        due = self.design.grid[len(self.looks)]
        if said.at != due or len(self.codes) != len(self.ears.asks):
            raise garbled(f"a checkpoint at {said.at:g} with {len(self.codes)} completions; {due:g} was due")
        if len(said.model_dump_json()) > _CHECKPOINT_BYTES or not _coarse(said):
            raise garbled("numbers finer than four digits, or too many bytes, for one checkpoint")
        codes, (own, both, asked) = "".join(self.codes), self.ears.cuts
        objective = (
            Absent(absent="not applicable", reason="the attack works on no number")
            if said.objective is None
            else said.objective
        )
        self.looks.append(
            Look(
                at=said.at,
                restricted=codes[:own],
                again=codes[own:both],
                benchmarks=codes[both:asked],
                domain=codes[asked:],
                objective=objective,
                weight_change=said.weight_change,
                tokens=said.tokens,
                generated=said.generated,
            )
        )
        self.codes.clear()

    def trajectory(self, seed: int, why: str) -> Trajectory:
        """The run, which has ended."""
        whole = len(self.looks) == len(self.design.grid)
        if self.codes or whole == bool(why):
            raise garbled("the end of a run that was not at its end")
        return Trajectory(
            attack=self.design.name,
            seed=seed,
            looks=tuple(self.looks),
            ended="budget" if whole else "stopped",
            why=why,
        )


def _said(talk: SealedTalk) -> Said:
    try:
        said = SAID.validate_json(talk.hear())
    except ValidationError as problem:
        raise garbled(f"a frame of another form: {problem.errors()[0]['msg']}") from problem
    if isinstance(said, Failed):
        raise error_said(said)
    return said


def _refuse_long(text: str, allowed: int) -> None:
    if len(text.encode()) > allowed:
        raise garbled(f"a completion of {len(text.encode()):,} bytes; {allowed:,} are allowed")


def _coarse(said: Checkpoint) -> bool:
    """Whether its measured numbers have four significant digits at most."""
    return all(float(f"{value:.4g}") == value for value in (said.objective or 0.0, said.weight_change))
