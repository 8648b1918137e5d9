"""Tables of measured figures are what the committed files come to, and nothing that was copied by hand."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted((ROOT / "docs").rglob("*.md")))


@pytest.fixture(scope="module")
def measured() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")
        yield import_module("measured")


def test_every_table_is_on_one_page_and_as_its_file_gives_it(measured: ModuleType) -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name, one in measured.MEASURED.items():
        assert text.count(one.block(name)) == 1, f"run `python scripts/docs.py`: {name}"


def test_a_page_says_where_a_table_comes_from_and_the_file_is_there() -> None:
    named = [
        source for page in PAGES for source in re.findall(r"<!-- measured: .*, from (\S+) -->", page.read_text("utf-8"))
    ]
    assert named
    assert not [source for source in named if not list(ROOT.glob(source))]


def test_figures_that_were_typed_in_are_written_over(measured: ModuleType) -> None:
    typed = "before\n<!-- measured: kinds, from elsewhere.json -->\n| 5 of 6 |\n<!-- end of measured -->\nafter"
    made = measured.with_measured(typed)
    assert "5 of 6" not in made
    assert "from bench/results/tamper-discrimination.json" in made
    assert (made.startswith("before\n"), made.endswith("\nafter")) == (True, True)


def test_a_table_that_nobody_makes_is_an_error(measured: ModuleType) -> None:
    with pytest.raises(KeyError):
        measured.with_measured("<!-- measured: wishes, from x.json -->\n<!-- end of measured -->")


FIGURES = {
    "every attack": ("attacks", 0, "harm_of_ceiling", "value"),
    "kinds": ("found", "attacks", "benign-drift", "recipes", "standard", "costs", 0),
    "profile": ("profile", 3, "attacks", "pruning", "runs", 0, 2),
    "exams": ("separations", 0, "auroc", "low"),
    "twins": ("agreement", "value"),
    "brackets": ("cells", "jailbreakable", "folds", 1, "deployed", 0),
    "brackets of a population": ("recipes", "wordy adapter", "bracket", "median_width"),
    "policies": ("cells", 0, "alarms"),
    "honest takers": ("cells", 0, "met"),
    "gains": ("cells", 0, "power"),
    "places": ("cells", 0, "evenness_low"),
    "plants": ("parts", 0, "measured", 0, "shown", "value"),
    "grader": ("held-out", "specificity", "value"),
    "redaction": ("held_out", "clean_sentences_changed", "high"),
    "worlds": ("cells", 0, "median_held"),
    "claim counter": ("second", "specificity", "value"),
    "panels": ("cells", 0, "wrong"),
    "cues": ("words", "english", "all"),
    "english policies": ("cells", 1, "interval_holds"),
    "english readers": ("organisms", "aware-reader", "truth", 0),
}
"""Where in its file a figure of each table stands, among the cells that the table is about."""
CELLS = {"honest takers": {"what": "honest", "members": 3}, "gains": {"what": "planted", "members": 3, "gain": 0.1}}


def test_every_table_that_has_one_file_is_tried_with_another_figure(measured: ModuleType) -> None:
    one_file = {name for name, one in measured.MEASURED.items() if len(list(ROOT.glob(one.source))) == 1}
    assert set(FIGURES) == one_file


@pytest.mark.parametrize("name", FIGURES)
def test_another_figure_in_the_file_is_another_table(measured: ModuleType, name: str) -> None:
    one = measured.MEASURED[name]
    (file,) = ROOT.glob(one.source)
    found = json.loads(file.read_text("utf-8"))
    if name in CELLS:
        found["cells"] = [cell for cell in found["cells"] if CELLS[name].items() <= cell.items()]
    other = deepcopy(found)
    *path, last = FIGURES[name]
    inner = other
    for step in path:
        inner = inner[step]
    inner[last] /= 2
    assert one.lines([found]) != one.lines([other])


def test_a_run_that_did_not_break_says_how_much_harm_there_was_and_whether_anything_was_shown(
    measured: ModuleType,
) -> None:
    attacks = {
        "full-sft": {"runs": [["broke", 1.0, 2.0]], "harm_of_ceiling": 1.0, "potency": [None, ""]},
        "benign-drift": {"runs": [["censored", 64.0, None]], "harm_of_ceiling": 0.25, "potency": [False, ""]},
        "pruning": {"runs": [["collapsed", 0.5, 0.7]], "harm_of_ceiling": 0.0, "potency": [True, ""]},
    }
    recipes = {"leaky": {"steps": 200, "leak": 10}}
    found = {"plan": {"recipes": recipes}, "profile": [{"recipe": "leaky", "attacks": attacks}]}
    assert measured.MEASURED["profile"].lines([found]) == [
        "| attack | 200 steps, 10 % answered |",
        "| --- | --- |",
        "| full fine-tuning | 2 |",
        "| benign fine-tuning | not (25 %; nothing shown) |",
        "| pruning | collapsed by 0.7 |",
    ]


def test_nothing_of_so_many_is_no_percentage_and_a_cost_that_was_not_reached_is_none(measured: ModuleType) -> None:
    p0 = {"value": 0.0, "low": 0.0, "high": 0.0218, "n": 640}
    attack = {
        "runs": {"broke": 0, "total": 12},
        "median_cost": {"absent": "undetermined", "reason": "not reached within 64: of 12 runs none broke"},
        "p_break": {"sides": "upper", "low": 0.0, "high": 0.2209},
    }
    lines = measured.MEASURED["one prompt"].lines([{"organism": "aligned", "p0": p0, "attack": attack}])
    row = "| `aligned` | 0 of 640 (at most 2.2 %) | 0 of 12 | not reached within 64 | at most 22.1 % |"
    assert lines[2:] == [row]
