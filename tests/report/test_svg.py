"""Dot-and-interval drawings."""

import pytest

from holdfast.evidence import (
    VERDICT_MEANS,
    Absent,
    AnyIntervalRow,
    IntervalRow,
    IntervalRows,
    JudgedRow,
    Threshold,
    Verdict,
)
from holdfast.report._scale import Scale, scale_of
from holdfast.report._svg import axis, interval_row
from report.pages import Element, Page
from report.records import AT_LEAST_90, AT_MOST_5, HOSTILE, estimate

SHARES = scale_of(IntervalRows(caption="", rows=()))


def drawn(row: AnyIntervalRow, scale: Scale = SHARES) -> list[Element]:
    return Page(interval_row("place", row, scale)).elements


def apart(*rows: AnyIntervalRow) -> Scale:
    return scale_of(IntervalRows(caption="", axis="difference", rows=rows))


def judged(verdict: Verdict) -> JudgedRow:
    return JudgedRow(label="", estimate=estimate(0.5, 0.4, 0.6), threshold=AT_MOST_5, verdict=verdict)


def classes(elements: list[Element], name: str) -> list[Element]:
    return [element for element in elements if name in (element.attributes.get("class") or "").split()]


def test_a_drawing_is_an_image_with_a_title_and_a_description() -> None:
    row = JudgedRow(label="misuse", estimate=estimate(0.1, 0.07, 0.13), threshold=AT_MOST_5, verdict="not met")
    svg, title, description, *_ = drawn(row)
    assert svg.attributes["role"] == "img"
    assert svg.attributes["aria-labelledby"] == f"{title.attributes['id']} {description.attributes['id']}"
    assert title.text == "misuse"
    assert description.text == (
        "Measured n = 400, 10.0 %; 95 % interval 7.0–13.0 %; n = 400. Permitted: ≤ 5 %. Verdict: not met."
    )


def test_positions_are_shares_of_the_width_rounded_to_a_hundredth() -> None:
    elements = drawn(IntervalRow(label="", estimate=estimate(1 / 3, 0.123456, 0.5)))
    (bar,) = classes(elements, "bar")
    (mark,) = classes(elements, "mark")
    assert (bar.attributes["x1"], bar.attributes["x2"]) == ("12.35%", "50%")
    assert mark.attributes["x"] == "33.33%"
    assert len(classes(elements, "cap")) == 2


@pytest.mark.parametrize(
    ("threshold", "start", "width", "flag"), [(AT_MOST_5, "0%", "5%", "L-7"), (AT_LEAST_90, "90%", "10%", "L7")]
)
def test_the_permitted_side_is_shaded_and_the_flag_points_into_it(
    threshold: Threshold, start: str, width: str, flag: str
) -> None:
    elements = drawn(JudgedRow(label="", estimate=estimate(0.5, 0.4, 0.6), threshold=threshold, verdict="undecided"))
    (band,) = classes(elements, "permitted")
    (line,) = classes(elements, "limit")
    (pointer,) = classes(elements, "flag")
    assert (band.attributes["x"], band.attributes["width"]) == (start, width)
    assert line.attributes["x1"] == pointer.attributes["x"]
    assert flag in (pointer.children[0].attributes["d"] or "")


@pytest.mark.parametrize(("sides", "ends"), [("upper", ("0%", "60%")), ("lower", ("40%", "100%"))])
def test_a_side_without_a_bound_runs_to_the_end_without_a_cap(sides: str, ends: tuple[str, str]) -> None:
    elements = drawn(IntervalRow(label="", estimate=estimate(0.5, 0.4, 0.6, sides=sides)))
    (bar,) = classes(elements, "bar")
    assert (bar.attributes["x1"], bar.attributes["x2"]) == ends
    assert len(classes(elements, "cap")) == 1


def test_what_lies_beyond_the_axis_is_drawn_at_its_end() -> None:
    (bar,) = classes(drawn(IntervalRow(label="", estimate=estimate(0.5, -0.4, 1.6))), "bar")
    assert (bar.attributes["x1"], bar.attributes["x2"]) == ("0%", "100%")


