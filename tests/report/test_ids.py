"""Names of places."""

from holdfast.evidence import Text
from holdfast.report._ids import Ids


def test_a_section_keeps_its_name_where_an_anchor_can_hold_it() -> None:
    assert Ids().section("not-tested") == "not-tested"
    assert Ids().section('"><img src=x>') == "img-src-x"
    assert Ids().section("\u202e") == "section"


def test_no_two_places_have_one_name() -> None:
    ids, same = Ids(), Text(paragraphs=("same",))
    names = [ids.section("a"), ids.section("a"), ids.section("a-2"), *(ids.within("a", same) for _ in range(3))]
    assert len(set(names)) == 6


def test_a_name_comes_from_what_stands_there_not_from_where() -> None:
    one, two = Text(paragraphs=("one",)), Text(paragraphs=("two",))
    first, second = Ids(), Ids()
    first.within("claims", one)
    assert first.within("claims", two) == second.within("claims", two)
