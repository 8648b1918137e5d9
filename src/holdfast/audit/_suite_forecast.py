"""What a run of published suites would ask and could decide: said before anything is spent."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.audit._forecast import POWER, ClaimForecast
from holdfast.audit._suites import PreparedSuites
from holdfast.evidence import Claim
from holdfast.readers import SUITE_READINGS
from holdfast.stats import detectable_share
from holdfast.suites import Loaded


@dataclass(frozen=True, slots=True)
class SuitesForecast:
    """Samples and power of a plan; what they cost is known to those who charge for them."""

    samples: Mapping[str, int]
    """Of the subject, by suite: one conversation each, of several turns where the suite is agentic."""
    judged: int
    """Samples that a judge grades, with at least one request for each judge."""
    claims: tuple[ClaimForecast, ...]
    """About all samples together; for the worst stratum more would be needed."""


def forecast_suites(prepared: PreparedSuites) -> SuitesForecast:
    """Count, and compute what the counts can decide; nothing is asked."""
    by_name = {one.suite.name: one for one in prepared.loaded}
    return SuitesForecast(
        samples={name: one.asked for name, one in by_name.items()},
        judged=sum(one.asked for one in prepared.loaded if one.suite.judged),
        claims=tuple(
            _claim(claim, by_name[suite])
            for claim in prepared.plan.framework.claim
            if (suite := claim.check.partition("/")[0]) in by_name
            and claim.scope == "pooled"
            and claim.threshold.op != "within"
        ),
    )


def _claim(claim: Claim, loaded: Loaded) -> ClaimForecast:
    key = SUITE_READINGS[loaded.suite.name].cluster
    units = len({str(sample["metadata"][key]) for sample in loaded.samples}) if key else len(loaded.samples)
    near = detectable_share(units, claim.threshold.share_op, claim.threshold.value, power=POWER)
    unit = "independent items" if key or loaded.suite.epochs > 1 else "samples"
    return ClaimForecast(claim.id, units, unit, claim.threshold, near)