def test_an_absent_value_is_not_drawn_and_its_reason_is_told() -> None:
    gone = Absent(absent="skipped", reason="too few")
    elements = drawn(JudgedRow(label="", estimate=gone, threshold=gone, verdict="not tested"))
    assert not classes(elements, "mark")
    assert not classes(elements, "bar")
    assert classes(elements, "none")
    assert elements[2].text == "No value: skipped, too few. Verdict: not tested."


@pytest.mark.parametrize("verdict", VERDICT_MEANS)
def test_every_verdict_can_be_drawn_in_its_own_colour(verdict: Verdict) -> None:
    (mark,) = classes(drawn(judged(verdict)), "mark")
    assert f"v-{verdict.replace(' ', '-')}" in (mark.attributes["class"] or "")
    assert mark.children


def test_verdicts_that_are_decided_by_a_number_have_different_marks() -> None:
    def mark(verdict: Verdict) -> str:
        row = judged(verdict)
        return str(interval_row("p", row, SHARES)).split('class="mark')[1].split(">", 1)[1]

    assert len({mark(verdict) for verdict in ("met", "not met", "undecided", "invalid")}) == 4


def test_the_axis_goes_from_nothing_to_everything_in_words() -> None:
    page = Page(axis("a", SHARES))
    assert [label.text for label in page.all("text")] == ["0 %", "25 %", "50 %", "75 %", "100 %"]


def test_differences_have_their_zero_in_the_middle_and_its_line_is_seen() -> None:
    row = JudgedRow(label="", estimate=estimate(-0.041, -0.07, -0.012), threshold=AT_MOST_5, verdict="met")
    elements = drawn(row, apart(row))
    (zero,) = classes(elements, "zero")
    (bar,) = classes(elements, "bar")
    (band,) = classes(elements, "permitted")
    (limit,) = classes(elements, "limit")
    assert (zero.attributes["x1"], zero.attributes["x2"]) == ("50%", "50%")
    assert (bar.attributes["x1"], bar.attributes["x2"]) == ("15%", "44%")
    assert (band.attributes["x"], band.attributes["width"], limit.attributes["x1"]) == ("0%", "75%", "75%")
    assert elements.index(band) < elements.index(zero) < elements.index(limit)
    assert elements[2].text == (
        "Measured n = 400, −4.1 points; 95 % interval −7.0 to −1.2 points; n = 400. "
        "Permitted: ≤ 5 points. Verdict: met."
    )


def test_shares_have_no_line_of_no_difference() -> None:
    assert not classes(drawn(IntervalRow(label="", estimate=estimate(0.5, 0.4, 0.6))), "zero")


def test_a_difference_without_a_bound_runs_to_the_end_of_its_own_axis() -> None:
    row = IntervalRow(label="", estimate=estimate(0.01, -1.0, 0.03, sides="upper"))
    (bar,) = classes(drawn(row, apart(row)), "bar")
    assert (bar.attributes["x1"], bar.attributes["x2"]) == ("0%", "87.5%")


def test_the_axis_of_differences_is_signed_and_names_its_unit() -> None:
    page = Page(axis("a", apart(IntervalRow(label="", estimate=estimate(0.05, -0.01, 0.2)))))
    assert [label.text for label in page.all("text")] == ["−20", "−10", "0 points", "+10", "+20"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_label_can_add_an_element(text: str) -> None:
    def shape(words: str) -> list[tuple[str, tuple[str, ...]]]:
        row = IntervalRow(label=words, events=words, estimate=estimate(0.5, 0.4, 0.6))
        return Page(interval_row("p", row, SHARES)).shape()

    assert shape(text) == shape("words")


def test_a_margin_is_a_band_around_zero_with_a_flag_on_either_side() -> None:
    within = Threshold(op="within", value=0.05)
    row = JudgedRow(label="", estimate=estimate(0.01, -0.02, 0.03), threshold=within, verdict="met")
    scale = apart(row)
    elements = drawn(row, scale)
    (band,) = classes(elements, "permitted")
    # The axis reaches as far as the next round number beyond the margin: 10 points either way.
    assert (band.attributes["x"], band.attributes["width"]) == ("25%", "50%")
    left, right = classes(elements, "limit")
    assert {left.attributes["x1"], right.attributes["x1"]} == {"25%", "75%"}
    assert len(classes(elements, "flag")) == 2
