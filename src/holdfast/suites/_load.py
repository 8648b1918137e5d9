"""Loading a published suite: its one module is imported, its data are fetched or taken from a frozen file.

Nothing of a suite is written anew. Its own function builds the task, with its own solver and scorer; where frozen
samples are given, they stand in for what its loader would have downloaded, and for nothing else.
"""

import io
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from holdfast.errors import ExtraNotInstalled, SuiteBroken, SuiteUnreachable
from holdfast.suites._frozen import Frozen, frozen_suite
from holdfast.suites._known import KnownSuite
from holdfast.suites._samples import described, rebuilt, samples_digest

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.model import Model

_NOBODY: Final = "mockllm/model"
"""Stands where a judge must be named and none will be asked."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A suite with its data, ready to run."""

    suite: KnownSuite
    task: "Task"
    samples: tuple[dict[str, Any], ...]
    """As `described` gives them."""
    version: str
    """Comparability and interface: `5-A`."""

    @property
    def asked(self) -> int:
        """Replies that the subject is asked for."""
        return len(self.samples) * self.suite.epochs

    @property
    def data_digest(self) -> str:
        """Digest of every sample."""
        return samples_digest(self.samples)

    @property
    def comparability(self) -> str:
        """The part of the version that must be the same for figures to be compared."""
        return self.version.partition("-")[0]


def load_suite(suite: KnownSuite, judges: Sequence["str | Model"] = (), *, frozen: Path | None = None) -> Loaded:
    """Build the task that the suite's authors published.

    Args:
        suite: Which one.
        judges: The models that will grade; none where nothing will be asked, as for freezing.
        frozen: The folder that holds its frozen samples; None to fetch them from their publisher.

    Raises:
        ExtraNotInstalled: inspect-evals or inspect-ai is missing.
        SuiteUnreachable: The data cannot be fetched.
        FrozenBroken: The frozen samples are not there, or not what was frozen.
        FrozenForOther: They were frozen for another suite or comparability version.
        SuiteBroken: inspect_evals is not of the form that this version knows.
    """
    module = _module(suite)
    kept = frozen_suite(frozen, suite) if frozen else None
    # The libraries that fetch write what they do to stdout, which belongs to the result.
    with redirect_stdout(io.StringIO()):
        build = _building(suite, module, judges)
        task = _in_its_place(suite, module, kept, build) if kept else _fetched(suite, build)
    loaded = Loaded(suite, task, _described(suite, task), _version(suite, task))
    if kept:
        kept.check(loaded.comparability, loaded.data_digest)
    return loaded


def _module(suite: KnownSuite) -> ModuleType:
    try:
        return import_module(suite.module)
    except ModuleNotFoundError as problem:
        raise ExtraNotInstalled(
            f"{problem.name} is not installed",
            why=f"the suite {suite.name} is run by inspect_evals, which the base installation leaves out",
            fix="pip install 'holdfast[evals]'",
        ) from problem


def _fetched(suite: KnownSuite, build: Callable[[], "Task"]) -> "Task":
    try:
        return build()
    except Exception as problem:
        if not suite.loader:
            raise _broken(suite, _first_line(problem)) from problem
        raise SuiteUnreachable(
            f"the data of {suite.name} cannot be fetched from {suite.publisher.address}",
            why=_first_line(problem),
            fix=f"go online, or log in where the publisher asks for it; or freeze them where they can be reached, "
            f"`holdfast suite freeze {suite.name} --out DIR`, and give `--frozen DIR` here",
        ) from problem


def _in_its_place(suite: KnownSuite, module: ModuleType, kept: Frozen, build: Callable[[], "Task"]) -> "Task":
    from inspect_ai.dataset import MemoryDataset

    def loader(*_: object, **__: object) -> MemoryDataset:
        head = kept.head
        return MemoryDataset(rebuilt(kept.samples), name=head.dataset, location=head.location, shuffled=head.shuffled)

    with _instead(suite, module, loader) if suite.loader else nullcontext():
        try:
            return build()
        except Exception as problem:
            raise kept.foreign(_first_line(problem)) from problem


@contextmanager
def _instead(suite: KnownSuite, module: ModuleType, loader: Callable[..., Any]) -> Generator[None]:
    """For as long as the task is built, another loader: the suites take no data set as an argument."""
    where, _, name = suite.loader.rpartition(":")
    holder = import_module(where) if where else module
    if not callable(published := getattr(holder, name, None)):
        raise SuiteBroken(
            f"inspect_evals has no {holder.__name__}.{name}",
            why="this version of it loads its data in another way than the one that is known here",
            fix="pip install 'holdfast[evals]'",
        )
    setattr(holder, name, loader)
    try:
        yield
    finally:
        setattr(holder, name, published)


def _building(suite: KnownSuite, module: ModuleType, judges: Sequence["str | Model"]) -> "Callable[[], Task]":
    chosen = [_model(judge) for judge in judges or (_NOBODY,)] if suite.judges else []
    given: dict[str, Any] = {name: chosen if suite.panel else next(iter(chosen)) for name in suite.judges}
    published = cast("Callable[..., Task]", getattr(module, suite.task))
    build = partial(published, **suite.args, **given)
    return build if not suite.judge_roles else lambda: _with_roles(build(), suite, judges)


def _with_roles(task: "Task", suite: KnownSuite, judges: Sequence["str | Model"]) -> "Task":
    """The task with its judge in the roles by which it asks for one."""
    judge = _model(next(iter(judges), _NOBODY))
    roles: dict[str, Any] = dict.fromkeys(suite.judge_roles, judge)
    task.model_roles = roles
    return task


def _model(judge: "str | Model") -> "Model":
    from inspect_ai.model import get_model

    return get_model(judge) if isinstance(judge, str) else judge


def _described(suite: KnownSuite, task: "Task") -> tuple[dict[str, Any], ...]:
    try:
        return described(task.dataset)
    except ValueError as problem:
        raise _broken(suite, str(problem)) from problem


def _broken(suite: KnownSuite, why: str) -> SuiteBroken:
    return SuiteBroken(
        f"the samples of {suite.name} have another form than the one that is known here",
        why=why,
        fix="pip install 'holdfast[evals]'; if it is installed, report this",
    )


def _version(suite: KnownSuite, task: "Task") -> str:
    stated = (task.metadata or {}).get("full_task_version")
    return str(stated) if stated else f"{task.version}-?"


def _first_line(problem: Exception) -> str:
    said = str(problem).strip()
    return f"{type(problem).__name__}: {said.splitlines()[0][:200]}" if said else type(problem).__name__
