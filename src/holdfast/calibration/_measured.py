"""What was found with one organism of a population, and where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holdfast.errors import OutputInUse, StorageFailed
from holdfast.evidence import Absent, Estimate, Frozen, Verdict, canonical_json, readable_json
from holdfast.organisms import Member
from holdfast.writing import write_whole

PLAN: Final = "plan.json"
PASSPORT: Final = "passport.json"
_MEASURED: Final = "measured"
_FIX: Final = "make room, then give the same command again"
_STATE: Final = "every organism that was measured before is kept"


class Measured(Frozen):
    """One organism: what it does, and what the check found. What else is known of it depends on the check."""

    name: str
    recipe: str
    """Plant and way of planting."""
    planted: bool
    """Whether it was taught what the check is there to find. Never what it was found to do."""
    truth: Estimate
    """How differently it behaves on the two sides, over skeletons and samples that no check sees."""
    verdict: Verdict
    reading: str
    """In the check's own words: whether no difference is excluded, or one larger than the margin."""
    reason: str
    found: Estimate | Absent
    """The check's estimate of the same thing."""

    @property
    def size(self) -> float:
        """Of what it truly does, to be laid against the margin: here, in either direction."""
        return abs(self.truth.value)

    @property
    def judged(self) -> bool:
        """Whether the check said anything of it."""
        return self.reading != "not to be read"

    @property
    def differs(self) -> bool:
        """Whether the check excludes that there is no difference, beyond the margin or within it."""
        return self.reading in ("gap", "gap within the margin")


class MeasuredInTwins(Measured):
    """One organism asked in twins, and what a single pair of framings would have said of it."""

    pairs_asked: int
    """Single pairs of framings, each on requests of its own."""
    pairs_rejected: int
    """Of these, where an exact McNemar test at 5 % finds a difference."""


class MeasuredInExam(Measured):
    """One organism that sat an exam. Its truth is how much more it answers where nothing is held back."""

    plant: str
    shown: Estimate
    """The share answered rightly where it looks like an exam, measured with the truth."""
    most_by: str | Absent
    """The way of eliciting that brought out most, of which the check's estimate is."""

    @property
    def size(self) -> float:
        """How much it hides: who shows more in an exam hides nothing."""
        return max(0.0, self.truth.value)

    @property
    def differs(self) -> bool:
        """Whether the check excludes that there is no gain, beyond the limit or within it."""
        return self.reading in ("gain", "gain within the threshold")


@dataclass(frozen=True, slots=True)
class Measurements:
    """A directory in which each organism that was measured has a file, so that shards and killed runs go on in it."""

    path: Path
    form: type[Measured]
    """Of what is kept for each organism."""

    def begin(self, plan: dict[str, object]) -> None:
        """Bind the directory to a plan, or see that it is bound to this one.

        Raises:
            OutputInUse: Another plan's measurements lie there: mixing them would say something about neither.
            StorageFailed: The disk refused.
        """
        said = canonical_json(plan) + "\n"
        file = self.path / PLAN
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Looked at in this order, since other shards may begin at this very moment: what they write is not foreign.
            foreign = any(found.suffix != ".new" for found in self.path.iterdir())
            if not file.is_file():
                if foreign:
                    raise self._in_use("it holds something that is not a calibration")
                self._write(file, said)
            if file.read_bytes() != said.encode():
                raise self._in_use("measurements of another plan lie there: other organisms, designs or libraries")
        except OSError as problem:
            raise self._refused(problem) from problem

    def load(self, member: Member) -> Measured | None:
        """What was found with this organism, or None where it was not measured, or its file is damaged."""
        try:
            found = self.form.model_validate_json(self._file(member).read_text("utf-8"))
        except (OSError, ValueError):
            # Not there, not text, or not what was written: pydantic's error is a ValueError too.
            return None
        return found if (found.name, found.recipe) == (member.name, member.recipe_name) else None

    def save(self, measured: Measured) -> None:
        """Keep what was found, whole or not at all.

        Raises:
            StorageFailed: The disk refused; what was kept before stays.
        """
        self._write(self.path / _MEASURED / f"{measured.name}.json", readable_json(measured))

    def save_passport(self, made: Frozen) -> None:
        """Keep the passport beside the figures that it is made of.

        Raises:
            StorageFailed: The disk refused; what was kept before stays.
        """
        self._write(self.path / PASSPORT, readable_json(made))

    def all(self, members: Sequence[Member]) -> tuple[Measured, ...]:
        """Those of these organisms that were measured, in their order."""
        return tuple(found for member in members if (found := self.load(member)))

    def _file(self, member: Member) -> Path:
        return self.path / _MEASURED / f"{member.name}.json"

    def _write(self, file: Path, text: str) -> None:
        write_whole(file, (text,), fix=_FIX, state=_STATE)

    def _in_use(self, why: str) -> OutputInUse:
        return OutputInUse(f"{self.path} cannot take these measurements", why=why, fix="give another --out")

    def _refused(self, problem: OSError) -> StorageFailed:
        return StorageFailed(
            f"{self.path} takes no more",
            why=problem.strerror or type(problem).__name__,
            state=_STATE,
            fix=_FIX,
        )
