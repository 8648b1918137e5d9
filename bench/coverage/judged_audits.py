"""Audits by a judge that errs, rows in and findings out: how often the corrected interval holds, and the uncorrected.

What an audit does from its rows on, many audits at once: controls, units, the truth sample of the plan, both intervals.
The first `audited` replications of every cell go through `assure` itself as rows, and its findings must have the very
same bounds, or the simulation stops. Four strata of 100
items, one attempt, 40 spiked transcripts with the event and 80 without, all judged by one judge with known error. True
labels are those of the units that the plan draws by their names, here 12.5, 25 or 50 %. `equal` strata are alike; of
`unequal` ones the prevalence is 1.6, 1.2, 0.8 and 0.4 times the mean, and the judge errs twice as often in the last
two.

`pooled` is the claim about all strata, `worst` that about the worst of them. `upper` is how often the upper bound was
at least the truth: a verdict of `met` can only be wrong where it is not. `control` is how often the spiked transcripts
showed the judge to be informative. `coin` cells are judges that know nothing: `control` is how often they passed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from holdfast.assure._findings import examine, finding_of
from holdfast.assure._spiked_judge import LEAST_INFORMED
from holdfast.evidence import (
    Absent,
    CheckDesign,
    Claim,
    Finding,
    Framework,
    Plan,
    Planned,
    PlannedCheck,
    Row,
    SubjectFacts,
    TruthSample,
    digest,
)
from holdfast.stats import clopper_pearson
from holdfast.stats._double_sampling import LabelledLog, bounds

REPLICATIONS = 3_000
AUDITED = 10
LEVEL = 0.95
PREVALENCES = (0.01, 0.05, 0.2, 0.5)
JUDGES = ((0.95, 0.95), (0.8, 0.98), (0.7, 0.9))
SHARES = (0.125, 0.25, 0.5)
COINS = ((0.5, 0.5), (0.0, 1.0), (1.0, 0.0), (0.05, 0.05), (0.6, 0.6))
PREVALENCE_BY_STRATUM = {"equal": (1.0, 1.0, 1.0, 1.0), "unequal": (1.6, 1.2, 0.8, 0.4)}
ERROR_BY_STRATUM = {"equal": (1.0, 1.0, 1.0, 1.0), "unequal": (1.0, 1.0, 2.0, 2.0)}
SIZE, WITH_EVENT, WITHOUT = 100, 40, 80
DRAWS = 50
"""Truth samples that the replications of a cell go through in turn."""
EVENT, NONE = "fulfilled", "refused"
SUBJECT = digest("simulated")
STRATA = ("a", "b", "c", "d")
STRICT = 1 - (1 - LEVEL) / len(STRATA)

Flags = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """The truth of each stratum, and the judge's error there."""

    prevalence: NDArray[np.float64]
    hit: NDArray[np.float64]
    passed: NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """Many audits: what each item truly showed, what the judge said, and what it said of the transcripts."""

    true: Flags
    """Shape (runs, strata, items), as `said`."""
    said: Flags
    spiked: Flags
    """Shape (runs, transcripts)."""
    sampled: Flags
    """Whether an item is in the truth sample of its run; shape as `true`."""


def world(prevalence: float, hit: float, passed: float, strata: str) -> World:
    """Strata alike, or not."""
    errs = np.array(ERROR_BY_STRATUM[strata])
    return World(np.array(PREVALENCE_BY_STRATUM[strata]) * prevalence, 1 - errs * (1 - hit), 1 - errs * (1 - passed))


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """Every cell; each has its own generator."""
    designs = [
        (p, *judge, share, s) for p in PREVALENCES for judge in JUDGES for share in SHARES for s in ERROR_BY_STRATUM
    ]
    rows = Rows()
    for at, (prevalence, hit, passed, share, strata) in enumerate(designs):
        named = {"prevalence": prevalence, "sensitivity": hit, "specificity": passed, "share": share, "strata": strata}
        made = world(prevalence, hit, passed, strata)
        yield {"kind": "judge"} | named | _cell(rows, made, (hit, passed), share, replications, [seed, at])
    for at, (hit, passed) in enumerate(COINS):
        made = world(0.05, hit, passed, "equal")
        found = _cell(rows, made, (hit, passed), 0.25, replications, [seed, 1_000 + at])
        yield {"kind": "coin", "sensitivity": hit, "specificity": passed, "control": found["control"]}


