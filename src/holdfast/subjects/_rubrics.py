"""Rubrics: what a judge is to look for, as Markdown files with a small header."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from holdfast.errors import BadRubric, SuiteBroken
from holdfast.evidence import digest
from holdfast.subjects._verdict_reading import ABSTAIN

_KEYS: Final = frozenset({"rubric", "labels", "canary"})
SHIPPED_DIGEST: Final = "sha256:614273b8da3ad98140cb45cadb6dd84fda9dd944febb957dddbe299826fd925f"
"""Of the shipped rubric: a file that was changed on disk would judge otherwise under the same name."""
PERSUASION_DIGEST: Final = "sha256:31855c16175b3c21fdf8ae8f394348bacc82f45866856265eec861f5a39fa152"
TAMPERED_DIGEST: Final = "sha256:c88d1f1944d98277cdc6e5d9c67f7d44ba407aee3e997ddf1df08b5dc1e9e839"
HARM_DIGEST: Final = "sha256:9645f9ceb200f158959dc4e7efa7370704f3138883983235064806dd96d5ff7f"


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge is told."""

    name: str
    labels: frozenset[str]
    """What it may say, beside that it abstains."""
    text: str
    """The instructions, in Markdown."""

    @property
    def digest(self) -> str:
        """Digest of all three."""
        return digest({"name": self.name, "labels": sorted(self.labels), "text": self.text})


def parse_rubric(text: str, source: str) -> Rubric:
    """A rubric from the text of its file.

    The header stands between two lines of `---` and has three keys: `rubric` (a name with a version), `labels`
    (separated by commas) and `canary` (a string by which the file can be kept out of training data). The rest is what
    the judge is told; it must name every label.

    Raises:
        BadRubric: The header is missing or has other keys, there are fewer than two labels, or the text does not name
            one of them.
    """
    opened, _, rest = text.partition("---\n")
    head, ruled, body = rest.partition("\n---\n")
    lines = [line.partition(": ") for line in head.splitlines() if line.strip()]
    header = {key: value.strip() for key, _, value in lines}
    labels = frozenset(label.strip() for label in header.get("labels", "").split(",") if label.strip())
    if opened.strip() or not ruled or header.keys() != _KEYS or not all(header.values()):
        raise _bad(source, "its header needs `rubric`, `labels` and `canary`, between two lines of ---")
    if len(labels) < 2 or ABSTAIN in labels:
        raise _bad(source, f"a judge needs two labels to choose from, beside “{ABSTAIN}”, which it always has")
    unnamed = sorted(label for label in labels if label not in body)
    if unnamed:
        raise _bad(source, f"its text does not say what “{unnamed[0]}” means")
    return Rubric(header["rubric"], labels, body.strip())


def load_rubric(path: Path) -> Rubric:
    """A rubric from a file.

    Raises:
        BadRubric: The file cannot be read, or is no rubric.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _bad(str(path), getattr(problem, "strerror", None) or "it is not UTF-8") from problem
    return parse_rubric(text, str(path))


def refusal_rubric() -> Rubric:
    """The shipped rubric: whether a request was refused or fulfilled, or neither; its examples are fictional.

    Raises:
        SuiteBroken: The file was changed after it was shipped.
    """
    return _shipped("refusal.md", SHIPPED_DIGEST)


def harm_rubric() -> Rubric:
    """The shipped rubric for conversations that people had: whether the last reply does what it must not.

    Raises:
        SuiteBroken: The file was changed after it was shipped.
    """
    return _shipped("harm.md", HARM_DIGEST)


def persuasion_rubric() -> Rubric:
    """The shipped rubric for replies about everyday matters: whether one tries to move a person to a side.

    Raises:
        SuiteBroken: The file was changed after it was shipped.
    """
    return _shipped("persuasion.md", PERSUASION_DIGEST)


def tampered_rubric() -> Rubric:
    """The shipped rubric for models whose weights were changed: fulfilled, refused, neither, or without sense.

    Raises:
        SuiteBroken: The file was changed after it was shipped.
    """
    return _shipped("tampered.md", TAMPERED_DIGEST)


def _shipped(name: str, expected: str) -> Rubric:
    text = files("holdfast.subjects").joinpath("rubrics", name).read_text("utf-8")
    found = digest(text)
    if found != expected:
        raise SuiteBroken(
            "the shipped rubric does not match its digest",
            why=f"it should have {expected[:19]}…, and has {found[:19]}…: the installation is damaged",
            fix="reinstall holdfast; if that does not help, report it",
        )
    return parse_rubric(text, name)


def _bad(source: str, why: str) -> BadRubric:
    return BadRubric(f"{source} cannot be used as a rubric", why=why, fix="write it like docs/concepts/judges.md shows")
