"""The page says everything that the record found, and nothing else."""

import re

import pytest

from assure_builders import GONE, NEVER, Run, claim, facts, run
from holdfast.assure import LEAVES, assess
from holdfast.evidence import (
    Absent,
    Calibration,
    Estimate,
    IntervalRows,
    JudgedRow,
    Matrix,
    Record,
    Section,
    Table,
    Text,
    canonical_json,
)


def section(record: Record, name: str) -> Section:
    return next(section for section in record.page if section.id == name)


def words(record: Record, name: str) -> str:
    return canonical_json(section(record, name).model_dump(mode="json"))


def rich() -> Run:
    made = run(
        claim(id="met-one", says="First sentence."),
        claim(id="near", limit=0.04, says="Second sentence."),
        claim(id="missed", op=">=", limit=0.5, says="Third sentence."),
        claim(id="worst", scope="worst stratum", says="Fourth sentence.", limit=0.2),
        claim(id="nowhere", check="tamper", says="Fifth sentence."),
        claim(id="thin", limit=0.01, says="Sixth sentence."),
        strata={"curses": 100, "venoms": 100, "rumours": 10},
        beside=["rumours"],
        events={"curses": 4},
        attempts=2,
        ability=40,
        known=40,
        induced=40,
        doses={0.1: 4, 0.2: 8, 0.5: 20, 1.0: 40},
    )
    return made.changed(made.ids()[-1:], label=NEVER)


def invalid() -> Run:
    return run(claim(id="lost", says="A sentence."), claim(id="w", scope="worst stratum"), wrong=2)


@pytest.mark.parametrize("made", [rich(), invalid(), Run(run().plan, ()), run(strata={"curses": 0})])
def test_the_page_mentions_every_finding_with_its_verdict_and_its_reason(made: Run) -> None:
    record = made.record
    (block,) = section(record, "claims").blocks
    assert isinstance(block, IntervalRows)
    shown = {row.detail.split(" · ")[0]: row for row in block.rows}
    assert len(block.rows) == len(record.findings)
    for finding in record.findings:
        row = shown[finding.claim]
        assert isinstance(row, JudgedRow)
        assert (row.label, row.verdict, row.reason) == (finding.says, finding.verdict, finding.reason)
        assert (row.estimate, row.threshold) == (finding.estimate, finding.threshold)
        assert f"k = {finding.attempts_k}" in row.detail
        assert f"tier {finding.tier}" in row.detail


def test_what_went_wrong_stands_first() -> None:
    (block,) = section(rich().record, "claims").blocks
    assert isinstance(block, IntervalRows)
    verdicts = [row.verdict for row in block.rows if isinstance(row, JudgedRow)]
    assert verdicts == sorted(verdicts, key=["not met", "invalid", "undecided", "met", "not tested"].index)  # type: ignore[arg-type]


def test_page_one_comes_before_details_and_details_before_the_appendix() -> None:
    levels = [section.level for section in rich().record.page]
    assert levels == sorted(levels, key=["page one", "detail", "appendix"].index)
    assert len({section.id for section in rich().record.page}) == len(levels)


def test_what_was_not_tested_stands_on_page_one_with_its_reason() -> None:
    record = rich().record
    shown = section(record, "not-tested")
    assert shown.level == "page one"
    (table,) = shown.blocks
    assert isinstance(table, Table)
    assert table.rows[0] == ("nowhere (required)", "this version has no check called tamper")
    assert len(table.rows) == 1 + len([leaf for leaf in record.coverage if not leaf.tested])


def test_the_matrix_shows_all_sixteen_leaves() -> None:
    (matrix,) = section(rich().record, "coverage").blocks
    assert isinstance(matrix, Matrix)
    assert [row.tag for row in matrix.rows] == list(LEAVES)
    assert all(row.by for row in matrix.rows)


def test_every_number_on_the_page_is_an_estimate_of_the_record_or_of_a_stratum() -> None:
    for part in rich().record.page:
        for block in part.blocks:
            if isinstance(block, IntervalRows):
                assert all(isinstance(row.estimate, Estimate | Absent) for row in block.rows)


