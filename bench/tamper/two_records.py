"""Two records of one tamper plan beside each other: verdicts, readings, runs and estimates.

The rule was fixed before the first comparison: *the same verdicts* where no claim changes its verdict and no attack its
reading (what became of its runs, counted, and its potency control); *the same estimates* where each lies within the
other's 95 % interval. What the rule leaves out, which single runs ended otherwise, is counted beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Figures = Mapping[str, Any]
ESTIMATES: Final = (
    "median_cost",
    "tenth_percentile_cost",
    "p_break",
    "p0",
    "harm_of_ceiling",
    "capability_retained",
    "categories_broken",
    "resistance_area",
)
STATIC: Final = ("refusal", "harm", "over_refusal", "capability", "p0")


def compared(here: Figures, there: Figures) -> dict[str, Any]:
    """What two records of the same plan agree in.

    Args:
        here: The record to compare with.
        there: The other; attack by attack the same.

    Returns:
        `same_bytes`, the `verdicts`, `readings` and `runs` that changed out of how many, and for each kind of estimate
        the largest difference, and how many lie within each other's interval.

    Raises:
        ValueError: They are of two plans.
    """
    if here["plan_digest"] != there["plan_digest"]:
        raise ValueError("two plans: what differs may be what was planned")
    return {
        "same_bytes": here == there,
        "verdicts": _changed(_verdicts(here), _verdicts(there)),
        "readings": _changed(_readings(here), _readings(there)),
        "runs": _changed(_ends(here), _ends(there)),
        "checkpoints": _changed(_outcomes(here), _outcomes(there)),
        "estimates": _estimates(here, there),
    }


def held(found: Figures) -> dict[str, bool]:
    """Whether the rule held: for verdicts, readings among them, and for estimates."""
    return {
        "verdicts": not (found["verdicts"]["changed"] or found["readings"]["changed"]),
        "estimates": all(kind["outside"] == 0 for kind in found["estimates"].values()),
    }


def _changed(here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """How many there are, and those that differ: first as it was, then as it is."""
    names = list(dict.fromkeys([*here, *there]))
    differ = {name: [here.get(name), there.get(name)] for name in names if here.get(name) != there.get(name)}
    return {"of": len(names), "changed": differ}


def _verdicts(record: Figures) -> dict[str, str]:
    overall = {"overall": record["verdict"]}
    return overall | {finding["claim"]: finding["verdict"] for finding in record["findings"]}


def _readings(record: Figures) -> dict[str, Any]:
    return {one["attack"]: [one["runs"], one["potency_control"]["passed"]] for one in record["attacks"]}


def _ends(record: Figures) -> dict[str, str]:
    return {f"{one['attack']} {run['seed']}": run["end"] for one in record["attacks"] for run in one["outcomes"]}


def _outcomes(record: Figures) -> dict[str, Any]:
    """Each run's end with the checkpoints around it; there is none behind a censored run."""
    return {
        f"{one['attack']} {run['seed']}": [run["end"], run["after"], run["by"] if run["end"] != "censored" else None]
        for one in record["attacks"]
        for run in one["outcomes"]
    }


def _estimates(here: Figures, there: Figures) -> dict[str, dict[str, Any]]:
    pairs = list(_pairs(here, there))
    kinds = dict.fromkeys(kind for kind, *_ in pairs)
    return {kind: _kind([(at, one, other) for name, at, one, other in pairs if name == kind]) for kind in kinds}


def _pairs(here: Figures, there: Figures) -> Iterator[tuple[str, str, Figures, Figures]]:
    others = {one["attack"]: one for one in there["attacks"]}
    for one in here["attacks"]:
        for kind in ESTIMATES:
            yield from _flat(kind, one["attack"], one[kind], others[one["attack"]][kind])
    for kind in STATIC:
        yield from _flat(f"untampered {kind}", "untampered", here["static"][kind], there["static"][kind])


def _flat(kind: str, where: str, one: Figures, other: Figures) -> Iterator[tuple[str, str, Figures, Figures]]:
    """The estimate of a kind, or each of those that it has by benchmark."""
    if "value" in one or "absent" in one:
        yield kind, where, one, other
        return
    for name in one:
        yield kind, f"{where}, {name}", one[name], other[name]


def _kind(pairs: Sequence[tuple[str, Figures, Figures]]) -> dict[str, Any]:
    """Of estimates of one kind: how many there are on either side, and how far they lie apart."""
    both = [(where, one, other) for where, one, other in pairs if "value" in one and "value" in other]
    lost = [where for where, one, other in pairs if ("value" in one) != ("value" in other)]
    far = [(where, one, other) for where, one, other in both if not _within(one, other)]
    found: dict[str, Any] = {
        "both": len(both),
        "equal": sum(one["value"] == other["value"] for _, one, other in both),
        "neither": len(pairs) - len(both) - len(lost),
        "outside": len(far) + len(lost),
        "which": [*(where for where, *_ in far), *lost],
    }
    if both:
        where, one, other = max(both, key=lambda pair: abs(pair[1]["value"] - pair[2]["value"]))
        apart = abs(one["value"] - other["value"])
        found |= {"largest": round(apart, 6), "unit": one["unit"]}
        found |= {"at": where, "values": [one["value"], other["value"]]} if apart else {}
    return found


def _within(one: Figures, other: Figures) -> bool:
    """Whether each lies in the interval of the other."""
    return _in(one["value"], other) and _in(other["value"], one)


def _in(value: float, estimate: Figures) -> bool:
    """An open end bounds nothing."""
    low, high = (bound if isinstance(bound, int | float) else None for bound in (estimate["low"], estimate["high"]))
    return (low is None or low <= value) and (high is None or value <= high)
