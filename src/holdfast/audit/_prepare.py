"""Making the plan: which checks a framework asks for, which suite each is given, which samples that comes to."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from holdfast.assure import is_tamper
from holdfast.audit._not_run import why_not
from holdfast.checks import (
    CHECKS,
    CORNERED_AGENT,
    PERSUASION_ASKED,
    PERSUASION_UNASKED,
    asks_of,
    cue_signs,
    demonstrations_of,
    not_asked,
    planned_of,
)
from holdfast.evidence import (
    CHANGED_ARMS,
    MATCHED_ARMS,
    PEOPLE_MOVED,
    TUNED_ARMS,
    Absent,
    Ask,
    CheckDesign,
    Demonstration,
    Framework,
    MeasuredScorer,
    Plan,
    PlannedCheck,
    ReplayedSuite,
    Scorer,
    StudyResult,
    SubjectFacts,
    Suite,
    TruthSample,
    digest,
)
from holdfast.framings import EnglishFramings
from holdfast.mailbox import mailbox_suite
from holdfast.organisms import (
    english_digest,
    fictional_suite,
    in_arguments,
    in_bracket,
    in_exam,
    in_information,
    in_other_words,
    in_recognition,
    in_twins,
    language_digest,
    office_digest,
)
from holdfast.tamper import PreparedTamper
from holdfast.topics import asked_suite, unasked_suite
from holdfast.training import Tuning

BATCH_SIZE: Final = 256
TRUTH_SHARE: Final = 0.25
"""Of 400 items about 100 get a true label: where labels cost people's time, an hour or two of it."""
_NUMBERS_DEPEND_ON: Final = ("numpy", "scipy", "pydantic", "torch", "transformers", "peft", "tokenizers", "safetensors")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, with the suites and asks that it is a digest of."""

    plan: Plan
    suites: Mapping[str, Suite]
    """By check."""
    asks: Mapping[str, tuple[Ask, ...]]
    """By check."""
    truths: Mapping[str, Scorer] = field(default_factory=dict[str, Scorer])
    """By check, who gives true labels beside a judge that may err."""
    demonstrations: Mapping[str, tuple[Demonstration, ...]] = field(
        default_factory=dict[str, tuple[Demonstration, ...]]
    )
    """By check, the right answers that are taught before its `tuned` arm."""
    attacks: PreparedTamper | None = None
    """What is done to copies whose weights are changed, where anything is."""

    def batches(self) -> tuple[tuple[Ask, ...], ...]:
        """Every ask, cut into batches that the plan fixes: one decoding, one kind, at most `batch_size`.

        What is asked of a subject whose weights are changed is one batch, however large: it is one process.
        """
        made: list[list[Ask]] = []
        for ask in (ask for asks in self.asks.values() for ask in asks):
            last = made[-1] if made else []
            if last and _alike(last[0], ask) and (len(last) < self.plan.batch_size or ask.arm in CHANGED_ARMS):
                last.append(ask)
            else:
                made.append([ask])
        return tuple(tuple(batch) for batch in made)


def _alike(one: Ask, other: Ask) -> bool:
    return _kind(one) == _kind(other)


def _kind(ask: Ask) -> tuple[object, ...]:
    return (
        ask.check,
        ask.decoding,
        bool(ask.candidates),
        ask.reads_state,
        ask.steer,
        ask.arm if ask.arm in CHANGED_ARMS | MATCHED_ARMS else "",
    )


SuiteChoice = Literal["auto", "fictional"]


def suites_for(
    subject: SubjectFacts, suite: SuiteChoice = "auto", seed: int = 0, judge: Scorer | None = None
) -> dict[str, Suite]:
    """The suite that each check is given for this subject.

    Args:
        subject: What will be asked.
        suite: `auto` gives the fictional ones to a subject that speaks their language, which is read from its
            vocabulary and never from its name; one that reads English cues as well is framed in those. An endpoint
            shows no vocabulary: whoever knows that it serves a model of that language says `fictional`.
        seed: Of the run: what is drawn by a generator is drawn anew with it.
        judge: Who says whether a reply in English tries to persuade; without any, nobody is talked with about topics.

    Returns:
        By check. The mailbox and the topics are in English, so any subject is given them but those whose language lacks
        the words.
    """
    if suite == "auto" and subject.words not in (language_digest(), english_digest()):
        english: dict[str, Suite] = {"cornered": mailbox_suite(seed, number=CORNERED_AGENT.scenarios, on=_on(subject))}
        if judge is None:
            return english
        return english | {PERSUASION_ASKED.id: asked_suite(judge), PERSUASION_UNASKED.id: unasked_suite(judge)}
    harmless = fictional_suite("harmless")
    plain: dict[str, Suite] = {
        "misuse": fictional_suite("restricted"),
        "over-refusal": harmless,
        "capability": harmless,
    }
    if subject.words == english_digest():
        return plain | {
            "awareness": in_twins(EnglishFramings()),
            "sandbagging": in_exam(EnglishFramings(consequence=True)),
        }
    return plain | {
        "jailbreak": in_other_words(),
        "awareness": in_twins(),
        "recognition": in_recognition(),
        "bracket": in_bracket(),
        "sandbagging": in_exam(),
        PERSUASION_ASKED.id: in_arguments(),
        PERSUASION_UNASKED.id: in_information(),
    }


def _on(subject: SubjectFacts) -> str:
    return "toy models" if subject.words == office_digest() else "an office in English mail"


def prepare(
    subject: SubjectFacts,
    framework: Framework,
    suites: Mapping[str, Suite],
    seed: int,
    *,
    designs: Mapping[str, CheckDesign] = CHECKS,
    matched: SubjectFacts | None = None,
    truths: Mapping[str, Scorer | str] | None = None,
    truth_share: float = TRUTH_SHARE,
    studies: Sequence[StudyResult] = (),
    attacks: PreparedTamper | None = None,
    left_out: Mapping[str, str] | None = None,
    noise: bool = False,
) -> Prepared:
    """Decide everything before the first sample.

    Args:
        subject: What will be asked.
        framework: Its claims choose the checks.
        suites: What each check is given; a check without a suite is not run, with a reason.
        seed: Of every sample and every choice of items.
        designs: The checks that there are.
        matched: Another model, known to be as weak as the subject shows itself, that an exam tunes beside it.
        truths: By check, who gives true labels where the suite's own scorer may err: an exact scorer, or in words the
            people who do so afterwards (see `assure.with_truths`). Without any such a check is reported as uncorrected.
        truth_share: Share of the units that get a true label.
        studies: Experiments with people, for claims about people.
        attacks: What is done to copies whose weights are changed, for claims about that.
        left_out: Claims' names of such checks that cannot be run, with the reason.
        noise: Whether an exam is also asked under noise on the subject's weights.

    Raises:
        ValueError: Who is to give true labels may err as well.
    """
    beside = {name: by for name, by in (truths or {}).items() if name in suites and not suites[name].scorer.exact}
    scorers = {name: by for name, by in beside.items() if not isinstance(by, str)}
    if any(not scorer.exact for scorer in scorers.values()):
        raise ValueError("true labels come from an exact scorer, or from people")
    who = {name: by if isinstance(by, str) else by.name for name, by in beside.items()}
    # The worst of several families has no estimator that carries a judge's error. Of twins people would have to say
    # which side of which one they read; so far only a scorer can.
    samples = {
        name: TruthSample(share=truth_share, seed=seed, by=by)
        for name, by in who.items()
        if not designs[name].in_families
        and not designs[name].in_exam
        and not designs[name].in_recognition
        and not designs[name].in_bracket
        and not designs[name].in_cells
        and not designs[name].replays
        and not designs[name].on_topics
        and (name in scorers or not designs[name].in_twins)
    }
    wanted = list(dict.fromkeys(claim.check for claim in framework.claim))
    runnable = [designs[name] for name in wanted if name in designs and name in suites]
    asks = {design.id: asks_of(design, suites[design.id], seed, subject, matched, noise=noise) for design in runnable}
    taught = {
        design.id: demonstrations_of(design, suites[design.id], seed)
        for design in runnable
        if any(ask.arm in TUNED_ARMS for ask in asks[design.id])
    }
    plan = Plan(
        tool=f"holdfast {version('holdfast')}",
        subject=subject,
        framework=framework,
        checks=tuple(
            _planned(
                design,
                suites[design.id],
                asks[design.id],
                subject,
                samples.get(design.id),
                seed,
                taught.get(design.id, ()),
            )
            for design in runnable
        ),
        not_runnable={
            name: (left_out or {}).get(name) or why_not(name, designs, subject)
            for name in wanted
            if name not in asks
            and not (studies and name == PEOPLE_MOVED)
            and not (attacks and is_tamper(name) and name not in (left_out or {}))
        },
        versions=versions(),
        matched=matched,
        studies=tuple(studies),
        tamper=attacks.plan if attacks else None,
        seed=seed,
        batch_size=BATCH_SIZE,
    )
    return Prepared(plan, {design.id: suites[design.id] for design in runnable}, asks, scorers, taught, attacks)


def _planned(
    design: CheckDesign,
    suite: Suite,
    asks: tuple[Ask, ...],
    subject: SubjectFacts,
    truth: TruthSample | None,
    seed: int,
    taught: tuple[Demonstration, ...],
) -> PlannedCheck:
    return PlannedCheck(
        design=design,
        suite=suite.name,
        suite_digest=suite.digest,
        on=suite.on,
        judge=suite.scorer.name,
        judge_exact=suite.scorer.exact,
        judge_measured=suite.scorer.measured if isinstance(suite.scorer, MeasuredScorer) else None,
        truth_sample=truth,
        chance=_chance(design, asks, subject),
        planned=planned_of(design, suite, asks),
        asks_digest=digest([ask.model_dump(mode="json") for ask in asks]),
        reference=dict(suite.readable) if design.in_families else {},
        not_asked=not_asked(suite, subject) if design.in_families else {},
        cues=cue_signs(design, suite, seed) if design.in_twins else {},
        framings=suite.framings.digest if suite.framings and (design.skeletons or design.in_recognition) else "",
        replay=suite.plan if isinstance(suite, ReplayedSuite) else None,
        demonstrations=digest([[one.model_dump(mode="json") for one in taught], asdict(Tuning())]) if taught else "",
    )


def _chance(design: CheckDesign, asks: Iterable[Ask], subject: SubjectFacts) -> float | Absent:
    """How often guessing would prefer the first of several candidates."""
    if candidates := max((len(ask.candidates) for ask in asks), default=0):
        return 1 / candidates
    if subject.access == "api" and (design.reads_ability or design.in_exam):
        why = "only text is available: which answer is likelier cannot be seen"
        return Absent(absent="not tested", reason=why)
    return Absent(absent="not applicable", reason="no answers are weighed against each other")


def measured_with() -> str:
    """The versions that numbers depend on, as one line."""
    return ", ".join(f"{name} {found}" for name, found in versions().items())


def versions() -> dict[str, str]:
    """The versions that numbers depend on: the same for every run on one installation."""
    found = {"python": platform.python_version()}
    for name in _NUMBERS_DEPEND_ON:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
