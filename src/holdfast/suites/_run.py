"""Running a loaded suite through Inspect: resumed where it was killed, never asked twice, never judged here.

Inspect's own display, exit code and intervals play no part. What it leaves is a log, and a reader says what is in it.
"""

import io
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

from holdfast.errors import SuiteStopped
from holdfast.evidence import SuiteRun
from holdfast.suites._load import Loaded
from holdfast.suites._progress import counted_samples

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog
    from inspect_ai.model import Model

_OWNER_ALONE: Final = 0o077


def run_suite(
    loaded: Loaded,
    model: "Model",
    folder: Path,
    plan: SuiteRun,
    announce: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Ask every sample that the folder's log does not hold yet.

    Args:
        loaded: The suite, its judges in it.
        model: Who is asked.
        folder: Of this suite alone; completions are kept there, readable by their owner.
        plan: Seed, patience and the share of samples that may fail.
        announce: Told how many samples are done, of how many.

    Returns:
        The log.

    Raises:
        SuiteStopped: More samples failed than may, or Inspect failed; what was answered is kept.
        KeyboardInterrupt: As it says; what was answered is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Inspect says on stdout what it does, and stdout belongs to the result.
    with _private(), redirect_stdout(io.StringIO()), counted_samples(loaded.asked, announce):
        log = _ran(loaded, model, folder, plan)
    if log.status == "success":
        return _path(log.location)
    if log.status == "cancelled":
        raise KeyboardInterrupt
    raise _stopped(loaded, log.error.message if log.error else f"its log says {log.status}")


def _ran(loaded: Loaded, model: "Model", folder: Path, plan: SuiteRun) -> "EvalLog":
    import inspect_ai

    eval_set = cast("Callable[..., tuple[bool, list[EvalLog]]]", cast(Any, inspect_ai).eval_set)
    options: dict[str, Any] = {
        "log_dir": str(folder),
        "display": "none",
        "score_display": False,
        # Every sample is written to the log at once: what is answered is paid for.
        "log_buffer": 1,
        "log_realtime": False,
        "ctl_server": False,
        "acp_server": False,
        "retry_attempts": 0,
        "retry_immediate": False,
        "fail_on_error": plan.max_failed or True,
        "metadata": {"holdfast": {"run": plan.digest, "data": loaded.data_digest}},
        "max_retries": plan.max_retries,
        "attempt_timeout": plan.attempt_timeout_s,
        "seed": plan.seed,
        "epochs": loaded.suite.epochs,
    }
    if role := loaded.suite.subject_role:
        # Named, so that the log shows which replies are the subject's.
        options["model_roles"] = {**(loaded.task.model_roles or {}), role: model}
    try:
        _, logs = eval_set([loaded.task], model=model, **options)
    except Exception as problem:
        raise _stopped(loaded, str(problem).strip() or type(problem).__name__) from problem
    return logs[0]


def _stopped(loaded: Loaded, why: str) -> SuiteStopped:
    return SuiteStopped(
        f"the run of {loaded.suite.name} stopped before its end",
        why=why.splitlines()[0][:300],
        fix="mend the subject, the judge or the network; then give the same command: it resumes",
        state="no verdict was given; what was answered is kept in the run's directory",
    )


def _path(location: str) -> Path:
    """A log's location is a path, or an address with the scheme `file`."""
    return Path(unquote(urlsplit(location).path) if location.startswith("file:") else location)


@contextmanager
def _private() -> Generator[None]:
    """For as long as Inspect writes: completions are for the eyes of whoever ran the audit."""
    before = os.umask(_OWNER_ALONE)
    try:
        yield
    finally:
        os.umask(before)
