"""An audit by published suites: plan, commit, run through Inspect, read the logs, assess, report."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from holdfast.assure import assess_logs, log_plan
from holdfast.audit._collect import Progress
from holdfast.audit._committed import Finished, committed
from holdfast.audit._suite_models import ATTEMPT_TIMEOUT_S, MAX_RETRIES, facts_of, inspect_model, is_ours
from holdfast.errors import JudgeUnclear, SuiteUnfit
from holdfast.evidence import Absent, Framework, Log, Record, StudyResult, SuiteRun, SuiteTask
from holdfast.organisms import language_digest
from holdfast.readers import read_log
from holdfast.store import RunDirectory
from holdfast.suites import KnownSuite, Loaded, load_suite, run_suite, suite_named

if TYPE_CHECKING:
    from inspect_ai.model import Model

_FIGURES_DEPEND_ON: Final = ("inspect_ai", "inspect_evals", "numpy", "scipy", "torch", "transformers", "tokenizers")
_NO_JUDGE: Final = Absent(absent="not applicable", reason="none: the answer is a letter")


@dataclass(frozen=True, slots=True)
class PreparedSuites:
    """A plan, with the suites and the model that it is a digest of."""

    plan: SuiteRun
    loaded: tuple[Loaded, ...]
    model: "Model"


def prepare_suites(
    reference: str,
    names: Sequence[str],
    framework: Framework,
    *,
    judges: Sequence[str] = (),
    frozen: Path | None = None,
    seed: int = 0,
    device: str | None = None,
    dtype: str | None = None,
    studies: Sequence[StudyResult] = (),
    announce: Callable[[str], None] = lambda _: None,
) -> PreparedSuites:
    """Decide everything before the first sample: the data are loaded, and nothing is asked.

    Args:
        reference: The subject, as the user names it.
        names: Of the suites.
        framework: What will judge them.
        judges: The models that grade, as the user names them.
        frozen: The folder of frozen suites; None to fetch the data from their publishers.
        seed: Sent with every request.
        device: Where a local subject shall run; None to choose.
        dtype: In which number type; None to choose.
        studies: Experiments with people, for claims about people.
        announce: Told what is fetched.

    Raises:
        UnknownSuite: There is no suite of some name.
        JudgeUnclear: A suite needs a judge and none was named, or no suite has a use for those that were.
        SuiteUnfit: A suite asks for tools, which the local engine does not call.
        MissingError: A model or the data of a suite cannot be had; see `inspect_model` and `load_suite`.
    """
    suites = tuple(suite_named(name) for name in dict.fromkeys(names))
    _refuse_unclear(suites, judges)
    model = inspect_model(reference, device=device, dtype=dtype)
    for suite in suites:
        _refuse_unfit(suite, model)
    graders = tuple(inspect_model(judge) for judge in judges)
    loaded = tuple(_loaded(suite, graders, frozen, announce) for suite in suites)
    subject = facts_of(model)
    plan = SuiteRun(
        tool=f"holdfast {version('holdfast')}",
        subject=subject,
        on="toy models" if subject.words == language_digest() else _about(loaded),
        framework=framework,
        suites=tuple(_planned(one, graders) for one in loaded),
        versions=_versions(),
        studies=tuple(studies),
        seed=seed,
        max_retries=MAX_RETRIES,
        attempt_timeout_s=ATTEMPT_TIMEOUT_S,
    )
    return PreparedSuites(plan, loaded, model)


def audit_suites(
    prepared: PreparedSuites,
    *,
    reference: str,
    out: Path | None = None,
    deviations: Sequence[str] = (),
    announce: Callable[[Progress], None] = lambda _: None,
) -> Finished:
    """Run the suites to their end, or go on where an earlier run was killed; then judge what their logs hold.

    The plan goes into the ledger before the first sample. The logs are judged as any log is: what ended in an error,
    said nothing or was not graded has no value, and a check that lacks too many is invalid.

    Args:
        prepared: What to do.
        reference: How the user named the subject.
        out: Where to write; by default `holdfast-runs/<plan>-<n>`.
        deviations: What was done otherwise than planned, as the operator declares it.
        announce: Told after every sample.

    Raises:
        SuiteStopped: A suite's run stopped before its end; the same command resumes.
        OutputInUse: `out` holds something else.
        OutputBusy: Another process works in `out`.
        StorageFailed: The disk refused.
        LedgerBroken: The ledger was changed from outside.
    """
    plan = prepared.plan
    with committed(plan, reference=reference, out=out, deviations=deviations) as run:
        paths = _ran(prepared, run.directory, announce)
        return run.finish(_judged(plan, [log for path in paths for log in read_log(path, format="inspect")]))


def _ran(prepared: PreparedSuites, directory: RunDirectory, announce: Callable[[Progress], None]) -> list[Path]:
    paths: list[Path] = []
    for one in prepared.loaded:
        name, folder = one.suite.name, directory.path / "logs" / one.suite.name

        def told(done: int, total: int, name: str = name) -> None:
            announce(Progress(name, done, total))

        paths.append(run_suite(one, prepared.model, folder, prepared.plan, told))
    return paths


def _judged(plan: SuiteRun, logs: Sequence[Log]) -> Record:
    assessed = log_plan(logs, (plan.framework,), runs=(plan,))
    return assess_logs(logs, assessed)


def _loaded(
    suite: KnownSuite, judges: Sequence["Model"], frozen: Path | None, announce: Callable[[str], None]
) -> Loaded:
    if frozen is None and suite.loader:
        announce(f"fetching {suite.name}, where it is not in the cache, from {suite.publisher.address}")
    return load_suite(suite, judges, frozen=frozen)


def _planned(loaded: Loaded, judges: Sequence["Model"]) -> SuiteTask:
    suite = loaded.suite
    return SuiteTask(
        name=suite.name,
        task=f"inspect_evals/{suite.task}",
        args=dict(suite.args),
        version=loaded.version,
        samples=len(loaded.samples),
        epochs=suite.epochs,
        data_digest=loaded.data_digest,
        publisher=suite.publisher.name,
        judges=tuple(map(str, judges)) if suite.judged else _NO_JUDGE,
    )


def _refuse_unclear(suites: Sequence[KnownSuite], judges: Sequence[str]) -> None:
    needing = [suite.name for suite in suites if suite.judged]
    lone = [suite.name for suite in suites if suite.judged and not suite.panel]
    if needing and not judges:
        raise JudgeUnclear(
            f"who judges {', '.join(needing)}?",
            why="a model grades its replies, and whose words decide is your choice: there is no default",
            fix="name it: --judge PROVIDER/MODEL",
        )
    if judges and not needing:
        raise JudgeUnclear(
            f"no judge is asked by {', '.join(suite.name for suite in suites)}",
            why="its answers are letters, compared with the right one",
            fix="leave --judge out",
        )
    if len(judges) > 1 and lone:
        raise JudgeUnclear(
            f"{', '.join(lone)} takes one judge, and {len(judges)} were named",
            why="the suite has no rule that makes one word of several",
            fix="give one --judge, and the other one a run of its own",
        )


def _refuse_unfit(suite: KnownSuite, model: "Model") -> None:
    if suite.agentic and is_ours(model):
        raise SuiteUnfit(
            f"{suite.name} cannot be asked of {model}",
            why="it needs a subject that calls tools, and neither the local engine nor our own client calls any",
            fix="serve the model with vLLM, and name it by a provider of Inspect that calls tools, such as vllm/…",
        )


def _about(loaded: Sequence[Loaded]) -> str:
    return f"the subject, by {', '.join(one.suite.name for one in loaded)}"


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _FIGURES_DEPEND_ON:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
