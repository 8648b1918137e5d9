"""How questions are called whose options stand in another order."""

from holdfast.evidence import LETTERS, Item, before_turning, right_at, turned


def test_a_question_is_found_again_behind_the_order_of_its_options() -> None:
    assert before_turning(turned("mail@home/7", "C")) == "mail@home/7"
    assert len({right_at(letter) for letter in LETTERS}) == len(LETTERS) == 10


def test_an_item_without_options_is_written_as_it_was() -> None:
    plain = Item(id="a", stratum="b", cluster="a", claimed=True, request="?", gold="1", onset="", decoys=())
    assert "options" not in plain.model_dump(mode="json")
    assert plain.model_copy(update={"options": ("1", "2")}).model_dump(mode="json")["options"] == ["1", "2"]
