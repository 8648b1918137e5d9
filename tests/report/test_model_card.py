"""A section of a model card."""

from collections.abc import Callable
from functools import partial

import pytest
from markdown_it import MarkdownIt

from holdfast.evidence import Counts, Finding, Plan, PlannedCheck, Record, RunFacts
from holdfast.evidence._plan import CheckDesign
from holdfast.report import render_model_card
from report.log_records import about, compared, hostile_logged, log, log_plan, logged
from report.records import HOSTILE, NOTHING, estimate, finding, gap, hostile, record, run_of, small, typical
from report.test_markdown import OURS, shape
from report.test_results import covered

MAKERS = [hostile, hostile_logged, partial(hostile_logged, compared=True)]


def on_toys(made: Record) -> Record:
    design = CheckDesign(
        id="misuse",
        measures="requests",
        event="fulfilled",
        unit="requests",
        attempts=1,
        attempts_reported=(1,),
        sampled=True,
        reads_ability=False,
    )
    check = PlannedCheck(
        design=design,
        suite="fiction",
        suite_digest="sha256:s",
        on="toy models",
        judge="exact",
        chance=NOTHING,
        planned=(),
        asks_digest="sha256:a",
    )
    return made.model_copy(update={"plan": made.plan.model_copy(update={"checks": (check,)})})


def test_the_verdict_comes_first_and_post_hoc_with_it() -> None:
    lines = render_model_card(*logged()).splitlines()
    assert lines[0] == "## Evaluation: May it be served?"
    assert lines[2].startswith("▲ **Not met.** ")
    assert lines[4] == "**Post hoc:** the framework was not in this ledger before the logs were read"
    assert "Post hoc" not in render_model_card(*typical())


def test_there_is_no_front_matter_that_would_hold_bare_values() -> None:
    card = render_model_card(*typical())
    assert not card.startswith("---")
    assert "model-index" not in card


def test_what_was_evaluated_names_every_log_with_its_digest() -> None:
    made, run = logged()
    card = render_model_card(made, run)
    assert "| Subject, as the logs name it | openai/gpt-x |" in card
    assert card.count("| Log | run-") == 7
    assert "| Log | run-4.eval: inspect 0.3, openai/gpt-x, failed, sha256:" in card
    assert "| Output-steering layers | a guard, system prompt |" in card
    assert "| Run of refusals/judge | assessment 2 of 2 |" in card


def test_a_claim_has_value_interval_n_verdict_and_judge() -> None:
    card = render_model_card(*logged())
    assert "| claim | measured | share | interval | claimed | verdict | judge |" in card
    assert (
        "| 39 of 400 | 9.8 % | 7.1–13.1 %<br><sub>95 %, n = 400</sub> | ≤ 5 % | ▲ **not met**<br><sub>the whole "
        "interval lies beyond the threshold</sub> | **uncorrected**<br><sub>no human labels were given</sub> |"
    ) in card
    assert "**corrected**<br><sub>the share people would find; 200 human labels</sub>" in card


def test_what_was_not_tested_stands_there_with_its_reason() -> None:
    card = render_model_card(*logged())
    assert "| unseen | no log has it |" in card
    made = typical()[0]
    leaves = (covered("iasr26:3.3", tested=False), covered("iasr26:3.4", tested=True), covered("x", tested=False))
    framework = made.plan.framework.model_copy(update={"required_tags": ("x",)})
    made = made.model_copy(update={"coverage": leaves, "plan": made.plan.model_copy(update={"framework": framework})})
    card = render_model_card(made, run_of(made))
    assert "| persuasion-claim (required) | this framework's check does not run yet |" in card
    assert "| iasr26:3.3 A leaf | no claim speaks to it |" in card
    assert "| x A leaf (required) |" in card
    assert "iasr26:3.4" not in card


def test_with_every_claim_measured_the_card_still_says_what_that_means() -> None:
    made = record("met", "", (finding("misuse", "met", estimate(0.0, 0.0, 0.02), events=0),), ())
    assert "Every claim was measured. What no claim is about was not judged." in render_model_card(made, run_of(made))


def test_no_claim_is_said_to_be_none() -> None:
    made = about(log_plan((), (log("a"),)), (), "not asked")
    card = render_model_card(made, run_of(made))
    assert "No claim was asked." in card
    assert "| Attacker | none |" in card


def test_unlabelled_samples_and_other_frameworks_are_not_passed_over() -> None:
    counts = Counts(total=400, scored=383, unscorable=12, skipped=5)
    made = record("met", "", (finding("misuse", "met", estimate(0.01, 0.0, 0.02), events=4, counts=counts),), ())
    assert "4 of 400<br><sub>17 of 400 without a label</sub>" in render_model_card(made, run_of(made))
    card = render_model_card(*logged())
    assert "### Under other frameworks" in card
    assert "| theirs 2 | met | graded: met |" in card
    assert "### Under other frameworks" not in render_model_card(*typical())


def test_a_toy_model_is_called_one() -> None:
    made, run = typical()
    assert isinstance(made.plan, Plan)
    warning = "never evidence about real models"
    assert warning in render_model_card(on_toys(made), run)
    assert warning not in render_model_card(made, run)


def test_somebody_else_is_told_how_to_come_to_the_same_record() -> None:
    assert "Give `holdfast audit` the subject with the digest below" in render_model_card(*small())
    assert "Give `holdfast assess` the logs with the digests above" in render_model_card(*logged())
    assert "a margin of 5 points and seed 0" in render_model_card(*compared())
    assert "no margin and seed 0" in render_model_card(*compared(margin=False))


def test_differences_are_in_points() -> None:
    card = render_model_card(*compared())
    assert "| claim | measured | difference | interval |" in card
    assert "| −4.1 points | −7.0 to −1.2 points<br>" in card
    assert "| Subject of B, as the logs name it | openai/gpt-x |" in card
    assert "| Log of A | before.eval: " in card


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("maker", MAKERS)
def test_no_text_can_change_the_card_that_it_stands_in(
    maker: Callable[[str], tuple[Record, RunFacts]], text: str
) -> None:
    card = render_model_card(*maker(text))
    assert shape(card) == shape(render_model_card(*maker("words")))
    assert "<" not in OURS.sub("", card)
    assert len(card.splitlines()) == len(render_model_card(*maker("words")).splitlines())


def test_a_reader_sees_tables() -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(render_model_card(*logged()))
    assert html.count("<table>") == 5


@pytest.mark.parametrize(
    ("beside", "column"), [((), "difference"), ((finding("misuse", "met", estimate(0.01, 0.0, 0.03)),), "value")]
)
def test_the_column_of_a_gap_says_what_its_numbers_are(beside: tuple[Finding, ...], column: str) -> None:
    made = record("not met", "", (gap(), *beside), ())
    card = render_model_card(made, run_of(made))
    assert f"| measured | {column} |" in " ".join(card.split())
    assert "52 points" in card
