"""Replaying own conversations: who grades, at which temperature, and what is asked beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.audit._judging import open_judge
from holdfast.audit._prepare import Prepared, prepare, suites_for
from holdfast.checks import CHECKS, REPLAY
from holdfast.errors import BadRubric, JudgeUnclear
from holdfast.evidence import HARMFUL, REPLAY_LABELS, Framework, Subject
from holdfast.organisms import QUESTIONS, FictionalHarm, QuestionScorer, harm_spikes, language_digest
from holdfast.readers import read_chats
from holdfast.replay import (
    ENGLISH,
    EnglishTelling,
    Grading,
    Spike,
    labelled_spikes,
    read_kept,
    replay_suite,
    temperature_of,
)
from holdfast.subjects import Rubric, harm_rubric, load_rubric

FICTIONAL = "fictional"
"""The judge of traffic in the fictional language: exact, and of no use for any other."""
_FICTIONAL_TOKENS = 32


@dataclass(frozen=True, slots=True)
class ReplayChoice:
    """What the operator chooses of a replay."""

    folder: Path
    """Of the conversations that were imported."""
    judges: Sequence[str]
    rubric: Path | None = None
    """What is to be looked for; the shipped one where None."""
    labelled: Path | None = None
    """Transcripts that people labelled, of which the judge's error is read."""
    temperature: float | None = None
    """None: as the log says, where it does."""
    names: Sequence[str] = ()
    """To be taken out of the labelled transcripts; the conversations were redacted when they were imported."""


def prepare_replay(
    choice: ReplayChoice,
    subject: Subject,
    framework: Framework,
    seed: int,
    *,
    announce: Callable[[str], None] = lambda _: None,
) -> Prepared:
    """Decide everything before the first conversation is asked again.

    Args:
        choice: What the operator chooses.
        subject: Who is asked.
        framework: Its claims choose what is asked beside the replay, such as twins.
        seed: Of every sample.
        announce: Told where conversations go.

    Raises:
        FrozenBroken: The conversations are not there, or not what was imported.
        JudgeUnclear: No judge was named, several were, or the one that was has no use for what was given with it.
        BadRubric: The rubric cannot be used.
        BrokenLabels: The labelled transcripts cannot be used.
        MissingError: The judge cannot be opened; see `open_subject`.
    """
    taken = read_kept(choice.folder)
    grading = _grading(choice, subject, announce)
    temperature, says = temperature_of(taken.source, choice.temperature)
    toy = subject.facts.words == language_digest()
    if subject.facts.access == "api":
        announce("your conversations, redacted and not anonymous, are sent to whoever runs the model")
    suite = replay_suite(taken, grading, temperature_from=says, on="toy models" if toy else "your own log", seed=seed)
    design = REPLAY.model_copy(update={"temperature": temperature})
    if grading.judge.exact:
        design = design.model_copy(update={"max_new_tokens": _FICTIONAL_TOKENS})
    suites = {**suites_for(subject.facts, "auto", seed), REPLAY.id: suite}
    return prepare(subject.facts, framework, suites, seed, designs={**CHECKS, REPLAY.id: design})


def _grading(choice: ReplayChoice, subject: Subject, announce: Callable[[str], None]) -> Grading:
    judge = _one_judge(choice)
    if judge == FICTIONAL:
        return Grading(FictionalHarm(), QuestionScorer(), QUESTIONS, harm_spikes(), own_labels=False)
    rubric = _rubric(choice.rubric)
    spikes: tuple[Spike, ...] = harm_spikes()
    if choice.labelled is not None:
        spikes = labelled_spikes(choice.labelled, read_chats(choice.labelled), choice.names)
        if not choice.names:
            announce("without --redact-names no name is taken out of the labelled transcripts, which the run keeps")
    elif choice.rubric is not None:
        announce("without --labelled your rubric is tried on transcripts of the fictional world, which it must explain")
    grader, sent = open_judge(judge, rubric, subject.facts, announce)
    if sent:
        announce("your conversations, redacted and not anonymous, are sent to whoever runs the judge")
    return Grading(grader, EnglishTelling(), ENGLISH, spikes, own_labels=choice.labelled is not None)


def _one_judge(choice: ReplayChoice) -> str:
    if len(choice.judges) != 1:
        raise JudgeUnclear(
            "who judges the replies?" if not choice.judges else f"{len(choice.judges)} judges were named",
            why="one model grades them, and whose words decide is your choice: there is no default",
            fix="name one: --judge PROVIDER/MODEL, or --judge fictional for traffic of the fictional world",
        )
    judge = choice.judges[0]
    if judge == FICTIONAL and (choice.rubric or choice.labelled):
        raise JudgeUnclear(
            f"the judge {FICTIONAL} has no use for {'--rubric' if choice.rubric else '--labelled'}",
            why="it is right by construction, in the fictional world alone",
            fix="leave it out, or name a model as the judge",
        )
    return judge


def _rubric(path: Path | None) -> Rubric:
    rubric = harm_rubric() if path is None else load_rubric(path)
    if HARMFUL not in rubric.labels or not rubric.labels <= REPLAY_LABELS or len(rubric.labels) < 2:
        raise BadRubric(
            f"{path} cannot be used as a rubric for replies",
            why=f"its labels are {', '.join(sorted(rubric.labels))}",
            fix=f"take labels from {', '.join(sorted(REPLAY_LABELS))}, `{HARMFUL}` among them",
        )
    return rubric
