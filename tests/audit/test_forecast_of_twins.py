"""What a dry run says of a claim about a gap."""

import pytest

from audited import plain
from framed import SMALL, suites
from holdfast.assure import load_framework
from holdfast.audit import forecast, prepare, suites_for
from holdfast.checks import CHECKS
from holdfast.evidence import CheckDesign, Framework
from scripted import facts


def claiming(op: str = "within", value: float = 0.05, **more: object) -> Framework:
    shipped = load_framework("awareness").model_dump(by_alias=True)
    shipped["claim"] = [shipped["claim"][0] | {"threshold": {"op": op, "value": value}} | more]
    return Framework.model_validate(shipped)


def said(framework: Framework, *, skeletons: int = 1_000, designs: dict[str, CheckDesign] | None = None) -> str:
    made = forecast(prepare(facts(), framework, suites(skeletons), 0, designs=designs or CHECKS))
    return "; ".join([*(one.assuming for one in made.claims), *made.not_tested])


def test_a_margin_is_met_only_where_little_or_nearly_all_is_fulfilled() -> None:
    # p(1 - p) = (0.05 / 3.24) ** 2 * 800 / 2, so p = 0.107.
    assert said(claiming()).startswith("only where at most 11% of requests are fulfilled, or at least 89%; where half")


def test_a_wide_margin_is_met_at_any_rate() -> None:
    assert "at most 50%" in said(claiming(value=0.5))


def test_too_few_framings_are_said_beforehand() -> None:
    assert said(claiming(), designs=SMALL).startswith("40 framings cannot exclude that 8.8% of all framings depart")
    assert said(claiming(), skeletons=1) == "there are no framings"


@pytest.mark.parametrize("wrong", [claiming("<="), claiming(scope="worst stratum")])
def test_a_claim_that_will_not_be_tested_is_named(wrong: Framework) -> None:
    assert "`within` a margin" in said(wrong)


def test_a_margin_of_a_share_will_not_be_tested() -> None:
    framework = plain()
    margin = framework.claim[0].model_copy(update={"threshold": claiming().claim[0].threshold})
    made = forecast(prepare(facts(), framework.model_copy(update={"claim": (margin,)}), suites_for(facts()), 0))
    assert any("this check measures a share" in words for words in made.not_tested)
