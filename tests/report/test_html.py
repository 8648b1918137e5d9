"""The HTML page."""

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from typing import cast

import pytest

from holdfast.evidence import VERDICT_MEANS, Block, Curves, Section, Text, Verdict
from holdfast.report import render_html
from report.curve_blocks import attacked, block, curve
from report.log_records import POST_HOC, compared, hostile_logged, logged
from report.pages import Page, golden
from report.records import HOSTILE, finding, hostile, record, run_of, small, typical

NOT_A_VERDICT = re.compile(r"\b(safe|safer|safely|secure|robust|grades?|scores?)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(*typical())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_a_small_record_gives_these_bytes() -> None:
    html = render_html(*small())
    assert html == golden("report.html", html)


def test_equal_records_give_equal_bytes(html: str) -> None:
    assert render_html(*typical()) == html


def test_a_typical_report_weighs_less_than_300_kilobytes(html: str) -> None:
    assert len(html.encode()) < 300_000


def test_the_page_reaches_for_nothing_outside_itself(html: str, page: Page) -> None:
    for element in page.elements:
        assert not {"src", "srcset", "xlink:href", "action", "data", "poster", "style"} & set(element.attributes)
        assert (element.attributes.get("href") or "#").startswith("#")
        assert not any(name.startswith("on") for name in element.attributes)
    assert not re.search(r"@import|url\(|https?:", html)
    assert not page.all("script", "iframe", "object", "embed", "link", "base", "form", "img")


def test_every_anchor_has_a_place_and_every_place_one_name(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    named = [element.attributes.get("aria-labelledby") or "" for element in page.elements]
    anchors = [(element.attributes.get("href") or "#")[1:] for element in page.all("a")]
    assert {*" ".join(named).split(), *anchors} <= set(ids)


def test_the_content_policy_admits_this_style_sheet_and_nothing_else(html: str, page: Page) -> None:
    (style,) = page.all("style")
    (policy,) = [meta for meta in page.all("meta") if meta.attributes.get("http-equiv") == "Content-Security-Policy"]
    said = policy.attributes["content"] or ""
    assert said.startswith("default-src 'none'; ")
    assert b64encode(sha256(style.text.encode()).digest()).decode() in said
    assert "unsafe" not in said
    assert "script-src" not in said
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_headings_are_in_order_and_the_first_is_the_question(page: Page) -> None:
    levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.all("h1")[0].text == "May this model answer recipe requests from the public?"


def test_the_page_has_a_language_landmarks_and_a_way_past_the_header(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    assert [element.tag for element in page.all("header", "main", "nav", "footer")] == [
        "header",
        "main",
        "nav",
        "footer",
    ]
    first = page.all("a")[0]
    assert first.attributes == {"class": "skip", "href": "#main"}
    assert all("aria-labelledby" in section.attributes for section in page.all("section"))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page: Page) -> None:
    for table in page.all("table"):
        assert table.children[0].tag == "caption"
        assert table.children[0].text
    assert all(cell.attributes["scope"] in {"col", "row", "rowgroup"} for cell in page.all("th"))


def test_every_drawing_is_described_and_stands_beside_its_numbers(page: Page) -> None:
    drawings = [element for element in page.all("svg") if "svg" not in element.parents]
    assert drawings
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        assert [child.tag for child in drawing.children[:2]] == ["title", "desc"]
        assert "table" in drawing.parents or "figure" in drawing.parents


def test_every_panel_of_curves_has_its_numbers_in_a_table_with_the_same_name(page: Page) -> None:
    titles = [caption.children[0].text for caption in page.all("figcaption")]
    captions = [caption.text for caption in page.all("caption") if "details" in caption.parents]
    assert titles == captions == ["Supervised, all weights"]


def test_curves_are_explained_as_far_as_there_is_something_to_explain() -> None:
    def said(of: Curves) -> str:
        made = record("met", "All met.", (), (Section(id="x", title="x", level="detail", blocks=(of,)),))
        (reading,) = [
            one for one in Page(render_html(made, run_of(made))).all("p") if "reading" in one.attributes.values()
        ]
        return reading.text

    plain, whole = said(block(curve({1: 0.5, 2: 0.5}))), said(attacked())
    for words in ("Thin lines are", "What befell a curve", "0 stands apart", "A line is cut where a value is missing"):
        assert words in whole
        assert words not in plain
    assert "Intervals: 95 %, 12 runs. Also: Wilson, clustered by item (unit: attempt)." in " ".join(plain.split())


def test_only_panels_of_several_curves_make_room_for_names() -> None:
    def classes(of: Curves) -> list[str | None]:
        made = record("met", "All met.", (), (Section(id="x", title="x", level="detail", blocks=(of,)),))
        return [one.attributes.get("class") for one in Page(render_html(made, run_of(made))).all("div")]

    assert "curves named" in classes(attacked())
    assert "curves" in classes(block(curve({1: 0.5})))


def test_the_reading_levels_follow_each_other(page: Page) -> None:
    levels = [section.attributes["class"] or "" for section in page.all("section")]
    assert levels == ["page-one"] * 4 + ["detail"] * 5 + ["appendix"] * 3
    assert [element.text for element in page.all("p") if element.attributes.get("class") == "level"][-3:] == [
        "Appendix 1",
        "Appendix 2",
        "Appendix 3",
    ]


def test_levels_are_gathered_whatever_their_order_in_the_record() -> None:
    made, _ = typical()
    turned = made.model_copy(update={"page": made.page[::-1]})
    levels = [section.attributes["class"] for section in Page(render_html(turned, run_of(turned))).all("section")]
    assert levels == ["page-one"] * 4 + ["detail"] * 5 + ["appendix"] * 3


def test_a_page_without_details_has_no_contents() -> None:
    made = record("not asked", "Nothing was asked.", (), ())
    page = Page(render_html(made, run_of(made)))
    assert not page.all("nav")
    assert page.all("footer")


@pytest.mark.parametrize("level", ["detail", "appendix"])
def test_contents_name_only_the_levels_that_are_there(level: str) -> None:
    section = Section.model_validate({"id": "x", "title": "Only this", "level": level, "blocks": ()})
    made = record("met", "All met.", (), (section,))
    page = Page(render_html(made, run_of(made)))
    assert [heading.text for heading in page.all("h2")].count("Only this") == 1
    assert len([heading for heading in page.all("h2") if "nav" in heading.parents]) == 1


@pytest.mark.parametrize("verdict", VERDICT_MEANS)
def test_a_verdict_is_a_word_a_shape_and_a_colour(verdict: Verdict) -> None:
    made = record(verdict, "A headline.", (finding("misuse", verdict, typical()[0].findings[0].estimate),), ())
    page = Page(render_html(made, run_of(made)))
    assert page.all("header")[0].attributes["class"] == f"v-{verdict.replace(' ', '-')}"
    said = next(element for element in page.all("p") if element.attributes.get("class") == "verdict")
    assert said.text.split(" ", 1)[1] == verdict.capitalize()
    assert said.children[0].attributes["aria-hidden"] == "true"
    assert said.children[0].text


def test_no_verdict_is_called_by_a_word_that_promises_more(html: str) -> None:
    assert not NOT_A_VERDICT.search(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


def test_an_estimate_of_zero_is_a_count_and_a_bound(page: Page) -> None:
    shown = [cell.text for cell in page.all("td") if cell.text.startswith("0 of")]
    assert shown == ["0 of 200 at most 1.8 %", "0 of 100 at most 3.6 %", "0 of 60 at most 6.0 %"]
    # Zero percent stands on the axis, and nowhere as a result.
    assert all("svg" in element.parents for element in page.elements if element.text.strip() == "0 %")


def test_what_was_not_tested_is_on_page_one_with_its_reason(page: Page) -> None:
    (section,) = [element for element in page.all("section") if element.attributes["id"] == "not-tested"]
    assert "no panel of human readers" in section.text
    assert section.attributes["class"] == "page-one"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_change_the_page_that_it_stands_in(text: str) -> None:
    html = render_html(*hostile(text))
    assert Page(html).shape() == Page(render_html(*hostile("words"))).shape()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff]", html)


def test_template_syntax_in_the_record_is_text() -> None:
    assert "{{7*7}} {% raw %}" in render_html(*hostile(HOSTILE[2]))


def test_hidden_characters_are_shown_in_every_place() -> None:
    html = render_html(*hostile("\u202e"))
    assert html.count("⟦U+202E⟧") > 40
    assert "\u202e" not in html


def test_post_hoc_is_said_in_the_head_and_only_there_where_it_is() -> None:
    made, _ = small()
    page = Page(render_html(made, run_of(made, committed=POST_HOC)))
    (said,) = [element for element in page.all("p") if element.attributes.get("class") == "headline post-hoc"]
    assert said.text == "Post hoc: the framework was not in this ledger before the logs were read"
    assert "header" in said.parents
    assert "Post hoc" not in render_html(*small())


def test_differences_are_drawn_on_one_signed_axis_and_explained() -> None:
    html = render_html(*compared())
    page = Page(html)
    assert [label.text for label in page.all("text")] == ["−10", "−5", "0 points", "+5", "+10"]
    assert len([line for line in page.all("line") if line.attributes.get("class") == "zero"]) == 2
    assert "Points are percentage points." in html
    assert [cell.text for cell in page.all("td") if cell.attributes.get("class") == "measured"] == [
        "−4.1 points n = 400",
        "+1.3 points n = 400",
    ]
    assert [cell.text for cell in page.all("td") if cell.attributes.get("class") == "policy"] == ["≤ 5 points"] * 2
    assert "Points are percentage points." not in render_html(*small())


def test_an_assessment_of_logs_is_a_page_too() -> None:
    page = Page(render_html(*logged()))
    assert page.all("header")[0].attributes["class"] == "v-not-met"
    assert "assessment 2 of 2 of these logs" in page.all("header")[0].text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_log_can_change_the_page(text: str) -> None:
    html = render_html(*hostile_logged(text))
    assert Page(html).shape() == Page(render_html(*hostile_logged("words"))).shape()


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    strange = Text(paragraphs=("x",)).model_construct()
    section = Section.model_construct(
        id="x", title="x", level="detail", blocks=(cast(Block, object.__new__(type("Strange", (), {}))), strange)
    )
    made = small()[0].model_copy(update={"page": (section,)})
    with pytest.raises(AssertionError):
        render_html(made, small()[1])