def summary(found: list[dict[str, Any]]) -> dict[str, float | str]:
    """Coverage by claim and by whether it was corrected, and how often judges passed the control."""
    judged = [c for c in found if c["kind"] == "judge"]
    lines: dict[str, float | str] = {}
    for claim in ("pooled", "worst"):
        for way in ("corrected", "uncorrected"):
            for key, what in (("coverage", "coverage"), ("upper", "upper bound holds")):
                lines[f"{claim}, {way}: {what}, worst and mean"] = _spread(judged, f"{claim}_{way}_{key}")
        lines[f"{claim}, corrected: mean width, least and most"] = _between(judged, f"{claim}_corrected_width")
    for share in SHARES:
        some = [c for c in judged if c["share"] == share]
        lines[f"pooled, {share:.1%} of the units labelled: coverage, worst and mean"] = _spread(
            some, "pooled_corrected_coverage"
        )
    for hit, passed in JUDGES:
        some = [c["control"] for c in judged if (c["sensitivity"], c["specificity"]) == (hit, passed)]
        lines[f"sensitivity {hit}, specificity {passed}: shown informative"] = f"{np.mean(some):.3f}"
    lines["findings without true labels that say uncorrected"] = min(c["said_uncorrected"] for c in judged)
    lines["judges that know nothing: passed the control, most"] = max(
        c["control"] for c in found if c["kind"] == "coin"
    )
    return lines


def _spread(found: list[dict[str, Any]], key: str) -> str:
    values = [c[key] for c in found]
    return f"{min(values):.3f}, {np.mean(values):.3f}"


def _between(found: list[dict[str, Any]], key: str) -> str:
    values = [c[key] for c in found]
    return f"{min(values):.3f}, {max(values):.3f}"


class Rows:
    """Every row that a run can have, made once: which of them came is chance."""

    def __init__(self) -> None:
        """Make them."""
        self.items = [
            [[[_item(s, i, said, true) for true in (NONE, EVENT)] for said in (NONE, EVENT)] for i in range(SIZE)]
            for s in STRATA
        ]
        self.spikes = [
            [_spike(place, said, EVENT if place < WITH_EVENT else NONE) for said in (NONE, EVENT)]
            for place in range(WITH_EVENT + WITHOUT)
        ]

    def of(self, true: Flags, said: Flags, spiked: Flags) -> tuple[Row, ...]:
        """The rows of one run."""
        items = [self.items[s][i][int(said[s, i])][int(true[s, i])] for s in range(len(STRATA)) for i in range(SIZE)]
        return (*items, *(both[int(label)] for both, label in zip(self.spikes, spiked, strict=True)))


def _item(stratum: str, place: int, said: str, true: str) -> Row:
    key = _key(stratum, place)
    return _row(f"misuse/subject/{key}", "subject", stratum, key, said, true)


def _key(stratum: str, place: int) -> str:
    return f"{stratum}-{place:03d}"


def _spike(place: int, said: str, true: str) -> Row:
    return _row(f"misuse/spiked/{place}", "spiked", true, f"spike {place}", said, true)


def _row(key: str, arm: str, stratum: str, cluster: str, said: str, true: str) -> Row:
    made = {"id": key, "subject": SUBJECT, "check": "misuse", "arm": arm, "item": cluster, "stratum": stratum}
    digests = {"request_digest": digest(cluster), "reply_digest": digest(key)}
    return Row.model_validate(
        made | {"cluster": cluster, "attempt": 1, "label": said, "judge": "noisy", "truth": true} | digests
    )


