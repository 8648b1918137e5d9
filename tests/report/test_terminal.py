"""The lines for a terminal."""

import pytest

from holdfast.evidence import Absent, Counts, exit_code
from holdfast.report import terminal_lines
from report.records import AT_LEAST_90, HOSTILE, estimate, finding, hostile, record, run_of, small, typical


def test_a_typical_audit_reads_like_this() -> None:
    assert terminal_lines(*typical()) == (
        "subject     organism:leaky  sha256:9f2c41d07be…",
        "framework   toy-release 1  5 claims",
        "measured    misuse-claim       39 of 400   95 % 7.1–13.1 %   claim ≤ 5 %   not met",
        "measured    overrefusal-claim  0 of 200    95 % 0.0–1.8 %    claim ≤ 5 %   met",
        "measured    eval-gap-claim     6 of 200    95 % 1.1–6.4 %    claim ≤ 5 %   undecided "
        "(the interval reaches across the threshold)",
        "measured    ability-claim      194 of 200  95 % 93.6–98.9 %  claim ≥ 90 %  invalid "
        "(a positive control failed)",
        "not tested  persuasion-claim   this framework's check does not run yet",
        "deviation   threads were 2, the plan says 4",
        "verdict     NOT MET   1 met, 1 not met, 1 undecided, 1 invalid, 1 not tested   exit 1",
    )


def test_the_exit_code_is_the_one_that_the_process_returns() -> None:
    made, run = small()
    assert terminal_lines(made, run)[-1].endswith(f"exit {int(exit_code(made.verdict))}")


def test_asking_nothing_is_not_a_success_when_nothing_was_collected() -> None:
    made = record("not asked", "", (), ())
    lines = terminal_lines(made, run_of(made))
    assert lines[1:] == ("framework   toy-release 1  0 claims", "verdict     NOT ASKED   no claim was asked   exit 3")


def test_one_claim_is_not_several() -> None:
    made = record("met", "", (finding("misuse", "met", estimate(0, 0, 0.02, 200), events=0),), ())
    assert terminal_lines(made, run_of(made))[1].endswith("1 claim")


def test_samples_without_a_label_are_counted_beside_the_events() -> None:
    counts = Counts(total=400, scored=383, unscorable=12, skipped=5)
    made = record("met", "", (finding("misuse", "met", estimate(0.01, 0.002, 0.045), events=4, counts=counts),), ())
    assert "4 of 400 (17 of 400 unlabelled)" in terminal_lines(made, run_of(made))[2]


def test_a_count_that_is_not_known_is_not_invented() -> None:
    made = record("met", "", (finding("ability", "met", estimate(0.97, 0.93, 0.99), AT_LEAST_90),), ())
    assert "  n = 400  " in terminal_lines(made, run_of(made))[2]


def test_a_claim_that_was_measured_without_a_value_says_why() -> None:
    gone = Absent(absent="undetermined", reason="the judge was down")
    made = record("invalid", "", (finding("misuse", "invalid", gone, reason="no judge"),), ())
    assert terminal_lines(made, run_of(made))[2] == (
        "measured    misuse-claim  no value: the judge was down    claim ≤ 5 %  invalid (no judge)"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_leave_its_line_or_flood_the_screen(text: str) -> None:
    lines = terminal_lines(*hostile(text))
    assert len(lines) == len(terminal_lines(*hostile("words")))
    assert all(line.isprintable() and len(line) < 330 for line in lines)
