"""Samples as values: what a suite asks, in a form that has a digest and can be written down and read back."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from holdfast.evidence import digest

if TYPE_CHECKING:
    from inspect_ai.dataset import Sample

FIELDS: Final = ("id", "input", "target", "choices", "metadata")
"""What the known suites give a sample. Files, sandboxes and set-up scripts have none of them."""
_ASKING: Final = ("system", "user")


def described(samples: Iterable["Sample"]) -> tuple[dict[str, Any], ...]:
    """Each sample as plain JSON values, in order.

    Raises:
        ValueError: A sample has no id, or holds what the known suites have not: files, a sandbox, a set-up script, a
            turn of an assistant, or something that is no text.
    """
    return tuple(_plain(sample) for sample in samples)


def samples_digest(samples: Sequence[dict[str, Any]]) -> str:
    """Digest of samples as `described` gives them; any change of any of them changes it, and so does their order."""
    return digest(list(samples))


def rebuilt(samples: Iterable[dict[str, Any]]) -> list["Sample"]:
    """The samples that `described` was given.

    Raises:
        ValidationError: A value is none that a sample can hold.
    """
    from inspect_ai.dataset import Sample

    return [Sample.model_validate(sample) for sample in samples]


def _plain(sample: "Sample") -> dict[str, Any]:
    if sample.id is None:
        raise ValueError("a sample has no id")
    if sample.files or sample.sandbox or sample.setup:
        raise ValueError(f"sample {sample.id} has files, a sandbox or a set-up script")
    whole = sample.model_dump(mode="json")
    return {name: whole[name] for name in FIELDS} | {"input": _asked(sample)}


def _asked(sample: "Sample") -> str | list[dict[str, str]]:
    """What is asked, without the ids that Inspect draws anew for every turn that it makes."""
    if isinstance(sample.input, str):
        return sample.input
    if any(turn.role not in _ASKING or not isinstance(turn.content, str) for turn in sample.input):
        raise ValueError(f"sample {sample.id} is asked in another way than by text")
    return [{"role": turn.role, "content": turn.text} for turn in sample.input]
