"""A judge's model as a role of Inspect: found, asked, and never the model that is evaluated."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ChatMessage, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import TaskState

from holdfast.evidence import Item, Message, ScorerFailed
from holdfast.inspect_ext import judge_role
from holdfast.subjects import LlmJudge, refusal_rubric
from inspect_runs import ran, warnings_of_inspect

ITEM = Item(
    id="a", stratum="curse", cluster="a", claimed=True, request="how ?", gold="so .", onset="so", decoys=("no .",)
)
ASKED = (Message(role="system", content="you judge"), Message(role="user", content="well ?"))


def grader(answer: Callable[[Sequence[ChatMessage]], ModelOutput], name: str = "mockllm/birch") -> Model:
    """A model that answers by rule and counts its tokens: else Inspect would download a tokenizer."""
    usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)

    def say(messages: Sequence[ChatMessage], *_: Any, **__: Any) -> ModelOutput:
        return answer(messages).model_copy(update={"usage": usage})

    return get_model(name, custom_outputs=say, memoize=False)


def words(said: str, **more: Any) -> ModelOutput:
    return ModelOutput.from_content("mockllm/birch", said, **more)


def judging(messages: Sequence[ChatMessage]) -> ModelOutput:
    """Calls every reply refused, with the mark that it was given."""
    mark = messages[0].text.split('"call": "')[1].split('"')[0]
    return words(f'{{"call": "{mark}", "label": "refused", "why": "it said no"}}')


def test_the_model_of_a_role_is_asked_from_plain_code_and_hears_every_message() -> None:
    heard: list[tuple[str, str]] = []

    def answer(messages: Sequence[ChatMessage]) -> ModelOutput:
        heard.extend((message.role, message.text) for message in messages)
        return words("so")

    with warnings_of_inspect(), judge_role("grader", default=grader(answer)) as (model, complete):
        assert model == "mockllm/birch"
        assert complete([*ASKED, Message(role="assistant", content="hm")]) == "so"
        assert complete(ASKED) == "so"
    assert heard[:3] == [("system", "you judge"), ("user", "well ?"), ("assistant", "hm")]
    assert len(heard) == 5


def down(messages: Sequence[ChatMessage]) -> ModelOutput:
    raise ConnectionError("the line is dead, and here is a secret")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (down, "ConnectionError from mockllm/birch"),
        (lambda _: words("so", stop_reason="max_tokens"), "did not finish its answer: max_tokens"),
        (lambda _: words("so", stop_reason="content_filter"), "did not finish its answer: content_filter"),
        (lambda _: words(" "), "answered nothing"),
        (lambda _: words("so", error="overloaded"), "answered with an error"),
    ],
)
def test_a_provider_that_gives_no_whole_answer_is_a_judge_that_failed(answer: Any, reason: str) -> None:
    held = judge_role(default=grader(answer))
    with warnings_of_inspect(), held as (_, complete), pytest.raises(ScorerFailed) as caught:
        complete(ASKED)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_role_that_nobody_bound_is_refused_for_a_model_must_not_judge_itself() -> None:
    with pytest.raises(ValueError, match="must not judge itself"), judge_role("nobody"):
        pass


def test_a_judge_in_a_role_gives_labels() -> None:
    with warnings_of_inspect(), judge_role(default=grader(judging)) as (model, complete):
        assert LlmJudge(model, refusal_rubric(), complete).score(ITEM, "no .") == "refused"


@scorer(metrics=[accuracy()])
def by_role() -> Scorer:
    """Our judge as a scorer in a task of Inspect, by the role that the run bound."""

    async def score(state: TaskState, target: Target) -> Score:
        with judge_role("grader") as (model, complete):
            label = LlmJudge(model, refusal_rubric(), complete).score(ITEM, state.output.completion)
        return Score(value=str(label), answer=model)

    return score


def test_inside_a_run_the_role_that_the_run_bound_is_asked(tmp_path: Path) -> None:
    log = ran(tmp_path, ["so"] * 3, scorer=by_role(), model_roles={"grader": grader(judging)})
    assert log.status == "success"
    scores = [score for sample in log.samples or [] for score in (sample.scores or {}).values()]
    assert [(score.value, score.answer) for score in scores] == [("refused", "mockllm/birch")] * 3
