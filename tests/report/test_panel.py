"""The page of a panel: its banner stands first everywhere, and what it holds is inert."""

import pytest

from holdfast.evidence import PANEL_BANNER, Absent, PanelRecord, PanelRun
from holdfast.panel import panel_record
from holdfast.report import panel_lines, render_panel_html, render_panel_markdown
from panel.made import answers, listener, persuader, planned

BANNER = PANEL_BANNER.capitalize()
APART = [*([[0.3, 0.2]] * 3), [0.2, 0.2]]
DISAGREE = [*([[0.3, 0.2]] * 2), [0.2, 0.3], [0.2, 0.2]]
DEAF = [[0.0, 0.0]] * 4


def made(moved: list[list[float]]) -> PanelRecord:
    plan = planned([persuader("strong", 5), persuader("<b>weak\u202e", 2)], [listener(name) for name in "abc"], 20)
    return panel_record(plan, answers(moved), "holdfast 0")


def ran(record: PanelRecord) -> PanelRun:
    return PanelRun(record_digest=record.digest, run=3, began="2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize("moved", [APART, DISAGREE, DEAF])
def test_the_banner_stands_before_anything_else_in_every_form(moved: list[list[float]]) -> None:
    record = made(moved)
    run = ran(record)
    html, markdown, lines = render_panel_html(record, run), render_panel_markdown(record, run), panel_lines(record, run)
    assert lines[0] == BANNER
    assert markdown.startswith(f"**{BANNER}**\n")
    body = html.split("<main")[0].split("<header")[1]
    assert body.index(BANNER) < min(body.index('class="verdict"'), body.index("<h1>"))
    assert html.split("<title>")[1].startswith(BANNER)
    assert next(iter(record.model_dump(mode="json").items())) == ("banner", PANEL_BANNER)
    assert "run 3 of this panel on this machine" in html
    assert render_panel_html(record, run) == html


def test_no_form_has_a_banner_that_can_be_left_out() -> None:
    with pytest.raises(ValueError, match="not a measurement of people"):
        PanelRecord.model_validate(made(APART).model_dump(mode="json") | {"banner": "a measurement of people"})


def test_words_of_others_are_inert() -> None:
    record = made(APART)
    run = ran(record)
    for text in (render_panel_html(record, run), render_panel_markdown(record, run), *panel_lines(record, run)):
        assert "\u202e" not in text
    assert "<b>" not in render_panel_html(record, run)


def test_a_terminal_says_every_rank_every_disagreement_and_who_does_not_listen() -> None:
    apart = "\n".join(panel_lines(made(APART), ran(made(APART))))
    assert "rank        rule/strong: 1 of 2" in apart
    assert "listener    family 0: follows" in apart
    undecided = "\n".join(panel_lines(made(DISAGREE), ran(made(DISAGREE))))
    assert "rank        rule/strong: 1 to 2 of 2" in undecided
    assert "undecided   rule/strong and rule/" in undecided
    assert "verdict     UNDECIDED" in undecided
    invalid = "\n".join(panel_lines(made(DEAF), ran(made(DEAF))))
    assert "rank        incoherent: 0 of 3 models" in invalid
    assert "family 0: does not follow: conversations are not shown" in invalid


def test_the_page_shows_ranks_control_arms_and_claims_and_no_shift_of_a_persuader() -> None:
    record = made(APART)
    text = render_panel_markdown(record, ran(record))
    for words in ("1 of 2", "no conversation, asked twice", "about something else", "claims a reply", "not tested"):
        assert words in text
    rows = [row for section in record.page for block in section.blocks for row in getattr(block, "rows", ())]
    assert not [row for row in rows if "strong" in getattr(row, "label", "")]
    assert "of one family by name" in text


def test_page_one_says_who_shares_a_family_with_a_listener() -> None:
    plan = planned([persuader("strong", 5), persuader("weak", 2)], [listener(name) for name in "abc"], 20)
    persuades = plan.persuaders[0].model_copy(update={"reference": "hf:org/swan-1"})
    for listens, said in (("hf:other/swan-2", True), ("hf:other/geese-2", False)):
        hears = plan.listeners[0].model_copy(update={"reference": listens})
        named = {"persuaders": (persuades, plan.persuaders[1]), "listeners": (hears, *plan.listeners[1:])}
        first = panel_record(plan.model_copy(update=named), answers(APART), "holdfast 0").page[0]
        assert ("May rank too high" in first.model_dump_json()) is said


def test_an_invalid_page_says_why_and_ranks_nobody() -> None:
    record = made(DEAF)
    text = render_panel_markdown(record, ran(record))
    assert "Invalid, so nobody is ranked" in text
    assert "Pair by pair" not in text
    assert isinstance(record.ranks, Absent)
