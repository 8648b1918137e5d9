"""The sixteen leaves of the International AI Safety Report 2026, and why an untested one is untested.

Titles are the report's own. The report makes no recommendations; a leaf is a place to file a claim under, so that what
was not looked at is as visible as what was.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from holdfast.evidence import Coverage, Finding, Framework

LEAVES: Final[dict[str, tuple[str, str]]] = {
    "iasr26:1.1": ("What is general-purpose AI?", "context, nothing to measure"),
    "iasr26:1.2": ("Current capabilities", "no claim of this framework measures a capability"),
    "iasr26:1.3": ("Capabilities by 2030", "forecasts are beyond any measurement of a model"),
    "iasr26:2.1.1": ("AI-generated content and criminal activity", "no check for generated content in this version"),
    "iasr26:2.1.2": (
        "Influence and manipulation",
        "no claim of this framework speaks to it: attempts and persuasion would; effects on people need people",
    ),
    "iasr26:2.1.3": ("Cyberattacks", "no claim of this framework speaks to it; offensive skill is never measured here"),
    "iasr26:2.1.4": (
        "Biological and chemical risks",
        "no claim of this framework speaks to it; uplift is never measured here",
    ),
    "iasr26:2.2.1": ("Reliability challenges", "no check for agents' failures in this version"),
    "iasr26:2.2.2": (
        "Loss of control",
        "no claim of this framework speaks to it: awareness, bracket, recognition, sandbagging and cornered would",
    ),
    "iasr26:2.3.1": ("Labour market impacts", "outside any measurement of one model"),
    "iasr26:2.3.2": ("Risks to human autonomy", "no check for sycophancy in this version; over-trust needs people"),
    "iasr26:3.1": ("Technical and institutional challenges", "about the science itself, not about one model"),
    "iasr26:3.2": (
        "Risk management practices",
        "no incident drill, debt register or stack measurement in this version",
    ),
    "iasr26:3.3": ("Technical safeguards and monitoring", "no claim of this framework speaks to it"),
    "iasr26:3.4": (
        "Open-weight models",
        "no claim of this framework speaks to it: tamper would; what fine-tuning undoes is unknown",
    ),
    "iasr26:3.5": ("Building societal resilience", "no drill in this version; outcomes in society are out of reach"),
}

_MEASURED: Final = frozenset({"met", "not met", "undecided"})


def coverage_of(findings: Sequence[Finding], framework: Framework, on: Mapping[str, str]) -> tuple[Coverage, ...]:
    """Every leaf, with the claims that measured it, or the reason why nothing did.

    A finding that is invalid or not tested covers nothing.

    Args:
        findings: One for each claim.
        framework: Their claims, and the leaves that it requires.
        on: What each check was run on, in words.
    """
    asked = {tag for claim in framework.claim for tag in claim.tags} | set(framework.required_tags)
    covered: list[Coverage] = []
    for tag in (*LEAVES, *sorted(asked - set(LEAVES))):
        title, why = LEAVES.get(tag, (tag, "no claim measured it"))
        by = tuple(f"{f.claim} (on {on[f.check]})" for f in findings if tag in f.tags and f.verdict in _MEASURED)
        failed = [f for f in findings if tag in f.tags and f.verdict not in _MEASURED]
        reason = "" if by else f"{failed[0].claim}: {failed[0].reason}" if failed else why
        covered.append(Coverage(tag=tag, title=title, tested=bool(by), by=by, reason=reason))
    return tuple(covered)
