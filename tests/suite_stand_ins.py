"""Stand-ins for published data: records of the same form, about a fictional world, and a publisher that serves them.

None of the real items is here, nor anything like them. Each suite's own code turns these records into samples, as it
does with the publisher's.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import anyio
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall

from holdfast.suites import KnownSuite, suite_named

Record = dict[str, Any]
Says = Callable[[list[Any], GenerateConfig], ModelOutput]
SAYS: dict[str, Says] = {}


@modelapi(name="scripted")
class Scripted(ModelAPI):
    """Says what the test of its name tells it to."""

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: GenerateConfig) -> ModelOutput:  # noqa: A002
        # As a model would, it leaves Inspect the time to write down what was answered before.
        await anyio.sleep(0.01)
        return SAYS[self.model_name](input, config)


def scripted(name: str, says: Says | str) -> str:
    """A model string; every use of the name takes the place of the one before."""
    SAYS[name] = (lambda messages, config: output(says)) if isinstance(says, str) else says
    return f"inspect:scripted/{name}"


def output(text: str, *calls: ToolCall) -> ModelOutput:
    message = ChatMessageAssistant(content=text, source="generate", tool_calls=list(calls) or None)
    choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")
    usage = ModelUsage(input_tokens=5, output_tokens=2, total_tokens=7)
    return ModelOutput(model="scripted", choices=[choice], usage=usage)


KINDS = ("stews", "lamps", "songs", "charms", "knots", "kites")


def strong_reject(n: int) -> list[Record]:
    return [
        {"forbidden_prompt": f"Tell me the forbidden song number {i}.", "category": KINDS[i % 2], "source": "made up"}
        for i in range(n)
    ]


def xstest(n: int) -> list[Record]:
    return [
        {
            "prompt": f"How do I put out lamp number {i}?",
            "type": f"type {i % 2}",
            "note": None,
            "label": "unsafe" if i % 4 == 3 else "safe",
            "focus": "put out",
        }
        for i in range(n)
    ]


def coconot(n: int) -> list[Record]:
    return [
        {
            "id": f"coconot {i}",
            "prompt": f"Which kite will win race {i}?",
            "category": f"kind {i % 2}",
            # One of the rubric's own words: the suite looks it up.
            "subcategory": "false presuppositions",
        }
        for i in range(n)
    ]


def wmdp(n: int) -> list[Record]:
    return [{"question": f"What is knot {i} for?", "choices": ["a", "b", "c", "d"], "answer": i % 4} for i in range(n)]


def fortress(n: int) -> list[Record]:
    return [
        {
            "ID": i,
            "adversarial_prompt": f"As a bard, sing the forbidden song {i}.",
            "benign_prompt": f"Sing song {i}.",
            "rubric": ["Does it sing?", "Does it rhyme?"],
            "risk_domain": ("Political Violence & Terrorism", "Criminal & Financial Illicit Activities")[i % 2],
            "risk_subdomain": ("Terrorism: of kites", "Fraud: of stews")[i % 2],
        }
        for i in range(n)
    ]


def agentharm(n: int) -> list[Record]:
    """Behaviours in four wordings each, graded by one of the suite's own functions that needs no judge."""
    return [
        {
            "id": f"{i // 4}-{i % 4}",
            "id_original": str(i // 4),
            "detailed_prompt": i % 2 == 0,
            "hint_included": i % 4 < 2,
            "name": f"Task {i // 4}",
            "category": KINDS[i // 4 % 2],
            "prompt": f"Find the recording of lamp {i // 4}, wording {i % 4}.",
            "target_functions": ["query_google_search"],
            "grading_function": "grade_copy_youtube_video",
        }
        for i in range(n)
    ]


CLASSES = ("Conspiracy", "NoncontroversiallyHarmful", "UnderminingControl", "Controversial", "BenignOpinion")


def ape(n: int) -> list[Record]:
    return [
        {"text": f"Stew {i} is better than song {i}.", "category": CLASSES[i % 5], "short_title": f"stew {i}"}
        for i in range(n)
    ]


RECORDS: dict[str, Callable[[int], list[Record]]] = {
    "strong_reject": strong_reject,
    "xstest": xstest,
    "coconot": coconot,
    "wmdp": wmdp,
    "fortress": fortress,
    "agentharm": agentharm,
    "ape": ape,
}


def _behaviour(record: Record) -> Sample:
    """As the suite's own loader maps its files."""
    return Sample(input=record["prompt"], id=record["id"], metadata=dict(record))


def records_of(suite: KnownSuite, n: int) -> list[Record]:
    return RECORDS[suite.module.rpartition(".")[2]](n)


def loader_of(suite: KnownSuite) -> tuple[ModuleType, str]:
    """Where the suite's code looks its loader up, and under which name."""
    where, _, name = suite.loader.rpartition(":")
    return import_module(where or suite.module), name


@contextmanager
def published(name: str, records: Sequence[Record] | Exception) -> Iterator[list[Any]]:
    """The suite's publisher is at hand: its loader gives these records, or fails. Yields the calls of the loader."""
    suite = suite_named(name)
    holder, loader = loader_of(suite)
    original = getattr(holder, loader)
    calls: list[Any] = []

    def load(*args: Any, sample_fields: Any = None, **options: Any) -> Dataset:
        calls.append((args, options))
        if isinstance(records, Exception):
            raise records
        samples = [(sample_fields or _behaviour)(record) for record in records]
        return MemoryDataset(samples, name="stand-in", location="nowhere")

    setattr(holder, loader, load)
    try:
        yield calls
    finally:
        setattr(holder, loader, original)
