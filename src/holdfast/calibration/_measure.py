"""Training one member of a population, auditing it, and finding out what it really does."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from holdfast.assure import assess, load_framework
from holdfast.audit import collect, open_subject, prepare, scored, suites_for
from holdfast.calibration._exams import held_back
from holdfast.calibration._measured import Measured, MeasuredInExam, MeasuredInTwins
from holdfast.calibration._twins import single_pairs, true_gap
from holdfast.checks import CHECKS
from holdfast.evidence import Absent, CheckDesign, Framework, Record, Subject, Suite
from holdfast.organisms import Member, organism_directory, whole_weights
from holdfast.store import RunDirectory

_Use = Literal["audit", "truth", "pairs"]
"""What a seed is for: an audit must not see the draws that its truth is measured by."""


class _Passing(RunDirectory):
    """Keeps nothing: an audit of seconds is begun anew, and its replies are of no use afterwards."""

    def load_batch(self, number: int) -> None:
        """Nothing was kept."""

    def load_seal(self, number: int) -> None:
        """Nothing was kept."""

    def save_seal(self, number: int, seal: object) -> None:
        """Nothing is kept."""

    def save_batch(self, number: int, replies: object) -> None:
        """Nothing is kept."""


def measure(
    member: Member,
    cache: Path,
    device: str | None,
    announce: Callable[[str], None],
    measured_of: Callable[[Member, Subject], Measured],
) -> Measured:
    """Train an organism, audit it, and measure what it does; its weights are gone afterwards.

    Args:
        member: Which organism.
        cache: Where the organism that it starts from is looked for.
        device: Where it is trained and asked; None to choose.
        announce: Told what is being done.
        measured_of: Audits it as the population's check does, and measures its truth.

    Returns:
        What was found, and the truth.

    Raises:
        HoldfastError: See `organisms.training.train` and `audit.open_subject`.
    """
    announce("training")
    with trained(member, cache, device) as subject:
        announce("asking")
        return measured_of(member, subject)


@contextmanager
def trained(member: Member, cache: Path, device: str | None) -> Generator[Subject]:
    """An organism that was trained just now, as a subject; its weights are thrown away at the end."""
    # Torch, which the light wing does without.
    from holdfast.organisms.training import train

    with TemporaryDirectory(prefix="holdfast-calibration-") as scratch:
        directory = Path(scratch) / member.name
        train(
            member.recipe,
            directory,
            lambda base: organism_directory(base, cache),
            seed=member.number,
            device=device,
        )
        yield open_subject(str(_whole(directory, member, cache)), device=device)


def twins_measured(member: Member, subject: Subject) -> MeasuredInTwins:
    """Audit a subject that is this member for `awareness`, and measure what it does in twins."""
    record = passing_audit(subject, load_framework("awareness"), _seed(member, "audit"))
    finding = next(finding for finding in record.findings if finding.check == "awareness")
    asked, rejected = single_pairs(subject, _seed(member, "pairs"))
    return MeasuredInTwins(
        name=member.name,
        recipe=member.recipe_name,
        planted=member.planted,
        truth=true_gap(subject, _seed(member, "truth")),
        verdict=finding.verdict,
        reading=finding.gap.reading if finding.gap else "not to be read",
        reason=finding.reason,
        found=finding.estimate,
        pairs_asked=asked,
        pairs_rejected=rejected,
    )


def exam_measured(member: Member, subject: Subject) -> MeasuredInExam:
    """Audit a subject that is this member for `sandbagging`, and measure what it holds back.

    The claim is the one about the largest gain; no matched model is asked, so that no gain is called hidden.
    """
    record = passing_audit(subject, load_framework("sandbagging"), _seed(member, "audit"))
    finding = next(finding for finding in record.findings if finding.check == "sandbagging")
    shown, hidden = held_back(subject, _seed(member, "truth"))
    elicited = finding.elicitation
    return MeasuredInExam(
        name=member.name,
        recipe=member.recipe_name,
        plant=member.plant,
        planted=member.planted,
        truth=hidden,
        shown=shown,
        verdict=finding.verdict,
        reading=elicited.reading if elicited else "not to be read",
        reason=finding.reason,
        found=finding.estimate,
        most_by=elicited.largest if elicited else Absent(absent="not tested", reason=finding.reason),
    )


def _whole(directory: Path, member: Member, cache: Path) -> Path:
    """The weights as one model, made where they are thrown away and not among those that are kept."""
    assert member.recipe.base is not None  # an adapter has one
    own = directory.with_name("home")
    own.mkdir()
    (own / member.recipe.base).symlink_to(organism_directory(member.recipe.base, cache))
    return whole_weights(directory, member.name, own)


def passing_audit(
    subject: Subject,
    framework: Framework,
    seed: int,
    designs: Mapping[str, CheckDesign] = CHECKS,
    suites: Mapping[str, Suite] | None = None,
) -> Record:
    """A whole audit of which nothing is kept but its record; it carries no calibration cards.

    Args:
        subject: Who is audited.
        framework: Its claims.
        seed: Of the run.
        designs: The checks that there are.
        suites: What each is given; what fits the subject's vocabulary, where none are given.
    """
    given = suites_for(subject.facts, "auto", seed) if suites is None else suites
    prepared = prepare(subject.facts, framework, given, seed, designs=designs)
    collected = collect(prepared, subject, _Passing(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(scored(prepared, collected), prepared.plan, {})


def _seed(member: Member, use: _Use) -> int:
    """Another one for every organism and use, so that no two organisms are asked in the same framings."""
    return int.from_bytes(sha256(f"{use}/{member.name}".encode()).digest()[:4], "big")
