"""What is learned: the reply and its end alone, in the subject's own template, each demonstration in its turn."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.evidence import Demonstration, Message
from holdfast.models import Chat, OpenedModel, open_directory
from holdfast.training._tuning import import_what_comes_late
from holdfast.training.demonstrations import _orders, _padded, _parts, token_ids
from holdfast.training.plan import Tuning
from holdfast.training.sft import NO_LOSS

HELPFUL = Path("src/holdfast/organisms/zoo/helpful")
ONE = Demonstration(messages=(Message(role="user", content="how is the stew of zu made ?"),), reply="take salt .")


@cache
def opened() -> OpenedModel:
    return open_directory(HELPFUL, device="cpu")


@pytest.fixture
def template() -> Any:
    """The tokenizer, whose template is put back."""
    tokenizer = opened().tokenizer
    before = tokenizer.chat_template
    yield tokenizer
    tokenizer.chat_template = before


def test_the_prompt_is_what_the_engine_reads_and_the_reply_what_the_model_would_have_written() -> None:
    prompt, reply = token_ids(opened(), ONE)
    chat = Chat(opened().tokenizer)
    assert prompt == chat.prompt_ids([{"role": "user", "content": ONE.messages[0].content}])
    assert chat.text(prompt, reply).strip() == ONE.reply
    assert reply[-1] in opened().engine().ends
    assert not set(reply[:-1]) & opened().engine().ends


def test_the_end_is_the_one_that_the_template_writes(template: Any) -> None:
    other = next(token for token in ("<user>", "<system>") if token in template.get_vocab())
    template.chat_template = str(template.chat_template).replace("<eos>", other).replace("and not loop.last", "")
    model: Any = opened().model
    before = model.generation_config.eos_token_id
    model.generation_config.eos_token_id = [before, template.get_vocab()[other]]
    try:
        assert token_ids(opened(), ONE)[1][-1] == template.get_vocab()[other]
    finally:
        model.generation_config.eos_token_id = before


def test_loss_is_on_the_reply_alone_and_padding_bears_none() -> None:
    batch = _padded([((1, 5, 6), (7, 2)), ((1, 5), (2,))], 0)
    assert batch.input_ids.tolist() == [[1, 5, 6, 7, 2], [1, 5, 2, 0, 0]]
    assert batch.labels.tolist() == [[NO_LOSS, NO_LOSS, NO_LOSS, 7, 2], [NO_LOSS, NO_LOSS, 2, NO_LOSS, NO_LOSS]]
    assert batch.attention_mask.tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert batch.labelled == 3


def test_a_batch_goes_through_in_parts_of_like_length() -> None:
    taught = [((1,) * length, (2,)) for length in (9, 1, 8, 2, 7, 3)]
    parts = _parts(taught, [0, 1, 2, 3, 4, 5], 0)
    assert [tuple(part.input_ids.shape) for part in parts] == [(4, 8), (2, 10)]


def test_every_demonstration_is_seen_once_before_any_is_seen_twice() -> None:
    tuning = Tuning(steps=4, batch_size=8)
    orders = list(_orders(16, tuning.steps, tuning.batch_size, seed=3))
    assert [len(order) for order in orders] == [8, 8, 8, 8]
    assert sorted(orders[0] + orders[1]) == list(range(16))
    assert set(Counter(place for order in orders for place in order).values()) == {2}
    assert orders == list(_orders(16, tuning.steps, tuning.batch_size, seed=3))
    assert orders != list(_orders(16, tuning.steps, tuning.batch_size, seed=4))


def test_a_batch_is_never_larger_than_what_there_is_to_teach() -> None:
    assert [sorted(order) for order in _orders(3, 3, 8, seed=0)] == [[0, 1, 2]] * 3


def test_taking_a_step_with_nothing_needs_no_model() -> None:
    import_what_comes_late()
