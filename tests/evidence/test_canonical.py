"""One value, one text, one digest."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assure_builders import claim, facts, plan, row, run
from holdfast.evidence import Absent, Decoding, Frozen, Plan, Row, canonical_json, digest, readable_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
QUICK = settings(max_examples=150, deadline=None, database=None)


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert (
        canonical_json({"b": [1, 2.5, None], "a": {"d": True, "c": "é"}}) == '{"a":{"c":"é","d":true},"b":[1,2.5,null]}'
    )


@QUICK
@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_the_order_of_keys_changes_neither_text_nor_digest(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)
    assert digest(turned) == digest(value)


@QUICK
@given(JSON)
def test_it_reads_back_as_the_same_value_and_writes_the_same_text_again(value: object) -> None:
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written
    assert "\n" not in written


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_say_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"x": [number]})


def test_the_digest_is_sha256_of_the_canonical_text_and_stays_what_it_is() -> None:
    # sha256 of the two bytes `{}`; a change here would orphan every ledger and bundle that exists.
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest(Absent(absent="skipped", reason="é")) == digest({"reason": "é", "absent": "skipped"})


def test_different_values_have_different_digests() -> None:
    assert len({digest(v) for v in ({}, [], None, "", 0, False, {"a": 1}, {"a": "1"}, {"a": 1.5})}) == 9


def test_a_plan_survives_both_ways_of_writing_it() -> None:
    made = run(claim(), induced=20, ability=10, doses=dict.fromkeys((0.1, 0.2, 0.5, 1.0), 0)).plan
    for written in (canonical_json(made), readable_json(made)):
        read = Plan.model_validate_json(written)
        assert read == made
        assert read.digest == made.digest


def test_a_record_survives_both_ways_of_writing_it() -> None:
    made = run(events={"curses": 3}).record
    for written in (canonical_json(made), readable_json(made)):
        assert type(made).model_validate_json(written).digest == made.digest


def test_readable_json_is_for_people_two_spaces_a_final_newline_and_the_order_of_the_type() -> None:
    text = readable_json(Decoding(temperature=0, max_new_tokens=3))
    assert text == '{\n  "temperature": 0.0,\n  "max_new_tokens": 3\n}\n'


def test_the_schema_is_written_under_its_public_name() -> None:
    assert json.loads(canonical_json(run().plan))["schema"] == "holdfast.plan/2"


def test_a_key_that_a_value_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Decoding.model_validate({"temperature": 0, "max_new_tokens": 3, "top_p": 0.5})


@pytest.mark.parametrize("value", [facts(), claim(), Absent(absent="skipped", reason="x"), run().rows[0]])
def test_no_value_can_be_changed(value: Frozen) -> None:
    for key in type(value).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, key, "other")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_value_holds_nan_or_an_infinity(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Decoding(temperature=number, max_new_tokens=1)


def test_equal_values_are_equal_and_hashable() -> None:
    assert claim() == claim()
    assert hash(claim()) == hash(claim())


def test_every_part_of_a_plan_changes_its_digest() -> None:
    made = run().plan
    others = [
        made.model_copy(update={"seed": 1}),
        made.model_copy(update={"max_missing": 0.2}),
        made.model_copy(update={"subject": facts(digest=digest("another"))}),
        plan(made.checks, [claim(limit=0.2)]),
        plan([], [claim()]),
    ]
    assert len({made.digest, *(other.digest for other in others)}) == 6


def test_a_row_without_a_label_says_why() -> None:
    made = row(run().plan.checks[0], "x", stratum="s", label={"absent": "unscorable", "reason": "judge down"})
    assert isinstance(made.label, Absent)
    assert Row.model_validate_json(canonical_json(made)) == made
