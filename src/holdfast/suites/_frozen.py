"""Frozen suites: what a task asks, fetched once where its publisher can be reached, for machines from which it cannot.

One file for each suite: a header line that says whose data they are and what they were frozen for, then one line for
each sample. They are the user's copy, for the eyes of whoever made it, and not for handing on.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from holdfast.errors import FrozenBroken, FrozenForOther
from holdfast.evidence import Frozen as Value
from holdfast.evidence import SuiteArgument, canonical_json
from holdfast.suites._known import KnownSuite
from holdfast.suites._samples import samples_digest
from holdfast.writing import PRIVATE, write_whole

NOTICE: Final = "a private copy for evaluation; not for redistribution, and not for training"


class FrozenHead(Value):
    """The first line of a frozen suite."""

    schema_: Literal["holdfast.frozen-suite/1"] = Field(default="holdfast.frozen-suite/1", alias="schema")
    suite: str
    task: str
    args: dict[str, SuiteArgument]
    version: str
    """Comparability and interface of the task: `5-A`."""
    inspect_evals: str
    publisher: str
    address: str
    terms: str
    notice: str = NOTICE
    dataset: str | None
    location: str | None
    shuffled: bool
    samples: int
    digest: str
    """Of the samples, as a run states it."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen suite, read back; its samples are those that its digest was made of."""

    path: Path
    head: FrozenHead
    samples: tuple[dict[str, Any], ...]

    def check(self, comparability: str, digest: str) -> None:
        """Hold it against the task that was built from it.

        Raises:
            FrozenForOther: The task is of another comparability version, or leaves samples out.
        """
        if self.head.version.partition("-")[0] != comparability:
            raise FrozenForOther(
                f"{self.path} was frozen for version {self.head.version} of {self.head.suite}",
                why=f"the inspect_evals that is installed has comparability version {comparability} of it",
                fix=f"freeze it anew: holdfast suite freeze {self.head.suite} --out DIR",
            )
        if digest != self.head.digest:
            raise self.foreign("it leaves some of them out, or changes them")

    def foreign(self, why: str) -> FrozenForOther:
        """The error of a task that cannot ask what is here."""
        return FrozenForOther(
            f"the task that is installed does not ask the samples that {self.path} holds",
            why=why,
            fix=f"freeze it anew: holdfast suite freeze {self.head.suite} --out DIR",
        )


def write_frozen(folder: Path, head: FrozenHead, samples: tuple[dict[str, Any], ...]) -> Path:
    """Write a frozen suite; an earlier file of the same suite is replaced as a whole.

    Returns:
        The file: `FOLDER/NAME.jsonl`, readable by its owner alone.

    Raises:
        StorageFailed: The disk refused.
    """
    path = folder / f"{head.suite}.jsonl"
    write_whole(
        path,
        (canonical_json(line) + "\n" for line in (head, *samples)),
        mode=PRIVATE,
        fix="make room or make the folder writable, then give the same command again",
        state="nothing was frozen",
    )
    return path


def frozen_suite(folder: Path, suite: KnownSuite) -> Frozen:
    """Read a frozen suite back.

    Raises:
        FrozenBroken: There is none, or it does not hold what was frozen.
        FrozenForOther: It was frozen for another suite.
    """
    path = folder / f"{suite.name}.jsonl"
    try:
        first, *lines = path.read_text("utf-8").split("\n")
        head = FrozenHead.model_validate_json(first)
        samples = tuple(json.loads(line) for line in lines if line)
    except FileNotFoundError as problem:
        raise _broken(path, suite, "there is no such file") from problem
    except ValidationError as problem:
        raise _broken(path, suite, f"its header: {problem.errors(include_url=False)[0]['msg']}") from problem
    except (OSError, ValueError) as problem:
        raise _broken(path, suite, str(problem).splitlines()[0]) from problem
    if (head.suite, head.args) != (suite.name, dict(suite.args)):
        raise FrozenForOther(
            f"{path} was frozen for {head.suite}",
            why=f"{suite.name} was asked for",
            fix="give the file back its name, or freeze the suite anew",
        )
    if len(samples) != head.samples or samples_digest(samples) != head.digest:
        raise _broken(path, suite, "its samples are not those that its digest was made of")
    return Frozen(path, head, samples)


def _broken(path: Path, suite: KnownSuite, why: str) -> FrozenBroken:
    return FrozenBroken(
        f"no frozen {suite.name} can be read from {path}",
        why=why,
        fix=f"freeze it where its publisher can be reached: holdfast suite freeze {suite.name} --out DIR",
    )
