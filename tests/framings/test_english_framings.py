"""What is drawn from the cues in English. What they say has tests of its own."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from holdfast.errors import SuiteBroken
from holdfast.evidence import CONSEQUENCE, Side, digest
from holdfast.framings import EnglishFramings, english_consequences, english_cues
from holdfast.framings._english import FORMS_A_FAMILY
from holdfast.framings._generator import CUES_IN

SIDES: Final[tuple[Side, ...]] = ("test", "deployment", "placebo", "other placebo")
PLACES: Final = {family.name: family.place for family in english_cues()}
EXAM: Final = EnglishFramings(consequence=True)
REQUEST: Final = "Which key opens the third door, and why?"


def test_draws_are_reproducible_and_do_not_depend_on_how_many_there_are() -> None:
    framings = EnglishFramings()
    assert framings.draw(5, 3) == framings.draw(10, 3)[:5]
    assert framings.draw(5, 3) != framings.draw(5, 4)
    assert len({skeleton.model_copy(update={"id": "x"}) for skeleton in framings.draw(50, 3)}) == 50
    assert [skeleton.id for skeleton in framings.draw(2, 3)] == ["skeleton/000", "skeleton/001"]


def test_every_skeleton_has_five_cues_of_five_families_in_their_places() -> None:
    seen: set[str] = set()
    for skeleton in EnglishFramings().draw(200, 1):
        families = [slot.family for slot in skeleton.slots]
        assert len(families) == len(set(families)) == 5
        assert [slot.place for slot in skeleton.slots] == [PLACES[family] for family in families]
        places = ["before" if slot.place == "earlier" else slot.place for slot in skeleton.slots]
        assert places == ["system", "system", "system", "before", "after"]
        seen |= set(families)
    assert seen == set(EnglishFramings().families) == set(PLACES)


def pattern(said: str) -> re.Pattern[str]:
    """Everything that a form can say on one side."""
    parts = re.split(r"(\{[^{}]*\})", said.replace(" // ", "\n"))
    return re.compile(
        "".join(f"(?:{'|'.join(map(re.escape, p[1:-1].split('|')))})" if p[:1] == "{" else re.escape(p) for p in parts)
    )


def test_every_form_comes_up_on_every_side_and_a_slot_says_one_form_on_all_of_them() -> None:
    patterns = {
        family.name: [[pattern(form[side]) for side in SIDES] for form in family.forms] for family in english_cues()
    }
    seen: set[tuple[str, int]] = set()
    # A form comes once in 48 skeletons, or more often: one of 168 is missed in one run of eight million.
    for skeleton in EnglishFramings().draw(1_000, 5):
        for slot in skeleton.slots:
            said = [slot.says(side) for side in SIDES]
            forms = [
                form
                for form, sides in enumerate(patterns[slot.family])
                if all(one.fullmatch(words) for one, words in zip(sides, said, strict=True))
            ]
            assert len(forms) == 1, said
            seen.add((slot.family, forms[0]))
    assert len(seen) == len(english_cues()) * FORMS_A_FAMILY == 168


def test_each_form_of_each_family_is_drawn_alone() -> None:
    found = Counter((one.family, one.form) for one in EnglishFramings().draw_one_cue(2, 4))
    assert found == {(family.name, form): 2 for family in english_cues() for form in range(FORMS_A_FAMILY)}


def test_the_families_of_one_place_come_equally_often() -> None:
    skeletons = EnglishFramings().draw(1_000, 6)
    found = Counter(slot.family for skeleton in skeletons for slot in skeleton.slots)
    for places, wanted in CUES_IN.items():
        there = [name for name, place in PLACES.items() if place in places]
        expected = len(skeletons) * wanted / len(there)
        # Five standard deviations of a binomial count.
        assert all(abs(found[name] - expected) < 5 * expected**0.5 for name in there), places


@pytest.mark.parametrize("seed", range(3))
def test_the_request_is_the_same_words_on_every_side_and_all_else_stands_around_it(seed: int) -> None:
    for skeleton in EnglishFramings().draw(50, seed):
        for side in SIDES:
            turns = skeleton.around(REQUEST, [side] * 5)
            earlier = any(slot.place == "earlier" for slot in skeleton.slots)
            assert [turn.role for turn in turns] == ["system", *(["user", "assistant"] if earlier else []), "user"]
            assert [turn.content.count(REQUEST) for turn in turns] == [0] * (len(turns) - 1) + [1]
            said = " ".join(turn.content for turn in turns)
            assert all(part in said for slot in skeleton.slots for part in slot.says(side).split("\n"))


def test_every_choice_is_made_and_an_earlier_turn_has_two_halves() -> None:
    for skeleton in EnglishFramings().draw(300, 2):
        for slot in skeleton.slots:
            for side in SIDES:
                said = slot.says(side)
                assert not set("{|}") & set(said), said
                assert "//" not in said
                assert said.count("\n") == (1 if slot.place == "earlier" else 0)


def test_in_an_exam_every_skeleton_has_one_slot_more_and_the_others_are_the_same() -> None:
    for plain, exam in zip(EnglishFramings().draw(100, 4), EXAM.draw(100, 4), strict=True):
        assert [slot.family for slot in exam.slots].index(CONSEQUENCE) == 3
        assert tuple(slot for slot in exam.slots if slot.family != CONSEQUENCE) == plain.slots
        assert exam.slots[3].place == "system"
    assert EXAM.draw(5, 3) == EXAM.draw(10, 3)[:5]
    assert EXAM.families == (*EnglishFramings().families, CONSEQUENCE)


def test_halves_share_no_family_hold_all_and_give_each_place_to_both_where_there_are_two() -> None:
    whole = EnglishFramings()
    for seed in range(5):
        first, second = whole.halves(seed)
        assert not set(first.families) & set(second.families)
        assert set(first.families) | set(second.families) == set(whole.families)
        assert first.digest != second.digest != whole.digest
        for half in (first, second):
            for skeleton in half.draw(5, seed):
                assert len(skeleton.slots) == 5
                assert {slot.family for slot in skeleton.slots} <= set(half.families)
    assert whole.halves(0) == whole.halves(0)
    assert whole.halves(0) != whole.halves(1)
    assert all(half.families[-1] == CONSEQUENCE for half in EXAM.halves(0))


def test_a_cue_alone_stands_in_its_place_among_placebos_of_other_families() -> None:
    for one in EnglishFramings().draw_one_cue(1, 7):
        families = [slot.family for slot in one.skeleton.slots]
        assert (families.count(one.family), len(families), len(set(families))) == (1, 5, 5)
        turns = " ".join(turn.content for turn in one.around(REQUEST, "test"))
        for slot in one.skeleton.slots:
            assert slot.says("test" if slot.family == one.family else "placebo").split("\n")[0] in turns
    assert EnglishFramings().draw_one_cue(1, 7) == EnglishFramings().draw_one_cue(1, 7)


def test_the_digest_is_of_everything_that_can_be_said() -> None:
    said = [[family.name, family.place, [dict(form) for form in family.forms]] for family in english_cues()]
    assert EnglishFramings().digest == digest(said)
    whole, some = EnglishFramings(), EnglishFramings(only=("tool stubs",))
    assert len({whole.digest, EXAM.digest, some.digest}) == 3


WHOLE: Final = "---\nfamily: x\nplace: after\nheld out: no\n---\n\n# X\n" + "".join(
    f"\n## {at:02}\n\ntest: A.\ndeployment: B.\nplacebo: C.\nplacebo: D.\n" for at in range(1, FORMS_A_FAMILY + 1)
)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of files that is read in the place of the shipped one."""
    monkeypatch.setattr("holdfast.framings._english.files", lambda package: tmp_path)
    (tmp_path / "english").mkdir()
    return tmp_path / "english"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (WHOLE.rsplit("\n## ", 1)[0], "are not whole"),
        (WHOLE + "\n## 13\n\ntest: A.\ndeployment: B.\nplacebo: C.\nplacebo: D.\n", "are not whole"),
        (WHOLE.replace("test: A.\n", "", 1), "cannot be read"),
        (WHOLE.replace("deployment: B.\nplacebo: C.", "placebo: C.\ndeployment: B.", 1), "cannot be read"),
        (WHOLE.replace("placebo: D.", "no side here", 1), "cannot be read"),
        (WHOLE.replace("place: after\n", ""), "cannot be read"),
        (WHOLE.replace("held out: no", "held out no"), "cannot be read"),
        (WHOLE.replace("---\n", ""), "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(elsewhere: Path, text: str, what: str) -> None:
    (elsewhere / "x.md").write_text(text)
    (elsewhere / "consequences.md").write_text(text)
    for read in (english_cues, english_consequences):
        with pytest.raises(SuiteBroken, match=what) as caught:
            read.__wrapped__()
        assert caught.value.code == "H601"


def test_whole_files_are_read_and_consequences_are_no_cue(elsewhere: Path) -> None:
    (elsewhere / "x.md").write_text(WHOLE)
    (elsewhere / "consequences.md").write_text(WHOLE.replace("family: x", "family: y"))
    (elsewhere / "notes.txt").write_text("no family")
    (family,) = english_cues.__wrapped__()
    assert (family.name, family.place, family.held_out, len(family.forms)) == ("x", "after", False, FORMS_A_FAMILY)
    assert family.forms[0] == {"test": "A.", "deployment": "B.", "placebo": "C.", "other placebo": "D."}
    assert english_consequences.__wrapped__().name == "y"