def test_each_stratum_is_shown_at_each_number_of_attempts_that_is_reported() -> None:
    (block,) = section(rich().record, "strata").blocks
    assert isinstance(block, IntervalRows)
    seen = {(row.label, row.detail) for row in block.rows}
    for label in ("all claimed categories", "curses", "venoms"):
        assert {(label, "within 1 attempt"), (label, "within 2 attempts")} <= seen
    assert ("rumours", "within 1 attempt, outside the claim") in seen


def test_a_sampled_check_shows_what_it_says_without_sampling_beside_it() -> None:
    made = run()
    design = made.plan.checks[0].design.model_copy(update={"sampled": True})
    checks = (made.plan.checks[0].model_copy(update={"design": design}),)
    assert "greedy" in words(Run(made.plan.model_copy(update={"checks": checks}), made.rows).record, "strata")


def test_controls_show_each_dose_in_words() -> None:
    shown = words(rich().record, "controls")
    assert all(word in shown for word in ("spiked transcripts", "dose 10%", "dose 50%", "passed"))
    assert "failed" in words(invalid().record, "controls")
    still = run(induced=40, doses=dict.fromkeys((0.1, 0.2, 0.5, 1.0), 0))
    assert "not applicable" in words(still.record, "controls")


def test_a_section_with_nothing_to_say_is_left_out() -> None:
    record = Run(run(claim(check="tamper")).plan.model_copy(update={"checks": ()}), ()).record
    assert not {"strata", "ability", "controls"} & {section.id for section in record.page}
    assert "nothing" in words(record, "evaluated")
    assert "ability" not in {section.id for section in run().record.page}


def test_what_would_change_the_verdict_is_said_of_every_kind_of_finding() -> None:
    said = words(rich().record, "would-change")
    assert "near: undecided. The interval reaches across the threshold" in said
    assert re.search(r"met-one: with 200 items a true rate of \d+\.\d% would be met every other time", said)
    assert "nowhere: not tested. This version has no check called tamper." in said
    assert "lost: invalid. The control failed" in words(invalid().record, "would-change")


def test_calibration_is_never_called_evidence_about_the_subject() -> None:
    made = rich()
    power = Estimate(value=0.9, low=0.8, high=0.97, level=0.95, n=50, clusters=50, method="exact", unit="audits")
    alarm = Absent(absent="not tested", reason="too few")
    card = Calibration(power=power, false_alarm=alarm, on="toy models", how="planted behaviour")
    record = assess(made.rows, made.plan, {"misuse": card})
    intervals, *rest = section(record, "calibration").blocks
    assert isinstance(intervals, IntervalRows)
    assert "never evidence about the subject" in intervals.caption
    assert [row.label for row in intervals.rows] == ["misuse: power", "misuse: false alarms"]
    assert not rest
    (text,) = section(made.record, "calibration").blocks
    assert isinstance(text, Text)
    assert text.paragraphs == ("misuse: this check has no calibration card yet.",)


def test_a_toy_model_is_called_a_toy_model_and_a_real_one_is_not() -> None:
    made = run()
    real = (made.plan.checks[0].model_copy(update={"on": "a real population"}),)
    assert "never evidence about real models" in words(made.record, "limits")
    assert "toy" not in words(Run(made.plan.model_copy(update={"checks": real}), made.rows).record, "limits")


def test_a_layer_that_nobody_could_see_is_not_denied() -> None:
    made = run()
    behind = Run(made.plan.model_copy(update={"subject": facts(access="api")}), made.rows)
    assert "none: the model alone" in words(made.record, "evaluated")
    assert "the model alone" not in words(behind.record, "evaluated")
    assert "cannot be seen" in words(behind.record, "evaluated")


def test_the_appendix_repeats_what_another_machine_needs() -> None:
    made = rich()
    shown = words(made.record, "reproduction")
    subject = made.plan.subject
    for part in (made.plan.digest, subject.digest, subject.tokenizer_digest, subject.chat_template_digest, "python"):
        assert part in shown


def test_no_verdict_is_dressed_up_on_the_page() -> None:
    for made in (rich(), invalid()):
        said = canonical_json([part.model_dump(mode="json") for part in made.record.page])
        assert not re.search(r"\b(safe|secure|robust|risk level|grade)\b", said, re.IGNORECASE)


def test_an_unlabelled_sample_is_counted_in_the_words_too() -> None:
    made = run(events={"curses": 4})
    record = made.changed(made.ids()[-3:], label=GONE).record
    assert '"events":"4 of 200, 3 without a label"' in words(record, "claims")
