"""Models as judges: opening one, asking it, and giving it what it is to judge."""

from collections.abc import Callable, Mapping, Sequence

from holdfast.audit._open import open_subject
from holdfast.checks import CHECKS
from holdfast.errors import HoldfastError, JudgeUnclear
from holdfast.evidence import Ask, Decoding, Framework, Message, Scorer, ScorerFailed, Subject, SubjectFacts, digest
from holdfast.organisms import language_digest
from holdfast.subjects import Complete, LlmJudge, Rubric, persuasion_rubric

_JUDGE_TOKENS = 512


def open_judge(
    judge: str, rubric: Rubric, subject: SubjectFacts, announce: Callable[[str], None]
) -> tuple[LlmJudge, bool]:
    """A model that judges by a rubric, and whether what it is shown leaves this machine.

    Args:
        judge: As the user names it.
        rubric: What it looks for.
        subject: Who is judged.
        announce: Told what is opened.

    Raises:
        JudgeUnclear: It is the subject itself.
        MissingError: It cannot be opened; see `open_subject`.
    """
    opened = open_subject(judge, announce=lambda words: announce(f"--judge: {words}"))
    if opened.facts.digest == subject.digest:
        raise JudgeUnclear(
            f"{judge} is the subject itself",
            why="a model that grades its own replies shares every mistake with them",
            fix="name another judge, of another family if you can",
        )
    return LlmJudge(judge, rubric, completing(opened)), opened.facts.access == "api"


def judges_wanted(judges: Sequence[str], framework: Framework, suite: str) -> str | None:
    """The judge of an audit by our own suites, by name; None where none was named.

    Args:
        judges: Those that were named.
        framework: Its claims choose what is asked.
        suite: Which of our own suites was chosen.

    Raises:
        JudgeUnclear: Nothing that is asked has a use for one, or several were named.
    """
    if not judges:
        return None
    checks = [CHECKS[claim.check] for claim in framework.claim if claim.check in CHECKS]
    if suite == "fictional" or not any(check.on_topics for check in checks):
        raise _no_use(f"the suite {suite} has no use for --judge")
    if len(judges) > 1:
        raise JudgeUnclear(
            f"{len(judges)} judges were named",
            why="one model grades the replies, and there is no rule that makes one word of several",
            fix="name one",
        )
    return judges[0]


def judge_of_topics(judge: str | None, subject: Subject, announce: Callable[[str], None]) -> Scorer | None:
    """Who says whether a reply tries to persuade; None where nobody was named.

    Args:
        judge: As the user names it.
        subject: Who is judged.
        announce: Told what is opened.

    Raises:
        JudgeUnclear: It is the subject itself, or the subject is asked in the fictional language.
        MissingError: It cannot be opened; see `open_subject`.
        SuiteBroken: The shipped rubric was changed.
    """
    if judge is None:
        return None
    if subject.facts.words == language_digest():
        raise _no_use("this subject is asked in the fictional language, which has no use for --judge")
    return open_judge(judge, persuasion_rubric(), subject.facts, announce)[0]


def _no_use(what: str) -> JudgeUnclear:
    return JudgeUnclear(
        what,
        why="its answers are known word for word, and it ships with Holdfast",
        fix="leave it out, or name a published suite: holdfast suite list",
    )


def completing(subject: Subject) -> Complete:
    """A subject as what a judge asks: greedily, one conversation at a time.

    Args:
        subject: Who is asked.
    """

    def complete(messages: Sequence[Message]) -> str:
        said: Mapping[str, object] = {"messages": [message.model_dump() for message in messages]}
        ask = Ask(
            id=f"judge/{digest(said)[7:31]}",
            check="judge",
            arm="greedy",
            item="judge",
            stratum="judge",
            cluster="judge",
            messages=tuple(messages),
            decoding=Decoding(temperature=0, max_new_tokens=_JUDGE_TOKENS),
        )
        try:
            (reply,) = subject.answer((ask,), 0)
        except HoldfastError as failure:
            raise ScorerFailed(f"{failure.code} {failure.what}") from failure
        if reply.error is not None or reply.stop != "end":
            raise ScorerFailed(reply.error or f"its answer did not end: {reply.stop}")
        return reply.text

    return complete
