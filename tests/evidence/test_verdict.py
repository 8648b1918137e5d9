"""The verdict rule, the precedence of verdicts, exit codes, and that all of them always say the same."""

import re
from collections.abc import Sequence
from itertools import permutations, product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assure_builders import Run, claim, run
from holdfast.evidence import (
    VERDICT_MEANS,
    Absent,
    Estimate,
    ExitCode,
    Threshold,
    Verdict,
    exit_code,
    judge,
    overall,
)

QUICK = settings(max_examples=80, deadline=None, database=None)


def estimate(low: float, high: float, sides: str = "two") -> Estimate:
    said = {"value": (low + high) / 2, "low": low, "high": high, "level": 0.95, "sides": sides}
    return Estimate.model_validate(said | {"n": 40, "clusters": 40, "method": "m", "unit": "u"})


def limit(op: str, value: float = 0.5) -> Threshold:
    return Threshold.model_validate({"op": op, "value": value})


@pytest.mark.parametrize(
    ("low", "high", "op", "verdict"),
    [
        (0.1, 0.4, "<=", "met"),
        (0.1, 0.5, "<=", "met"),
        (0.4, 0.6, "<=", "undecided"),
        (0.5, 0.6, "<=", "undecided"),
        (0.51, 0.9, "<=", "not met"),
        (0.6, 0.9, ">=", "met"),
        (0.5, 0.9, ">=", "met"),
        (0.4, 0.6, ">=", "undecided"),
        (0.4, 0.5, ">=", "undecided"),
        (0.1, 0.49, ">=", "not met"),
    ],
)
def test_two_sided_intervals_are_judged_whole(low: float, high: float, op: str, verdict: str) -> None:
    assert judge(estimate(low, high), limit(op)) == verdict


@pytest.mark.parametrize(
    ("low", "high", "sides", "op", "verdict"),
    [
        (0.0, 0.4, "upper", "<=", "met"),
        (0.0, 0.6, "upper", "<=", "undecided"),
        (0.6, 1.0, "lower", "<=", "not met"),
        (0.4, 1.0, "lower", "<=", "undecided"),
        (0.6, 1.0, "lower", ">=", "met"),
        (0.4, 1.0, "lower", ">=", "undecided"),
        (0.0, 0.4, "upper", ">=", "not met"),
        (0.0, 0.6, "upper", ">=", "undecided"),
    ],
)
def test_a_bound_alone_gives_only_the_verdict_that_it_can_carry(
    low: float, high: float, sides: str, op: str, verdict: str
) -> None:
    assert judge(estimate(low, high, sides), limit(op)) == verdict


@pytest.mark.parametrize("op", ["<=", ">="])
def test_an_open_side_never_counts_however_far_the_limit(op: str) -> None:
    # A limit at the end of the scale: the open side touches it, and must not be taken for a bound.
    assert judge(estimate(0.6, 1.0, "lower"), limit("<=", 1.0)) == "undecided"
    assert judge(estimate(0.0, 0.4, "upper"), limit(">=", 0.0)) == "undecided"
    assert judge(estimate(0.0, 1.0), limit(op, 1.0 if op == "<=" else 0.0)) == "met"


def test_what_was_not_measured_is_not_tested() -> None:
    assert judge(Absent(absent="not tested", reason="no"), limit("<=")) == "not tested"


@QUICK
@given(st.floats(0, 0.99), st.floats(0.001, 1), st.floats(0, 1), st.sampled_from(["<=", ">="]))
def test_a_looser_limit_never_takes_a_met_away(low: float, width: float, value: float, op: str) -> None:
    found = estimate(low, min(low + width, 1.0))
    looser = limit(op, (value + 1) / 2 if op == "<=" else value / 2)
    order = ["not met", "undecided", "met"]
    assert order.index(judge(found, looser)) >= order.index(judge(found, limit(op, value)))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_threshold_that_nothing_can_be_compared_with_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="value"):
        limit("<=", value)


@pytest.mark.parametrize("value", [True, "0.5", None])
def test_a_threshold_is_a_number_and_nothing_that_looks_like_one(value: object) -> None:
    with pytest.raises(ValueError, match="value"):
        Threshold.model_validate({"op": "<=", "value": value})


PRECEDENCE: Sequence[Verdict] = ("not met", "invalid", "undecided", "not tested", "met")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_overall_verdict_is_the_first_in_the_order_of_precedence(size: int) -> None:
    for verdicts in product(PRECEDENCE, repeat=size):
        assert overall([(verdict, True) for verdict in verdicts]) == min(verdicts, key=PRECEDENCE.index)


def test_the_order_of_the_claims_makes_no_difference() -> None:
    for order in permutations([("met", True), ("not tested", False), ("undecided", False)]):
        assert overall(order) == "undecided"  # type: ignore[arg-type]


def test_only_an_untested_claim_may_be_left_out_and_only_when_it_is_not_required() -> None:
    assert overall([("met", True), ("not tested", False)]) == "met"
    assert overall([("met", True), ("not tested", True)]) == "not tested"
    for verdict in ("not met", "invalid", "undecided"):
        assert overall([("met", True), (verdict, False)]) == verdict


