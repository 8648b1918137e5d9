"""Frameworks are read strictly, and a mistake is named with the line it stands on."""

from pathlib import Path

import pytest

from holdfast.assure import LEAVES, load_framework, parse_framework, shipped_frameworks
from holdfast.checks import CHECKS
from holdfast.errors import BadValue, FrameworkSyntax, HoldfastError, UnknownFramework, UnknownKey
from holdfast.evidence import PEOPLE_MOVED, TamperBudget
from holdfast.suites import SUITES

HEAD = """\
schema = "holdfast.framework/1"
name = "f"
version = "1"
question = "May it?"
valid_days = 30
"""
CLAIM = """
[[claim]]
id = "one"
check = "misuse"
says = "It rarely happens."
threshold = { op = "<=", value = 0.05 }
"""
SECOND = CLAIM.replace('"one"', '"two"')
GOOD = HEAD + CLAIM + SECOND


def line_of(text: str, part: str, nth: int = 1) -> int:
    """The line of the nth line that holds a part."""
    return [n for n, line in enumerate(text.splitlines(), start=1) if part in line][nth - 1]


def refused(text: str, kind: type[HoldfastError]) -> HoldfastError:
    with pytest.raises(kind) as caught:
        parse_framework(text, "f.toml")
    return caught.value


def test_a_good_framework_is_read_with_its_defaults() -> None:
    framework = parse_framework(GOOD, "f.toml")
    assert [claim.id for claim in framework.claim] == ["one", "two"]
    first = framework.claim[0]
    assert (first.scope, first.attempts_k, first.tier, first.required) == ("pooled", 1, "T0", True)
    assert (first.threshold.op, first.threshold.value) == ("<=", 0.05)


def test_order_and_spacing_of_the_file_do_not_change_the_digest() -> None:
    turned = GOOD.replace('op = "<=", value = 0.05', 'value=5e-2,op="<="').replace("valid_days = 30\n", "")
    assert parse_framework("valid_days = 30 # a month\n" + turned, "g.toml").digest == parse_framework(GOOD, "f").digest


def test_a_framework_may_hold_no_claim_but_must_say_so() -> None:
    assert parse_framework("claim = []\n" + HEAD, "f.toml").claim == ()
    assert "claim cannot be nothing" in refused(HEAD, BadValue).what


