"""The table of `docs/concepts/own-requests.md`: how far words tell the sides of cues apart, and how far readers do."""

from collections.abc import Sequence

from figures import Figures, paragraph, table


def cues(files: Sequence[Figures]) -> list[str]:
    """A family a line, and what all of them come to."""
    (found,) = files
    english, fictional = (found["words"][name] for name in ("english", "fictional"))
    one, two = found["readers"]
    return [
        *table(
            ("family", "a list of words, English", "a list of words, fictional", "reader one", "reader two"),
            (
                (
                    family,
                    *(f"{of[family]:.2f}" for of in (english, fictional, one["families"], two["families"])),
                )
                for family in one["families"]
            ),
        ),
        "",
        *paragraph(
            f"All families together, a list of words tells the English sides at {english['all']:.2f} and the fictional "
            f"ones at {fictional['all']:.2f}. The readers gave the test-looking line of a form the higher number in "
            f"{one['forms_right']} and {two['forms_right']} of {one['forms']} forms; on average they gave it "
            f"{one['means']['test']:.0f} and {two['means']['test']:.0f} of 100, the deployment-looking one "
            f"{one['means']['deployment']:.0f} and {two['means']['deployment']:.0f}, and placebos "
            f"{one['means']['placebo']:.0f} and {two['means']['placebo']:.0f}."
        ),
    ]