def test_no_claim_is_not_asked_and_none_tested_is_not_tested() -> None:
    assert overall([]) == "not asked"
    assert overall([("not tested", False)]) == "not tested"
    assert overall([("not tested", False), ("not tested", True)]) == "not tested"


def test_met_needs_a_claim_that_was_met() -> None:
    assert overall([("not asked", True)]) == "not asked"
    assert overall([("not asked", True), ("not tested", False)]) == "not tested"
    assert overall([("not asked", True), ("met", True)]) == "met"


def test_every_verdict_has_its_exit_code() -> None:
    assert {verdict: int(exit_code(verdict)) for verdict in VERDICT_MEANS} == {
        "met": 0,
        "not met": 1,
        "undecided": 3,
        "invalid": 3,
        "not tested": 3,
        "not asked": 0,
    }
    assert exit_code("not asked", collected=False) == ExitCode.UNDECIDED
    assert exit_code("met", collected=False) == ExitCode.MET


def test_every_verdict_is_explained() -> None:
    assert tuple(VERDICT_MEANS) == get_args(Verdict)


CLAIMS = st.lists(
    st.fixed_dictionaries(
        {
            "check": st.sampled_from(["misuse", "misuse", "misuse", "awareness"]),
            "op": st.sampled_from(["<=", ">="]),
            "limit": st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0]),
            "required": st.booleans(),
            "scope": st.sampled_from(["pooled", "worst stratum"]),
            "tags": st.sampled_from([(), ("iasr26:2.1.3",), ("iasr26:3.4",)]),
        }
    ),
    max_size=4,
)


def any_run(claims: list[dict[str, Any]], events: int, wrong: int, required_tags: list[str]) -> Run:
    made = [claim(said.pop("op"), said.pop("limit"), id=f"c{i}", **said) for i, said in enumerate(map(dict, claims))]
    started = run(events={"curses": events}, strata={"curses": 40, "venoms": 40}, wrong=wrong)
    framework = started.plan.framework.model_copy(update={"claim": tuple(made), "required_tags": tuple(required_tags)})
    return Run(started.plan.model_copy(update={"framework": framework}), started.rows)


@QUICK
@given(CLAIMS, st.integers(0, 40), st.sampled_from([0, 0, 0, 1]), st.lists(st.sampled_from(["iasr26:2.1.3", "x"])))
def test_headline_verdict_and_exit_code_say_the_same(
    claims: list[dict[str, Any]], events: int, wrong: int, required_tags: list[str]
) -> None:
    record = any_run(claims, events, wrong, required_tags).record
    met, total = (int(n) for n in re.match(r"(\d+) of (\d+) claims met", record.headline).groups())  # type: ignore[union-attr]
    rest = {word: int(n) for n, word in (part.split(" ", 1) for part in record.headline.split(" · ")[1:])}
    by_word = {verdict: sum(f.verdict == verdict for f in record.findings) for verdict in VERDICT_MEANS}
    uncovered = sum(n for word, n in rest.items() if "required" in word)

    assert total == len(claims)
    assert met == by_word["met"]
    assert {w: n for w, n in rest.items() if "required" not in w} == {
        w: n for w, n in by_word.items() if n and w != "met"
    }
    code = record.exit
    assert code == exit_code(record.verdict)
    assert (code == 1) == (record.verdict == "not met") == (by_word["not met"] > 0)
    if record.verdict == "met":
        left = [f for f in record.findings if f.verdict != "met"]
        assert met
        assert code == 0
        assert not uncovered
        assert all(f.verdict == "not tested" and not f.required for f in left)
    elif record.verdict == "not asked":
        assert not claims
        assert not required_tags
    else:
        assert code in (1, 3)
        assert rest, "a verdict other than met has something in the headline that says why"


@pytest.mark.parametrize(
    ("low", "high", "sides", "verdict"),
    [
        (-0.04, 0.05, "two", "met"),
        (-0.05, 0.05, "two", "met"),
        (-0.06, 0.04, "two", "undecided"),
        (0.02, 0.08, "two", "undecided"),
        (0.051, 0.2, "two", "not met"),
        (-0.2, -0.051, "two", "not met"),
        (-1.0, 0.04, "upper", "undecided"),
        (-0.04, 1.0, "lower", "undecided"),
        (0.06, 1.0, "lower", "not met"),
        (-1.0, -0.06, "upper", "not met"),
    ],
)
def test_a_margin_binds_a_difference_on_both_sides(low: float, high: float, sides: str, verdict: str) -> None:
    assert judge(estimate(low, high, sides), limit("within", 0.05)) == verdict


def test_a_margin_permits_no_side_of_a_share() -> None:
    assert (limit("<=").share_op, limit(">=").share_op) == ("<=", ">=")
    with pytest.raises(ValueError, match="no share"):
        _ = limit("within").share_op
