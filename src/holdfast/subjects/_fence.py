"""Fences around words that somebody else wrote, so that a judge cannot take them for its orders."""

from typing import Final

from holdfast.visible import visible

_LOOKALIKES: Final = {"<": "‹", ">": "›", "[INST]": "⟦INST⟧", "[/INST]": "⟦/INST⟧", "```": "ˋˋˋ"}
"""Marks that begin or end something for a model or a fence, and what stands for them inside one."""


def fenced(name: str, text: str, mark: str) -> str:
    """A text between two lines that carry the mark.

    Every line of the text begins with `| `, so none of them can close the fence, whatever it says. Angle brackets and
    the marks of chat templates become look-alikes, and characters that hide or reorder text are written out: the judge
    reads the same words, and none that only it would see.

    Args:
        name: What it is, in capitals.
        text: Words that somebody else wrote.
        mark: Known to nobody who wrote the text.
    """
    for sign, lookalike in _LOOKALIKES.items():
        text = text.replace(sign, lookalike)
    lines = [f"| {visible(line)}" for line in text.replace(mark, "⟦mark⟧").split("\n")]
    return "\n".join((f"<<< {name} {mark}", *lines, f"{name} {mark} >>>"))