@pytest.mark.parametrize(
    ("text", "line", "key", "meant"),
    [
        (HEAD.replace("valid_days", "valid_day") + CLAIM, 5, "valid_day", "valid_days"),
        (GOOD.replace("says", "say", 1), line_of(GOOD, "says"), "say", "says"),
        (GOOD.replace("op =", "opp =", 1), line_of(GOOD, "op ="), "opp", "op"),
        (GOOD + "attempts = 3\n", len(GOOD.splitlines()) + 1, "attempts", "attempts_k"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_closest_key(text: str, line: int, key: str, meant: str) -> None:
    error = refused(text, UnknownKey)
    assert error.code == "H203"
    assert error.what == f"f.toml:{line}  unknown key `{key}`"
    assert error.fix == f"did you mean `{meant}`?"


def test_a_key_that_is_like_no_other_is_to_be_removed() -> None:
    assert refused(GOOD + "zzzzzz = 3\n", UnknownKey).fix == "remove it"


def test_the_internal_name_of_a_key_is_not_a_key() -> None:
    assert refused(GOOD.replace("schema", "schema_"), UnknownKey).fix == "did you mean `schema`?"


def test_a_key_of_the_framework_is_unknown_in_a_claim_and_found_on_the_claims_line() -> None:
    text = GOOD + 'version = "2"\n'
    assert refused(text, UnknownKey).what.startswith(f"f.toml:{len(text.splitlines())} ")


def test_the_line_is_that_of_the_claim_that_holds_the_mistake() -> None:
    text = GOOD.replace('check = "misuse"', "check = 3").replace("check = 3", 'check = "misuse"', 1)
    assert refused(text, BadValue).what == f"f.toml:{line_of(GOOD, 'check', 2)}  claim.1.check cannot be 3"


def test_spaces_inside_a_header_do_not_lose_the_line() -> None:
    text = GOOD.replace("[[claim]]", "[[ claim ]]").replace("value = 0.05", "value = 2.0").replace("2.0", "0.0", 1)
    assert refused(text, BadValue).what.startswith(f"f.toml:{line_of(GOOD, 'threshold', 2)} ")


def test_a_missing_key_points_at_the_claim_that_lacks_it_and_not_at_the_next_that_has_it() -> None:
    text = GOOD.replace('says = "It rarely happens."\n', "", 1)
    error = refused(text, BadValue)
    assert error.what == f"f.toml:{line_of(text, '[[claim]]')}  claim.0.says cannot be nothing"
    assert error.why == "Field required"


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "-0.1", "1.01", "5", '"0.05"', "true", "[]", "{}", "2026-01-01"]
)
def test_a_threshold_must_be_a_finite_share_and_a_number(value: str) -> None:
    error = refused(GOOD.replace("value = 0.05", f"value = {value}", 1), BadValue)
    assert error.code == "H204"
    assert error.what.startswith(f"f.toml:{line_of(GOOD, 'threshold')}  claim.0.threshold.value cannot be ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('op = "<="', 'op = "<"'),
        ('op = "<="', 'op = "=="'),
        ("threshold = {", "attempts_k = 0\nthreshold = {"),
        ("threshold = {", "attempts_k = 1.5\nthreshold = {"),
        ("threshold = {", 'attempts_k = "3"\nthreshold = {'),
        ("threshold = {", "attempts_k = true\nthreshold = {"),
        ("threshold = {", 'tier = "T4"\nthreshold = {'),
        ("threshold = {", 'scope = "best stratum"\nthreshold = {'),
        ("threshold = {", 'required = "no"\nthreshold = {'),
        ("threshold = {", "required = 0\nthreshold = {"),
        ("threshold = {", 'tags = "iasr26:1.2"\nthreshold = {'),
        ('id = "one"', 'id = "One claim"'),
        ('says = "It rarely happens."', "says = 3"),
        ("threshold = { op", "threshold = 0.05 # { op"),
        ("valid_days = 30", "valid_days = 0"),
        ("valid_days = 30", "valid_days = true"),
        ("holdfast.framework/1", "holdfast.framework/2"),
    ],
)
def test_every_other_value_that_a_framework_cannot_hold_is_refused(old: str, new: str) -> None:
    assert refused(GOOD.replace(old, new, 1), BadValue).code == "H204"


@pytest.mark.parametrize(
    "text", [HEAD + "\n[claim]\nid = 'one'\n", HEAD + "claim = 3\n", HEAD + "claim = 'x'\n", HEAD + "claim = [1]\n"]
)
def test_claims_that_are_no_list_of_tables_are_a_bad_value(text: str) -> None:
    assert refused(text, BadValue).what.split("  ")[1].startswith("claim")


def test_a_single_bracket_for_claim_is_not_called_nothing() -> None:
    error = refused(HEAD + CLAIM.replace("[[claim]]", "[claim]"), BadValue)
    assert "nothing" not in error.what


def test_two_claims_of_one_name_are_refused() -> None:
    error = refused(GOOD.replace('"two"', '"one"'), BadValue)
    assert "two claims are called one" in error.what


@pytest.mark.parametrize("text", ["= 3", "[[claim", 'name = "a"\nname = "b"', "\x00"])
def test_what_is_not_toml_is_said_with_the_place(text: str) -> None:
    error = refused(text, FrameworkSyntax)
    assert error.code == "H202"
    assert "(at " in error.why


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    assert load_framework(str(file)) == parse_framework(GOOD, "mine.toml")
    file.write_text(GOOD + "x = 1\n")
    with pytest.raises(UnknownKey, match=r"mine\.toml:\d+"):
        load_framework(str(file))


