"""The style sheet."""

import re
from importlib.resources import files

import pytest

CSS = (files("holdfast.report") / "templates" / "report.css").read_text(encoding="utf-8")
INKS = ("ink", "muted", "link", "met", "not-met", "undecided", "invalid", "not-tested")


def palette(dark: bool) -> dict[str, str]:
    light, _, rest = CSS.partition("prefers-color-scheme: dark")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest.split("\n}\n")[0] if dark else light))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_gives() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ink", INKS)
def test_every_ink_can_be_read_on_every_ground(ink: str, dark: bool) -> None:
    colours = palette(dark)
    grounds = ["paper", "panel"]
    assert all(contrast(colours[ink], colours[ground]) >= 4.5 for ground in grounds)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("verdict", INKS[3:])
def test_a_badge_can_be_read(verdict: str, dark: bool) -> None:
    assert contrast(palette(dark)[verdict], palette(dark)["on"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("curve", ["first", "second", "third"])
def test_the_name_of_a_curve_can_be_read_in_its_colour(curve: str, dark: bool) -> None:
    assert contrast(palette(dark)[curve], palette(dark)["paper"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_marks_stand_out_from_the_permitted_side(dark: bool) -> None:
    colours = palette(dark)
    assert all(contrast(colours[verdict], colours["allowed"]) >= 3 for verdict in INKS[3:])


def test_dark_print_motion_focus_and_narrow_windows_are_provided_for() -> None:
    for part in (
        "prefers-color-scheme: dark",
        "@media print",
        "prefers-reduced-motion",
        ":focus-visible",
        "max-width: 46rem",
    ):
        assert part in CSS


def test_the_style_sheet_fetches_nothing() -> None:
    assert not re.search(r"@import|url\(|@font-face|</", CSS)
