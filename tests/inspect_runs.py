"""Runs of Inspect of known outcome: a model that says what each sample tells it to, or breaks where it is told."""

import gc
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import anyio
from inspect_ai import Task
from inspect_ai import eval as run
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

Word = str | float | dict[str, float] | None
"""What the scorer says of a sample; None where it gives no score."""


@scorer(metrics=[accuracy()])
def told() -> Scorer:
    """What the sample's metadata say."""

    async def score(state: TaskState, target: Target) -> Score:
        word: Any = state.metadata["word"]
        return Score.unscored(reason="grader_failed") if word is None else Score(value=word)

    return score


@solver
def late(longest_s: float, seed: int = 0) -> Solver:
    """Samples take as long as chance has it, so that they finish out of order."""
    chance = Random(seed)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await anyio.sleep(chance.uniform(0, longest_s))
        return state

    return solve


@solver
def breaks(items: Sequence[str | int]) -> Solver:
    """Some samples end in an error."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id in items:
            raise RuntimeError("the kettle was empty")
        return state

    return solve


def speaker() -> Model:
    """A model that says `so` and counts its tokens: else Inspect would download a tokenizer."""
    usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)

    def say(*_: Any, **__: Any) -> ModelOutput:
        return ModelOutput.from_content("mockllm/alder", "so").model_copy(update={"usage": usage})

    return get_model("mockllm/alder", custom_outputs=say)


def samples(words: Sequence[Word], *, shuffled: bool = True, **metadata: Callable[[int], Any]) -> MemoryDataset:
    """One sample for each word, as if they had been shuffled; ids are numbers that do not stand in their order."""
    made = [
        Sample(
            id=len(words) - place,
            input=f"question {place}",
            metadata={"word": word} | {name: of(place) for name, of in metadata.items()},
        )
        for place, word in enumerate(words)
    ]
    return MemoryDataset(made, name="told", shuffled=shuffled)


def ran(folder: Path, words: Sequence[Word] | MemoryDataset, *solvers: Solver, **options: Any) -> EvalLog:
    """The log of a run; what is not an option of a task is one of `eval`."""
    dataset = words if isinstance(words, MemoryDataset) else samples(words)
    of_task = {name: options.pop(name) for name in ("early_stopping", "metrics", "epochs") if name in options}
    options.setdefault("scorer", told())
    task = Task(dataset=dataset, solver=[*solvers, generate()], scorer=options.pop("scorer"), name="told", **of_task)
    quiet: Mapping[str, Any] = {"display": "none", "log_realtime": False, "log_dir": str(folder), "max_samples": 1}
    with warnings_of_inspect():
        (log,) = run(task, model=speaker(), **{**quiet, **options})
    return log


@contextmanager
def warnings_of_inspect() -> Iterator[None]:
    """Inspect uses deprecated names and leaves streams open: no errors of ours. The streams are closed here too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.freeze()  # Only what is made from here on is looked through; all that was imported takes most of a second.
        yield
        gc.collect()
        gc.unfreeze()


def figures(log: EvalLog) -> dict[str, float]:
    """Every figure that Inspect shows."""
    assert log.results is not None, log.error
    return {name: float(metric.value) for score in log.results.scores for name, metric in score.metrics.items()}
