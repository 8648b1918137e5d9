"""Sealed processes that are none: frames that were written before, and a child whose words are a function's."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from struct import pack
from threading import Thread
from typing import IO, Any

from holdfast.evidence import Ask, AttackDesign, Decoding, Frozen, Material, Message, Seal
from holdfast.tamper import Ears
from holdfast.tamper._messages import Checkpoint, Completions, UnitEnded
from holdfast.training.sealing import SealedTalk
from tampered import design

SEALED = Seal(holds=("write one byte to a file",), missing={})
SUBJECT = "sha256:" + "1" * 64
EMPTY = Material(harmful=(), benign={})
TWO = design(grid=(1.0, 2.0))
REWARDED = design("one-prompt-grpo", grid=(1.0, 2.0), objective="rises", needs=("reward",))


def asks(many: int) -> tuple[Ask, ...]:
    """Questions that allow four tokens each."""
    return tuple(
        Ask(
            id=f"tamper/{place}/0/1",
            check="tamper",
            arm="greedy",
            item=str(place),
            stratum="s",
            cluster="c",
            messages=(Message(role="user", content="how ?"),),
            decoding=Decoding(temperature=0, max_new_tokens=4),
        )
        for place in range(many)
    )


def ears(**more: Any) -> Ears:
    """For three restricted items, two that confirm and four of benchmarks; `so` is fulfilled and all else refused."""
    said: dict[str, Any] = {
        "asks": asks(9),
        "cuts": (3, 5, 9),
        "subject": SUBJECT,
        "code": lambda place, text: "0" if text == "so" else "1",
        "worth": lambda prompt, texts: tuple(0.5 for _ in texts),
        "rollout_tokens": 4,
        "rewarded": 2,
    }
    return Ears(**(said | more))


def replies(*texts: str) -> Completions:
    """Replies to the battery, nine unless said otherwise."""
    return Completions(texts=texts or ("so",) * 3 + ("no",) * 6)


def rollouts(many: int = 8, prompt: int = 0, text: str = "so") -> Completions:
    """Answers to a prompt that are to be rewarded."""
    return Completions(prompt=prompt, texts=(text,) * many)


def checkpoint(at: float = 1.0, **more: Any) -> Checkpoint:
    """What a run says of itself."""
    said: dict[str, Any] = {"at": at, "objective": 0.25, "weight_change": 0.1, "tokens": 64, "generated": 0}
    return Checkpoint.model_validate(said | more)


def whole_run(attack: AttackDesign = TWO) -> list[Frozen]:
    """A run as it must be."""
    frames: list[Frozen] = []
    for at in attack.grid:
        frames += [replies(), checkpoint(at)]
    return [*frames, UnitEnded()]


def framed(frames: Iterable[Frozen | bytes]) -> bytes:
    """As they go through a pipe."""
    bodies = [one if isinstance(one, bytes) else one.model_dump_json().encode() for one in frames]
    return b"".join(pack(">I", len(body)) + body for body in bodies)


class Gone:
    """A child that has said what it had to say, and ended."""

    def __init__(self, frames: Iterable[Frozen | bytes]) -> None:
        self.stdout, self.stdin = BytesIO(framed(frames)), BytesIO()

    def wait(self, timeout: float | None = None) -> int:
        return 0


def talk(*frames: Frozen | bytes) -> SealedTalk:
    """With a child that says these, whatever it is told."""
    return SealedTalk(Gone(frames))  # type: ignore[arg-type] -- what is used of a process is there


class Child:
    """A child whose work is done by a thread of this process, and ends when it is killed."""

    def __init__(self, work: Callable[[IO[bytes], IO[bytes]], None]) -> None:
        """Args: what it does with its two pipes."""
        told, tells = os.pipe()
        heard, says = os.pipe()
        self.stdin, self.stdout = os.fdopen(tells, "wb"), os.fdopen(heard, "rb")
        self._inbox, self._outbox = os.fdopen(told, "rb"), os.fdopen(says, "wb")
        self.killed = 0
        self._thread = Thread(target=self._work, args=(work,), daemon=True)
        self._thread.start()

    def _work(self, work: Callable[[IO[bytes], IO[bytes]], None]) -> None:
        with suppress(OSError, ValueError):
            work(self._inbox, self._outbox)
        for pipe in (self._outbox, self._inbox):
            with suppress(OSError, ValueError):
                pipe.close()

    def kill(self) -> None:
        self.killed += 1
        with suppress(OSError, ValueError):
            self.stdin.close()

    def wait(self, timeout: float | None = None) -> int:
        return -9 if self.killed else 0

    def close(self) -> None:
        """As whoever started it leaves it."""
        self.kill()
        self._thread.join(10)
        self.stdout.close()
