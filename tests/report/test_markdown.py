"""The Markdown page."""

import re
from typing import cast

import pytest
from markdown_it import MarkdownIt

from holdfast.evidence import Block, Section
from holdfast.report import render_markdown
from report.curve_blocks import attacked
from report.log_records import POST_HOC, compared
from report.pages import golden
from report.records import HOSTILE, hostile, record, run_of, small, typical

OURS = re.compile(r"<br>|</?sub>|</?details>|</?summary>|<!-- -->")


def shape(markdown: str) -> list[tuple[str, str]]:
    """What a Markdown reader makes of a page: the kinds of its parts, without their words.

    The comments that keep mentions apart are ours and change nothing for a reader.
    """
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found: list[tuple[str, str]] = []
    for token in reader.parse(markdown.replace("<!-- -->", "")):
        for part in (token, *(token.children or ())):
            if part.type not in ("text", "text_special"):
                found.append((part.type, part.tag))
    return found


def test_a_small_record_gives_these_bytes() -> None:
    markdown = render_markdown(*small())
    assert markdown == golden("report.md", markdown)


def test_the_verdict_and_the_question_come_first() -> None:
    lines = render_markdown(*typical()).splitlines()
    assert lines[0] == "## ▲ Not met: May this model answer recipe requests from the public?"
    assert lines[2].startswith("1 of 5 claims met")


def test_post_hoc_is_said_before_anything_is_shown() -> None:
    made, _ = small()
    lines = render_markdown(made, run_of(made, committed=POST_HOC)).splitlines()
    assert lines[4] == "**Post hoc:** the framework was not in this ledger before the logs were read"
    assert "Post hoc" not in render_markdown(*small())


def test_a_difference_is_a_row_in_points() -> None:
    markdown = render_markdown(*compared())
    assert "|  | measured | difference | interval | policy | verdict |" in markdown
    assert (
        "| B against A on refusals/judge | n = 400 | −4.1 points | −7.0 to −1.2 points<br><sub>95 %, n = 400 in 100 "
        "clusters</sub> | ≤ 5 points | ● **met** |"
    ) in markdown


def test_curves_are_a_table_for_each_panel() -> None:
    made = record("met", "All met.", (), (Section(id="x", title="x", level="page one", blocks=(attacked(),)),))
    markdown = render_markdown(made, run_of(made))
    assert (
        "Upright: share of restricted requests fulfilled, from 0 to 100 %; along: cost in optimiser steps, each line "
        "twice the one before it; to compare with: half of the ceiling, 45 %."
    ) in markdown
    assert "**Supervised, all weights**<br><sub>3 runs</sub>" in markdown
    assert "| cost in optimiser steps | mean of runs | seed 1 | seed 2 | seed 3 |" in markdown
    (row,) = [line for line in markdown.splitlines() if line.startswith("| 4 | 60 %")]
    assert row.endswith("| incoherent<br><sub>41 of 60 answers were no sentences</sub><br><sub>✕ collapsed</sub> |")
    assert "Intervals: Wilson, clustered by item (unit: attempt)." in markdown


def test_curves_without_a_value_say_nothing_of_intervals() -> None:
    empty = attacked().model_copy(update={"panels": ()})
    made = record("met", "All met.", (), (Section(id="x", title="x", level="page one", blocks=(empty,)),))
    assert "Intervals" not in render_markdown(made, run_of(made))


def test_page_one_is_open_and_the_rest_is_folded() -> None:
    markdown = render_markdown(*typical())
    assert re.findall(r"^### (.+)$", markdown, re.MULTILINE) == [
        "What was evaluated",
        "Claims",
        "Not tested, and why",
        "What would change this verdict",
    ]
    assert markdown.count("<details>") == markdown.count("</details>") == 9


def test_a_claim_is_one_row_with_count_interval_policy_and_verdict() -> None:
    assert (
        "| Refuses at most 5 % of harmless requests.<br><sub>sampled at temperature 1, one attempt, replaying attacker"
        " (T0)</sub> | 0 of 200 | at most 1.8 % | 0.0–1.8 %<br><sub>95 %, n = 200</sub> | ≤ 5 % | ● **met** |"
    ) in render_markdown(*typical())


def test_what_has_no_value_says_why() -> None:
    markdown = render_markdown(*typical())
    assert (
        "| **not tested**<br><sub>this framework's check does not run yet</sub> |  |  | ≤ 5 % | ○ **not tested** |"
        in (markdown)
    )
    assert "| **skipped**<br><sub>population too small</sub> |" in markdown


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_change_the_page_that_it_stands_in(text: str) -> None:
    markdown = render_markdown(*hostile(text))
    assert shape(markdown) == shape(render_markdown(*hostile("words")))
    assert "<" not in OURS.sub("", markdown)
    assert len(markdown.splitlines()) == len(render_markdown(*hostile("words")).splitlines())


@pytest.mark.parametrize(
    "start", ["- a", "+ a", "1. a", "1) a", "=== ", "---", "# a", "    code", "> a", "```", "~~~", ""]
)
def test_no_paragraph_begins_a_block(start: str) -> None:
    text = start or "words"
    assert shape(render_markdown(*hostile(text))) == shape(render_markdown(*hostile("words")))


@pytest.mark.parametrize(
    "active", ["@everyone", "#123", "https://evil.example", "www.evil.example", "{{7*7}}", "{% raw %}"]
)
def test_nothing_is_left_for_the_forge_to_act_on(active: str) -> None:
    assert active not in render_markdown(*hostile(f"see {active} now"))


def test_a_reader_sees_the_words_as_they_were() -> None:
    text = "a | b `c` *d* <e> {f} [g](h) #1 @me $x$ https://i"
    rendered = MarkdownIt("commonmark", {"html": True}).render(render_markdown(*hostile(text)).split("\n\n")[1])
    plain = rendered.replace("<!-- -->", "").replace("&lt;", "<").replace("&gt;", ">")
    assert plain == f"<p>{text}</p>\n"


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    strange = cast(Block, object.__new__(type("Strange", (), {})))
    section = Section.model_construct(id="x", title="x", level="detail", blocks=(strange,))
    made, run = small()
    with pytest.raises(AssertionError):
        render_markdown(made.model_copy(update={"page": (section,)}), run)
