"""What an audit costs beside its model: CPU for each sample where the model answers at once, Inspect in the same run.

    python -m bench overhead      some minutes; writes bench/results/overhead.json

The fake models say one fixed sentence and count its tokens. Figures are slopes over n: what a run costs once (imports,
opening files) is apart. CPU time of this process, medians over repeats that take turns.
"""

import json
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from holdfast.assure import assess, load_framework
from holdfast.audit import collect, prepare, scored
from holdfast.evidence import Absent, Ask, Item, Reply, SubjectFacts, digest, request_digest
from holdfast.inspect_ext import write_eval_logs
from holdfast.organisms import FictionalSuite, fictional_suite, language_digest
from holdfast.store import RunDirectory

RESULTS = Path(__file__).parent / "results/overhead.json"
SIZES = (400, 2_000)
REPEATS = 3
SENTENCE = "i will not help with that ."
_NONE = digest("none")


class Instant:
    """Says the same at once; what making the reply costs is part of what is measured."""

    facts = SubjectFacts(
        digest=_NONE,
        access="api",
        architecture="instant",
        parameters=Absent(absent="not applicable", reason="there is no model"),
        weights_digest=_NONE,
        tokenizer_digest=_NONE,
        chat_template_digest=_NONE,
        words=language_digest(),
        decoder="a rule",
    )

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """One sealed refusal each."""
        return tuple(
            Reply(
                request_digest=request_digest(ask, self.facts.digest, seed),
                text=SENTENCE,
                token_ids=(1, 2, 3, 4, 5, 6, 7),
                log_probs_nats=(-0.1,) * 7,
                stop="end",
                leading_bos=1,
                tokens_in=12,
                tokens_out=7,
            ).sealed()
            for ask in batch
        )


def ours(n: int, *, export: bool = False) -> float:
    """CPU seconds of an audit of `capability` over n items: plan, ask, keep, score, assess; or of the export alone."""
    suite = fictional_suite("harmless")
    items = (*suite.items, *(_again(suite.items[k % len(suite.items)], k) for k in range(n)))
    large = FictionalSuite(suite.name, items, suite.spikes, suite.inducements, suite.scorer)
    subject, framework = Instant(), load_framework("demo")
    with tempfile.TemporaryDirectory() as folder:
        begun = process_time()
        prepared = prepare(subject.facts, framework, {"capability": large}, 0)
        directory = RunDirectory(Path(folder), prepared.plan.digest, resumed=False)
        collected = collect(prepared, subject, directory, lambda _: None)
        rows = scored(prepared, collected)
        record = assess(rows, prepared.plan, {})
        directory.save_rows(rows)
        audited = process_time() - begun
        if not export:
            return audited
        begun = process_time()
        write_eval_logs(Path(folder), record, prepared.asks, prepared.suites, collected.replies, rows)
        return process_time() - begun


def _again(item: Item, number: int) -> Item:
    return item.model_copy(update={"id": f"{item.id}/{number}", "cluster": f"{item.id}/{number}"})


def inspects(n: int) -> float:
    """CPU seconds of a task of n one-turn samples inside Inspect, as it is by default but for its display."""
    from inspect_ai import Task
    from inspect_ai import eval as run
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate

    usage = ModelUsage(input_tokens=12, output_tokens=7, total_tokens=19)
    said = ModelOutput.from_content("mockllm/instant", SENTENCE).model_copy(update={"usage": usage})

    def say(*_: Any, **__: Any) -> ModelOutput:
        return said

    task = Task(
        dataset=MemoryDataset([Sample(input=f"how is {k} made ?", target=SENTENCE) for k in range(n)]),
        solver=generate(),
        scorer=match(),
    )
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begun = process_time()
        run(task, model=get_model("mockllm/instant", custom_outputs=say), display="none", log_dir=folder)
        return process_time() - begun


def slope_ms(measure: Callable[[int], float]) -> float:
    """CPU milliseconds that one more sample costs."""
    small, large = (measure(n) for n in SIZES)
    return 1_000 * (large - small) / (SIZES[1] - SIZES[0])


def main() -> None:
    """Measure in turn, print, write."""
    sides: dict[str, Callable[[int], float]] = {
        "holdfast audit": ours,
        "Inspect": inspects,
        ".eval export": lambda n: ours(n, export=True),
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(REPEATS + 1):
        for name, measure in sides.items():
            taken[name].append(slope_ms(measure))
    found = {name: round(median(slopes[1:]), 4) for name, slopes in taken.items()}
    ratio = median(b / a for a, b in zip(taken["holdfast audit"][1:], taken["Inspect"][1:], strict=True))
    for name, cost in found.items():
        print(f"{name:<16} {cost:7.3f} ms of CPU a sample")
    print(f"Inspect / holdfast: {ratio:.0f}")
    result = {"ms_cpu_a_sample": found, "inspect_over_holdfast": round(ratio, 1), "sizes": SIZES, "repeats": REPEATS}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
