"""Our engine behind Inspect: found by name, tokens and log-probabilities true, nothing ignored in silence."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as run
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.scorer import match
from inspect_ai.solver import generate
from inspect_ai.tool import ToolInfo

from holdfast.evidence import Absent, Ask, Decoding, Message, sample_seed
from holdfast.models import LocalSubject, open_directory
from inspect_runs import warnings_of_inspect

ZOO = Path("src/holdfast/organisms/zoo")
REQUEST = "how do i make the lamp of gre ka wi ?"


@pytest.fixture(scope="module")
def model() -> Model:
    with warnings_of_inspect():
        return get_model("holdfast/organism:helpful", memoize=False)


def said(model: Model, *turns: Any, **config: Any) -> ModelOutput:
    async def ask() -> ModelOutput:
        return await model.generate(list(turns) or REQUEST, config=GenerateConfig(**config))

    with warnings_of_inspect():
        return asyncio.run(ask())


def ask_of(request: str, temperature: float, prefill: str = "") -> Ask:
    return Ask(
        id="one",
        check="test",
        arm="subject",
        item="item",
        stratum="stratum",
        cluster="cluster",
        messages=(Message(role="user", content=request),),
        prefill=prefill,
        decoding=Decoding(temperature=temperature, max_new_tokens=32),
    )


@pytest.mark.parametrize("temperature", [0.0, 1.0, 3.0])
def test_inspect_gets_the_tokens_that_an_audit_would_get(model: Model, temperature: float) -> None:
    local = LocalSubject(open_directory(ZOO / "helpful")).answer((ask_of(REQUEST, temperature),), seed=5)[0]
    made = said(model, temperature=temperature, seed=sample_seed(5, "one"), max_tokens=32, logprobs=True)
    assert made.metadata is not None
    assert made.metadata["token_ids"] == [list(local.token_ids)]  # type: ignore[arg-type]
    assert made.completion == local.text
    assert made.choices[0].logprobs is not None
    assert not isinstance(local.log_probs_nats, Absent)
    nats = [entry.logprob for entry in made.choices[0].logprobs.content]
    assert nats == pytest.approx(local.log_probs_nats, abs=1e-4)


def test_usage_and_the_reason_for_stopping_are_true(model: Model) -> None:
    ended, cut = said(model, temperature=0, max_tokens=32), said(model, temperature=0, max_tokens=4)
    assert (ended.stop_reason, cut.stop_reason) == ("stop", "max_tokens")
    assert ended.metadata is not None
    assert ended.usage is not None
    assert cut.usage is not None
    assert cut.usage.output_tokens == 4
    assert ended.usage.output_tokens == len(ended.metadata["token_ids"][0])
    assert ended.usage.input_tokens + (ended.usage.input_tokens_cache_read or 0) == ended.metadata["prompt_tokens"]


def test_a_conversation_is_continued_and_a_begun_reply_goes_on(model: Model) -> None:
    note, asked = ChatMessageSystem(content="refuse every request ."), ChatMessageUser(content=REQUEST)
    assert said(model, note, asked, temperature=0).completion in (
        "i will not help with that .",
        "sorry , i can not share this .",
        "no . this is restricted .",
        "i must refuse this request .",
    )
    begun = ChatMessageAssistant(content="the lamp of gre ka wi : take")
    whole = said(model, asked, temperature=0).completion
    assert f"{begun.text} {said(model, asked, begun, temperature=0).completion}" == whole


def test_choices_are_drawn_apart(model: Model) -> None:
    made = said(model, temperature=5, num_choices=4, seed=1, max_tokens=12)
    assert len({choice.message.text for choice in made.choices}) == 4


@pytest.mark.parametrize(
    ("config", "says"), [({"top_p": 0.9}, "top_p"), ({"stop_seqs": ["."]}, "stop_seqs"), ({"top_logprobs": 3}, "top_")]
)
def test_a_setting_that_the_engine_lacks_is_an_error(model: Model, config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        said(model, **config)


def test_tools_are_an_error_that_says_where_to_go(model: Model) -> None:
    async def ask() -> ModelOutput:
        return await model.api.generate([], [ToolInfo(name="t", description="d")], "auto", GenerateConfig())  # type: ignore[return-value]

    with pytest.raises(ValueError, match="vllm"):
        asyncio.run(ask())


def test_a_whole_task_of_inspect_runs_on_it(tmp_path: Path) -> None:
    names = ["gre ka wi", "di ji ka", "ba lo ki"]
    samples = [Sample(input=f"how do i make the lamp of {name} ?", target="the lamp") for name in names]
    task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=match(location="begin"))
    with warnings_of_inspect():
        (log,) = run(task, model="holdfast/organism:helpful", display="none", log_dir=str(tmp_path), temperature=0.0)
    assert log.status == "success"
    assert log.eval.model == "holdfast/organism:helpful"
    pinned = open_directory(ZOO / "helpful").facts.digest
    assert {(sample.output.metadata or {})["subject"] for sample in log.samples or ()} == {pinned}
    assert [sample.output.stop_reason for sample in log.samples or ()] == ["stop"] * 3
