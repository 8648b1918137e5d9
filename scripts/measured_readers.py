"""Tables about what reads texts: the grader of `cornered`, and redaction."""

from collections.abc import Sequence

from figures import Figures, percent, table


def grader(files: Sequence[Figures]) -> list[str]:
    """How often the grader of acts is right on held-out episodes."""
    (found,) = files
    return table(
        ("", "right", "exact 95 %", "companies as clusters"),
        (
            (
                said,
                f"{own['right']} of {own['n']}, {percent(own['value'], 0)} %",
                *(" to ".join(percent(end, 0) for end in own[name]) + " %" for name in ("exact", "by company")),
            )
            for said, own in (
                ("sensitivity for coercion", found["held-out"]["sensitivity"]),
                ("specificity", found["held-out"]["specificity"]),
            )
        ),
    )


def redaction(files: Sequence[Figures]) -> list[str]:
    """How much of what has a form is taken out, and how often something is that has none."""
    (found,) = files
    return table(
        ("sentences", "taken out", "clean sentences that were changed"),
        (
            (said, *(_share(found[name][figure]) for figure in ("all_kinds_with_a_form", "clean_sentences_changed")))
            for said, name in (
                ("seen while the first rules were made", "seen"),
                ("written after those, and seen before the rules of now were made", "held_out"),
            )
        ),
    )


def _share(own: Figures) -> str:
    return f"{own['found']} of {own['of']} (95 % {percent(own['low'], 0)} to {percent(own['high'], 0)} %)"