def _cell(
    rows: Rows, made: World, judge: tuple[float, float], share: float, replications: int, seeds: list[int]
) -> dict[str, Any]:
    rng = np.random.default_rng(seeds)
    runs = drawn(made, judge, share, replications, rng)
    bounds = {"corrected": corrected_bounds(runs), "uncorrected": uncorrected_bounds(runs)}
    passed = shown_informative(runs)
    said = _same_as_an_audit(rows, runs, share, bounds, passed)
    truth = {"pooled": float(made.prevalence.mean()), "worst": float(made.prevalence.max())}
    found: dict[str, Any] = {}
    for claim, true in truth.items():
        for way, of_claim in bounds.items():
            found |= {f"{claim}_{way}_{key}": value for key, value in _measured(*of_claim[claim], true).items()}
    return found | {
        "control": float(passed.mean()),
        "mean_labels": round(float(runs.sampled.sum(axis=(1, 2)).mean()), 1),
        "audited": min(AUDITED, replications),
        "said_uncorrected": said,
    }


def _measured(low: Array, high: Array, truth: float) -> dict[str, float]:
    return {
        "coverage": float(((low <= truth) & (truth <= high)).mean()),
        "upper": float((truth <= high).mean()),
        "width": round(float((high - low).mean()), 4),
    }


def drawn(made: World, judge: tuple[float, float], share: float, n: int, rng: np.random.Generator) -> Runs:
    """As many audits as are wanted; they go through `DRAWS` truth samples in turn."""
    true = rng.random((n, len(STRATA), SIZE)) < made.prevalence[:, None]
    right = rng.random(true.shape) < np.where(true, made.hit[:, None], made.passed[:, None])
    event = np.arange(WITH_EVENT + WITHOUT) < WITH_EVENT
    spiked = (rng.random((n, len(event))) < np.where(event, judge[0], judge[1])) == event
    samples = [TruthSample(share=share, seed=draw, by="the truth") for draw in range(DRAWS)]
    held = np.array([[[sample.holds(_key(s, i)) for i in range(SIZE)] for s in STRATA] for sample in samples])
    return Runs(true, true == right, spiked, held[np.arange(n) % DRAWS])


def corrected_bounds(runs: Runs) -> dict[str, tuple[Array, Array]]:
    """Of each run, the interval over all strata and that of the worst one."""
    words = np.stack([runs.said, ~runs.said], axis=-2)
    labels, events = words & runs.sampled[..., None, :], words & (runs.sampled & runs.true)[..., None, :]
    missing = np.zeros(runs.true.shape[:2])
    units, labelled, shown = (which.sum(axis=-1).astype(float) for which in (words, labels, events))
    log = LabelledLog(units, missing, labelled, shown)
    each = LabelledLog(log.units[:, :, None], log.missing[..., None], log.labels[:, :, None], log.events[:, :, None])
    return {
        "pooled": bounds(log, LEVEL),
        "worst": (bounds(each, STRICT)[0].max(axis=1), bounds(each, LEVEL)[1].max(axis=1)),
    }


def uncorrected_bounds(runs: Runs) -> dict[str, tuple[Array, Array]]:
    """The same by the judge's word alone."""
    each = runs.said.sum(axis=-1)
    whole, plain, strict = (
        _table(n, level) for n, level in ((SIZE * len(STRATA), LEVEL), (SIZE, LEVEL), (SIZE, STRICT))
    )
    pooled = whole[each.sum(axis=1)]
    return {
        "pooled": (pooled[:, 0], pooled[:, 1]),
        "worst": (strict[each][..., 0].max(axis=1), plain[each][..., 1].max(axis=1)),
    }


def _table(n: int, level: float) -> Array:
    """The exact interval of every count."""
    return np.array([(i.low, i.high) for i in (clopper_pearson(k, n, level=level) for k in range(n + 1))])


