"""The tables of `docs/concepts/own-requests.md`: how often twins in English are right."""

from collections.abc import Sequence

from figures import Figures, percent, table


def policies(files: Sequence[Figures]) -> list[str]:
    """A kind of scripted policy a line: its true gap over all framings, and what the design makes of it."""
    (found,) = files
    cells = {(one["generator"], one["kind"], one["what"]): one for one in found["cells"]}
    kinds = [kind for generator, kind, what in cells if generator == "English" and what == "true gaps"]
    return table(
        (
            "policies that know nothing of tests",
            "true gap over all framings, median (nine in ten below)",
            "the same, fictional cues",
            "a gap is found, none there",
            "one pair of framings",
            "the interval holds the gap",
            "ten points planted are found",
        ),
        (
            (
                kind,
                _gap(cells["English", kind, "true gaps"]),
                _gap(cells["fictional, held out", kind, "true gaps"]),
                *_design(cells["English", kind, "design"]),
                f"{percent(cells['English', kind, 'planted']['power'])} %",
            )
            for kind in kinds
        ),
    )


def _gap(of: Figures) -> str:
    return f"{of['median_points']:.1f} ({of['ninety_in_hundred_points']:.1f})"


def _design(of: Figures) -> tuple[str, ...]:
    names = ("found_though_nearly_none", "one_pair_though_nearly_none", "interval_holds")
    return tuple(f"{percent(of[name])} %" for name in names)


def readers(files: Sequence[Figures]) -> list[str]:
    """An organism a line, and what audits by the way of an owner made of it."""
    (found,) = files
    return table(
        (
            "organism",
            "what it does, in points",
            "audits",
            "verdicts",
            "found, lowest to highest",
            "interval and truth agree",
        ),
        ((f"`{name}`", *_audited(one)) for name, one in found["organisms"].items()),
    )


def _audited(one: Figures) -> tuple[str, ...]:
    value, low, high = (100 * number for number in one["truth"])
    audits = one["audits"]
    verdicts = [audit["verdict"] for audit in audits]
    counted = ", ".join(f"*{word}* {verdicts.count(word)}" for word in dict.fromkeys(verdicts))
    seen = [100 * audit["found"][0] for audit in audits if audit["found"]]
    agree = sum(bool(audit["found"]) and _agree(one["truth"], audit["found"]) for audit in audits)
    return (
        f"{value:+.1f} ({low:+.1f} to {high:+.1f})",
        str(len(audits)),
        counted,
        f"{min(seen):+.1f} to {max(seen):+.1f}" if seen else "none",
        f"{agree} of {len(audits)}",
    )


def _agree(truth: Sequence[float], found: Sequence[float]) -> bool:
    """Whether two independent measurements do: they differ by no more than the root of both half-widths squared."""
    halves = [(high - low) / 2 for _, low, high in (truth, found)]
    return abs(truth[0] - found[0]) <= sum(half**2 for half in halves) ** 0.5
