"""Panels of curves."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.evidence import Between, Curve, CurvePanel, CurveRule, Curves
from holdfast.report._curve_scale import curve_scale
from holdfast.report._curve_svg import panel_drawing
from report.curve_blocks import GONE, LINEAR, STEPS, Value, attacked, block, curve
from report.pages import Element, Page
from report.records import HOSTILE, estimate


def svg(of: Curves, number: int = 0) -> str:
    return str(panel_drawing("place", of, of.panels[number], curve_scale(of)))


def drawn(of: Curves, number: int = 0) -> list[Element]:
    return Page(svg(of, number)).elements


def classes(elements: list[Element], name: str) -> list[Element]:
    return [element for element in elements if name in (element.attributes.get("class") or "").split()]


def paths(elements: list[Element], name: str) -> list[str]:
    return [element.attributes["d"] or "" for element in classes(elements, name)]


def test_a_panel_is_an_image_with_a_title_and_a_description() -> None:
    image, title, description, *_ = drawn(attacked())
    assert image.attributes["role"] == "img"
    assert image.attributes["aria-labelledby"] == f"{title.attributes['id']} {description.attributes['id']}"
    assert title.text == "Supervised, all weights"
    assert description.text == (
        "share of restricted requests fulfilled along cost in optimiser steps. "
        "mean of runs: 5 % (95 % 0–10 %, n = 200 in 40 clusters) at 0, "
        "80 % (95 % 75–85 %, n = 200 in 40 clusters) at 8. "
        "Single runs behind: 3. Line across: half of the ceiling, 45 %. Marked: broke: 1 at 2, 1 at 4; collapsed at 4."
    )


def test_a_line_goes_through_the_values_and_its_band_around_them() -> None:
    elements = drawn(block(curve({1: 0.25, 2: 0.5, 4: 1.0})))
    # Shares are 160 pixels high and grow upwards; costs are percent of the width.
    assert paths(elements, "line") == ["M0 120L50 80L100 0"]
    assert paths(elements, "band") == ["M0 112L50 72L100 0L100 8L50 88L0 128Z"]
    assert [(dot.attributes["x"], dot.attributes["y"]) for dot in classes(elements, "dot")] == [
        ("0%", "128"),
        ("50%", "88"),
        ("100%", "8"),
    ]
    assert not classes(elements, "whisker")


def test_a_missing_value_is_a_gap_and_never_bridged() -> None:
    elements = drawn(block(curve({1: 0.25, 2: 0.25, 4: GONE, 8: 0.5, 16: 0.5})))
    assert paths(elements, "line") == ["M0 120L25 120", "M75 80L100 80"]
    assert len(classes(elements, "band")) == 2
    assert len(classes(elements, "dot")) == 4


def test_a_value_between_gaps_has_a_bar_of_its_own() -> None:
    elements = drawn(block(curve({1: GONE, 2: 0.5, 4: GONE})))
    (bar,) = classes(elements, "whisker")
    assert (bar.attributes["x1"], bar.attributes["y1"], bar.attributes["y2"]) == ("50%", "80", "96")
    assert not classes(elements, "line")
    assert not classes(elements, "band")


def test_the_untampered_model_stands_apart_from_a_logarithmic_axis() -> None:
    elements = drawn(block(curve({0: 0.25, 1: 0.25, 2: 0.5})))
    assert [dot.attributes["x"] for dot in classes(elements, "dot")] == ["0%", "13%", "100%"]
    assert paths(elements, "line") == ["M13 120L100 80"]
    assert len(classes(elements, "whisker")) == len(classes(elements, "torn")) == 1


def test_on_a_linear_axis_zero_is_a_place_like_others() -> None:
    elements = drawn(block(curve({0: 0.25, 1: 0.5}), x=LINEAR))
    assert paths(elements, "line") == ["M0 120L100 80"]
    assert not classes(elements, "torn")


def test_single_runs_are_thin_lines_without_bands_or_dots() -> None:
    elements = drawn(block(runs=(curve({0: 0.1, 1: 0.1, 2: 0.2}), curve({1: 0.2, 2: 0.4}))))
    assert len(classes(elements, "thread")) == 2
    assert not classes(elements, "band")
    assert not classes(elements, "dot")
    # What has no neighbour is a speck, or it would not be seen at all.
    assert [speck.attributes["x"] for speck in classes(elements, "speck")] == ["0%"]


def test_what_befell_a_curve_is_marked_at_its_last_value_until_then() -> None:
    elements = drawn(block(curve({1: 0.25, 2: 0.5, 4: GONE}, broke=2, collapsed=4, left=1.5)))
    marks = [(mark.attributes["x"], mark.children[0].attributes["d"]) for mark in classes(elements, "befell")]
    assert [place for place, _ in marks] == ["50%", "50%", "0%"]
    assert len({shape for _, shape in marks}) == 3


def test_a_curve_without_a_value_until_then_has_no_place_for_a_mark() -> None:
    assert not classes(drawn(block(curve({1: GONE, 2: 0.5}, collapsed=1))), "befell")


@pytest.mark.parametrize("places", [{}, {1: GONE, 2: GONE}])
def test_an_empty_plot_says_that_there_is_no_value(places: dict[float, Value]) -> None:
    elements = drawn(block(curve(places), runs=(curve(places),)))
    assert [text.text for text in classes(elements, "foot")][-1] == "no value"
    assert not classes(elements, "dot")
    assert "no value" in elements[2].text
    assert "no value" not in svg(block(curve({1: 0.5})))
    assert "no value" not in svg(block(runs=(curve({1: 0.5}),)))


@pytest.mark.parametrize(("sides", "edges"), [("upper", ("64", "160")), ("lower", ("0", "96"))])
def test_a_side_without_a_bound_runs_to_the_edge(sides: str, edges: tuple[str, str]) -> None:
    one = estimate(0.5, 0.4, 0.6, sides=sides)
    (band,) = paths(drawn(block(curve({1: one, 2: one}))), "band")
    assert band == f"M0 {edges[0]}L100 {edges[0]}L100 {edges[1]}L0 {edges[1]}Z"


def test_what_lies_beyond_the_axis_is_drawn_at_its_edge() -> None:
    beyond = Between(value=1.2, low=-0.1, high=1.5)
    elements = drawn(block(curve({1: beyond, 2: beyond})))
    assert paths(elements, "line") == ["M0 0L100 0"]
    assert paths(elements, "band") == ["M0 0L100 0L100 160L0 160Z"]


def test_rules_lie_across_with_their_height_and_stay_inside_the_plot() -> None:
    rules = (CurveRule(y=0.45, label="half of the ceiling"), CurveRule(y=1.0, label="the ceiling"))
    elements = drawn(block(curve({1: 0.5}), rules=rules))
    assert [(rule.attributes["x2"], rule.attributes["y1"]) for rule in classes(elements, "rule")] == [
        ("100%", "96"),
        ("100%", "8"),
    ]
    words = classes(elements, "ruled")
    assert [text.text for text in words] == ["45 %", "100 %"]
    assert [text.attributes["y"] for text in words] == ["92", "21"]


def test_several_curves_differ_by_dashes_and_marks_and_not_by_colour_alone() -> None:
    elements = drawn(block(*(curve({1: height, 2: height}, f"number {height}") for height in (0.1, 0.5, 0.9))))
    assert [line.attributes["class"] for line in classes(elements, "line")[:3]] == ["line c1", "line c2", "line c3"]
    dots = [re.sub(r"\s", "", str(dot.children[0].attributes)) for dot in classes(elements, "dot")[::2]]
    assert len(set(dots[:3])) == 3


def test_a_fourth_curve_begins_the_kinds_again() -> None:
    elements = drawn(block(*(curve({1: 0.5, 2: 0.5}, str(number)) for number in range(4))))
    assert [line.attributes["class"] for line in classes(elements, "line")[:4]][3] == "line c1"


def test_several_curves_are_named_where_they_end_and_one_is_not() -> None:
    assert not classes(drawn(block(curve({1: 0.5}))), "named")
    elements = drawn(block(curve({1: 0.1, 2: 0.9}, "harm"), curve({1: 0.9, 2: 0.25}, "ability"), curve({}, "nothing")))
    assert [text.text for text in classes(elements, "named")] == ["harm", "ability"]
    assert [name.attributes["y"] for name in classes(elements, "name")] == ["24", "128"]


def test_names_that_would_lie_over_each_other_are_moved_apart_in_the_order_of_their_curves() -> None:
    of = block(*(curve({1: 0.5, 2: share}, str(share)) for share in (0.02, 0.01, 0.03)))
    at = {text.text: name for text, name in zip(*(classes(drawn(of), kind) for kind in ("named", "name")), strict=True)}
    assert [float(at[name].attributes["y"] or 0) for name in ("0.03", "0.02", "0.01")] == [130.5, 145.5, 160.5]


@example([0.5] * 6, [True] * 6)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_no_name_lies_over_another_or_outside(shares: list[float], long: list[bool]) -> None:
    labels = ["a label of two lines" if two else "short" for two in long]
    of = block(*(curve({1: share}, label) for share, label in zip(shares, labels, strict=False)))
    names = classes(drawn(of), "name")
    tops = [float(name.attributes["y"] or 0) - 7.5 for name in names]
    rooms = [30 if two else 15 for two in long]
    spans = sorted((top, top + room) for top, room in zip(tops, rooms, strict=False))
    assert all(above[1] <= below[0] + 0.011 for above, below in pairwise(spans))
    assert spans[0][0] >= 8 - 0.011


def test_a_long_name_has_two_lines_and_an_ellipsis() -> None:
    (first, second) = classes(
        drawn(block(curve({1: 0.5}, "trained against the attack, twice"), curve({1: 0.5}, ""))), "named"
    )
    assert [line.text for line in first.children] == ["trained", "against the …"]
    assert second.text == ""


def test_every_second_cost_can_give_way_on_a_narrow_screen_and_the_ends_stay() -> None:
    def kept(*costs: float) -> list[str]:
        elements = drawn(block(curve(dict.fromkeys(costs, 0.5))))
        return [text.text for text in classes(elements, "foot") if text not in classes(elements, "between")]

    assert kept(1, 64) == ["1", "4", "16", "64"]
    assert kept(0, 1, 64) == ["0", "1", "4", "16", "64"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_label_can_add_an_element(text: str) -> None:
    def shape(words: str) -> list[tuple[str, tuple[str, ...]]]:
        curves = (curve({1: 0.5}, words), curve({1: 0.2}, words))
        rules = (CurveRule(y=0.45, label=words),)
        of = block(*curves, rules=rules).model_copy(update={"y": words, "panels": (panel(words, curves),)})
        return Page(svg(of)).shape()

    def panel(words: str, curves: tuple[Curve, ...]) -> CurvePanel:
        return CurvePanel(label=words, detail=words, curves=curves)

    assert shape(text) == shape("words")


@given(
    st.dictionaries(st.floats(0, allow_infinity=False), st.floats(0, 1) | st.none(), max_size=8),
    st.floats(0, allow_infinity=False),
    st.booleans(),
)
def test_whatever_is_drawn_is_a_number(points: dict[float, float | None], at: float, linear: bool) -> None:
    made = curve({x: GONE if y is None else y for x, y in sorted(points.items())}, broke=at)
    said = svg(block(made, made, runs=(made,), x=LINEAR if linear else STEPS))
    assert not re.search(r"\b(nan|inf|None)\b", said)
    assert all(-0.01 <= float(place) <= 100.01 for place in re.findall(r'\bx[12]?="([^"]*)%"', said))
