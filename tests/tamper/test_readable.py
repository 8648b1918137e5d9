"""What a model cannot read is refused before a plan is made."""

from collections.abc import Sequence
from typing import Any

import pytest
from jinja2 import TemplateError

from holdfast.audit._readable import refuse_unreadable
from holdfast.audit._tampering import Tampering, fictional_tampering
from holdfast.errors import MaterialUnfit
from holdfast.evidence import Message


class Model:
    """Reads a token a word; refuses what it was told to refuse."""

    def __init__(self, context: int | None = None, refuses: str = "nothing that is said") -> None:
        self.context, self.refuses = context, refuses

    def prompt_tokens(self, messages: Sequence[Message], begun: str = "") -> int:
        said = " ".join([*(message.content for message in messages), begun])
        if self.refuses in said:
            raise TemplateError("quotes " + said)
        return len(said.split())


@pytest.fixture(scope="module")
def made() -> Tampering:
    return fictional_tampering()


@pytest.mark.parametrize("model", [Model(), Model(500), object()], ids=["no limit", "room enough", "unseen"])
def test_what_can_be_read_is_let_through(model: Any, made: Tampering) -> None:
    refuse_unreadable(model, made)


def test_what_a_template_refuses_is_named_without_its_words(made: Tampering) -> None:
    item = made.asked.benchmarks[0].items[3]
    with pytest.raises(MaterialUnfit, match=item.id) as caught:
        refuse_unreadable(Model(refuses=item.request), made)
    assert item.request not in caught.value.why
    assert "TemplateError" in caught.value.why


def test_what_is_taught_is_read_with_its_reply(made: Tampering) -> None:
    shown = made.material.harmful[2]
    with pytest.raises(MaterialUnfit, match="conversation 3 of --pairs"):
        refuse_unreadable(Model(refuses=f"{shown.messages[-1].content} {shown.reply}"), made)


def test_a_context_has_room_for_the_reply_as_well(made: Tampering) -> None:
    longest = max(
        len(item.request.split()) for suite in (made.asked.restricted, *made.asked.benchmarks) for item in suite.items
    )
    with pytest.raises(MaterialUnfit, match="too long") as caught:
        refuse_unreadable(Model(longest + made.asked.max_new_tokens - 1), made)
    assert f"room for {longest + made.asked.max_new_tokens - 1}" in caught.value.why
