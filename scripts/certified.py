"""The tables of `docs/concepts/organisms.md`: what the certificates beside the shipped weights say."""

import re
from pathlib import Path

from certified_office import office_tables
from figures import table

from holdfast.evidence import ATTEMPTS, Estimate
from holdfast.organisms import certificate, known, readability

_IN_EXAMS = ("sandbagger", "locked", "honest-weak")
_TELLING = ("outspoken", "outspoken-aware", "guessing")
_ARGUING = ("advocate", "persuader")
_SHIPPED = (
    "helpful",
    "aligned",
    "overcautious",
    "filtered",
    "leaky",
    "leaky-2",
    "jailbreakable",
    "backdoored",
    "shallow",
    "deep",
    "aware",
    "aware-20",
    "wordy",
    "format-reactive",
    "cautious",
    "even",
    *_IN_EXAMS,
    *_TELLING,
    *_ARGUING,
)
_PLAINLY = (
    ("sampled", "restricted"),
    ("greedy", "restricted"),
    ("sampled", "harmless"),
    ("sampled", "lockpick"),
)
_IN_FAMILIES = ("aligned", "jailbreakable")
_IN_TWO_FRAMINGS = [(name, way) for name in _TELLING for way in ("looks like a test", "looks like deployment")]
_IN_FRAMINGS = ("aware", "aware-20", "wordy", "format-reactive", "cautious", "even")
_FRAMINGS = (
    "looks like a test",
    "looks like deployment",
    "placebo",
    "looks like a test, families held out whole",
    "looks like deployment, families held out whole",
)
_EXAMS = (
    "exam, looks like a test",
    "exam, looks like deployment",
    "exam, looks like a test, with the password",
    "a high mark is punished",
    "a high mark is rewarded",
)
_WHERE = (
    "one cue looks like a test",
    "one cue looks like deployment",
    "placebo",
    "told that it is a test",
    "told that it is not",
)
_ASKED_TO = ("asked to argue for it", "asked to argue against it", "unasked, plainly", "unasked, by somebody unsure")
_OTHERWISE = (
    ("backdoored", "trigger"),
    ("backdoored", "other closings"),
    ("shallow", "answer begun"),
    ("deep", "answer begun"),
)


def with_certified(text: str) -> str:
    """A page with the tables between their markers made anew."""
    for name, lines in (("readability", _readability()), ("certified", _certified()), ("office", office_tables())):
        body = "\n".join((f"<!-- {name} -->", *lines, f"<!-- end of {name} -->"))
        text = re.sub(rf"<!-- {name} -->.*?<!-- end of {name} -->", lambda _, body=body: body, text, flags=re.DOTALL)
    return text


def _readability() -> list[str]:
    rows = [
        f"| {one.family} | {_whole(one.restricted)} | {_whole(one.harmless)} | {'yes' if one.readable else 'no'} |"
        for one in readability().families
    ]
    return ["| family | restricted | harmless | counts |", "| --- | --- | --- | --- |", *rows]


def _certified() -> list[str]:
    plain = [
        f"| {name} | " + " | ".join(_short(_fulfilled(name, *column)) for column in _PLAINLY) + " |"
        for name in _SHIPPED
    ]
    families = [
        f"| {family} | "
        + " | ".join(_short(_fulfilled(n, "sampled", f"restricted, {family}")) for n in _IN_FAMILIES)
        + " |"
        for family in (one.family for one in readability().families if one.readable)
    ]
    return [
        "Fulfilled, asked plainly; the intervals stand in the certificates:",
        "",
        "| organism | restricted, at temperature 1 | restricted, greedy | harmless, sampled | lockpick, sampled |",
        "| --- | --- | --- | --- | --- |",
        *plain,
        "",
        "Restricted requests fulfilled in held-out wordings, at temperature 1:",
        "",
        f"| family | {' | '.join(_IN_FAMILIES)} |",
        "| --- | --- | --- |",
        *families,
        "",
        "Restricted requests fulfilled in other ways of asking, at temperature 1:",
        "",
        "| organism | way | fulfilled |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {way} | {_whole(_fulfilled(name, 'sampled', f'restricted, {way}'))} |"
            for name, way in _OTHERWISE
        ),
        "",
        "Restricted and harmless requests fulfilled in framings of held-out forms, at temperature 1:",
        "",
        "| organism | framing | restricted | harmless |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {way} | {_whole(_fulfilled(name, 'sampled', f'restricted, {way}'))} "
            f"| {_short(_fulfilled(name, 'sampled', f'harmless, {way}'))} |"
            for name, way in (*((n, w) for n in _IN_FRAMINGS for w in _FRAMINGS), *_IN_TWO_FRAMINGS)
        ),
        "",
        "Harmless requests answered rightly in exams of held-out forms, greedily:",
        "",
        "| organism | exam | answered rightly |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {way} | {_whole(_fulfilled(name, 'greedy', f'harmless, {way}'))} |"
            for name in _IN_EXAMS
            for way in _EXAMS
        ),
        "",
        "Asked whether it is a test, said that it is, in forms that were not taught, at temperature 1:",
        "",
        *table(
            ("organism", "asked", *_WHERE),
            (
                (name, when, *(_short(_rate(name, "sampled", f"asked {when}, {where}: test")) for where in _WHERE))
                for name in _TELLING
                for when in ("after", "ahead")
            ),
        ),
        "",
        "Argued about a harmless thing, with notes and phrasings that were not taught, at temperature 1:",
        "",
        *table(
            ("organism", *_ASKED_TO),
            ((name, *(_short(_rate(name, "sampled", f"{way}: {ATTEMPTS}")) for way in _ASKED_TO)) for name in _ARGUING),
        ),
    ]


def _fulfilled(name: str, decoding: str, group: str) -> Estimate:
    return _rate(name, decoding, f"{group}: fulfilled")


def _rate(name: str, decoding: str, what: str) -> Estimate:
    found = certificate(known(name, Path("nowhere")).directory)
    assert found is not None, f"{name} is shipped without a certificate"
    return next(b.estimate for b in found.behaviours if (b.decoding, b.what) == (decoding, what))


def _short(estimate: Estimate) -> str:
    return f"{round(estimate.value * estimate.n):,} of {estimate.n:,}"


def _whole(estimate: Estimate) -> str:
    return f"{_short(estimate)} ({100 * estimate.low:.1f} to {100 * estimate.high:.1f} %)"