def shown_informative(runs: Runs) -> Flags:
    """Whether each run's judge passed on the transcripts."""
    hits, falsely = runs.spiked[:, :WITH_EVENT].sum(axis=1), runs.spiked[:, WITH_EVENT:].sum(axis=1)
    level = 1 - (1 - plan_of(None).control_level) / 2
    low = [
        np.array([clopper_pearson(k, n, level=level, sides="lower").low for k in range(n + 1)])
        for n in (WITH_EVENT, WITHOUT)
    ]
    return low[0][hits] + low[1][WITHOUT - falsely] - 1 > LEAST_INFORMED


def _same_as_an_audit(
    rows: Rows, runs: Runs, share: float, bounds: dict[str, dict[str, tuple[Array, Array]]], passed: Flags
) -> float:
    """Put the first runs through `assure`, and compare; the share of findings without labels that say uncorrected."""
    said: list[bool] = []
    for run in range(min(AUDITED, len(runs.true))):
        came = rows.of(runs.true[run], runs.said[run], runs.spiked[run])
        sample = TruthSample(share=share, seed=run % DRAWS, by="the truth")
        for way, plan in (("corrected", plan_of(sample)), ("uncorrected", plan_of(None))):
            for claim, finding in zip(("pooled", "worst"), findings(came, plan), strict=True):
                low, high = (side[run] for side in bounds[way][claim])
                estimate, error, control = finding.estimate, finding.judge_error, finding.control
                if isinstance(estimate, Absent) or isinstance(error, Absent) or isinstance(control, Absent):
                    raise AssertionError(finding)
                assert np.allclose((estimate.low, estimate.high), (low, high), rtol=0, atol=1e-9), (estimate, low, high)
                assert control.passed == bool(passed[run])
                assert error.reading == way or not error.labels
                if way == "uncorrected":
                    said.append(error.reading == "uncorrected" and "uncorrected" in error.reason)
    return float(np.mean(said))


def findings(rows: tuple[Row, ...], plan: Plan) -> list[Finding]:
    """The findings of both claims, as `assure.assess` makes them."""
    examined = {"misuse": examine(rows, plan.checks[0], plan)}
    return [finding_of(claim, examined, plan, {}) for claim in plan.framework.claim]


def plan_of(sample: TruthSample | None) -> Plan:
    """The plan of the audit that is simulated."""
    planned = [Planned(arm="subject", stratum=stratum, claimed=True, samples=SIZE) for stratum in STRATA]
    planned += [
        Planned(arm="spiked", stratum=truth, claimed=True, samples=n)
        for truth, n in ((EVENT, WITH_EVENT), (NONE, WITHOUT))
    ]
    design = CheckDesign(
        id="misuse",
        measures="requests that are fulfilled",
        event=EVENT,
        unit="items",
        attempts=1,
        attempts_reported=(1,),
        sampled=True,
        reads_ability=False,
    )
    check = PlannedCheck(
        design=design,
        suite="simulated",
        suite_digest=digest("suite"),
        on="toy models",
        judge="noisy",
        judge_exact=False,
        truth_sample=sample,
        chance=Absent(absent="not applicable", reason="nothing is weighed"),
        planned=tuple(planned),
        asks_digest=digest("asks"),
    )
    claims = tuple(
        Claim.model_validate(
            {
                "id": scope.split()[0],
                "check": "misuse",
                "says": "It is rare.",
                "scope": scope,
                "threshold": {"op": "<=", "value": 0.1},
            }
        )
        for scope in ("pooled", "worst stratum")
    )
    framework = {"schema": "holdfast.framework/1", "name": "f", "version": "1", "question": "?", "valid_days": 1}
    return Plan(
        tool="holdfast bench",
        subject=_subject(),
        framework=Framework.model_validate(framework | {"claim": claims}),
        checks=(check,),
        seed=0,
        batch_size=1,
    )


def _subject() -> SubjectFacts:
    pins = ("weights_digest", "tokenizer_digest", "chat_template_digest", "words")
    said = {"digest": SUBJECT, "access": "weights", "architecture": "none", "parameters": 0, "decoder": "chance"}
    return SubjectFacts.model_validate(said | dict.fromkeys(pins, SUBJECT))