def test_a_file_that_is_not_text_is_not_toml(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FrameworkSyntax, match=r"mine\.toml is not TOML"):
        load_framework(str(tmp_path / "mine.toml"))


def test_an_unknown_name_brings_the_closest_one_and_the_list() -> None:
    with pytest.raises(UnknownFramework) as caught:
        load_framework("dem")
    assert caught.value.code == "H201"
    assert caught.value.fix == "did you mean `--framework demo`?"
    assert "open-weight-release" in caught.value.why
    with pytest.raises(UnknownFramework) as caught:
        load_framework("./nowhere/zzz")
    assert "path of a TOML file" in caught.value.fix


def test_a_directory_is_no_framework(tmp_path: Path) -> None:
    with pytest.raises(UnknownFramework):
        load_framework(str(tmp_path))


@pytest.mark.parametrize("name", shipped_frameworks())
def test_every_shipped_framework_loads_and_speaks_to_known_leaves(name: str) -> None:
    framework = load_framework(name)
    assert framework.name == name
    assert framework.claim
    asked = {tag for claim in framework.claim for tag in claim.tags}
    assert asked <= set(LEAVES)
    assert set(framework.required_tags) <= asked, "a required leaf that no claim speaks to could never be covered"


# Checks that a shipped framework asks for on purpose though this version does not have them: it says so, and cannot
# pass without them.
NOT_YET = {"stack"}
KNOWN = {*CHECKS, "tamper"}


@pytest.mark.parametrize("name", shipped_frameworks())
def test_every_check_that_a_shipped_framework_asks_for_is_known_or_deliberately_not(name: str) -> None:
    framework = load_framework(name)
    ours = {claim.check for claim in framework.claim if claim.check.partition("/")[0] not in SUITES}
    assert ours <= KNOWN | NOT_YET | {PEOPLE_MOVED}
    assert all(claim.required for claim in framework.claim if claim.check in NOT_YET)


def test_the_names_of_the_shipped_frameworks_are_sorted_and_the_default_is_among_them() -> None:
    assert shipped_frameworks() == tuple(sorted(shipped_frameworks()))
    assert "demo" in shipped_frameworks()


ATTACKED = """schema = "holdfast.framework/1"
name = "f"
version = "1"
question = "May it?"
valid_days = 30

[tamper]
{budget}

[[claim]]
id = "c"
check = "tamper"
says = "Few runs break."
threshold = {{ op = "<=", value = 0.5 }}
"""


def test_a_framework_says_what_attacks_may_spend() -> None:
    budget = parse_framework(ATTACKED.format(budget='seeds = 12\nattacks = ["full-sft"]'), "f.toml").tamper
    assert budget == TamperBudget(seeds=12, attacks=("full-sft",))
    assert parse_framework(ATTACKED.format(budget=""), "f.toml").tamper == TamperBudget(seeds=3, attacks=())


@pytest.mark.parametrize("budget", ["seeds = 0", "seeds = 3.0", 'seeds = "3"', "seeds = true", 'attacks = "full-sft"'])
def test_a_budget_that_nothing_can_be_run_by_is_refused_with_its_line(budget: str) -> None:
    with pytest.raises(BadValue, match=r"f\.toml:8"):
        parse_framework(ATTACKED.format(budget=budget), "f.toml")


def test_a_budget_has_no_other_keys() -> None:
    with pytest.raises(UnknownKey) as caught:
        parse_framework(ATTACKED.format(budget="seed = 3"), "f.toml")
    assert "f.toml:8" in caught.value.what
    assert "`seeds`" in caught.value.fix


def test_a_framework_without_a_budget_has_the_digest_that_it_had() -> None:
    without = parse_framework(ATTACKED.replace("[tamper]", "").format(budget=""), "f.toml")
    assert without.tamper is None
    assert "tamper" not in without.model_dump(mode="json")
    assert without.digest != parse_framework(ATTACKED.format(budget=""), "f.toml").digest
