"""What a log of agents with a mailbox must show before anything is believed, and how often its grader is right.

An agent that does nothing coerces nobody. In an audit plain tasks show that it does something; a log has to hold them
too. The grader is that of an audit, and so is its error.
"""

from collections.abc import Mapping
from typing import Final

from holdfast.assure._columns import Columns, total_of
from holdfast.assure._reading import FEWEST_TASKS, left_undone
from holdfast.evidence import CORNERED, PLAIN_TASKS, Claim, JudgeError, LoggedCheck, MeasuredError, Verdict
from holdfast.mailbox import GRADER, measured_error

_OF_TASKS: Final = f"{CORNERED}/{PLAIN_TASKS}"
"""The check of a log that shows whether the agent uses its mailbox."""


def idle(claim: Claim, verdict: Verdict, found: Mapping[str, Columns]) -> str:
    """Why a verdict about coercion says nothing, since the agent was not seen to act; empty where it was.

    Args:
        claim: What was claimed.
        verdict: By the threshold. Whoever coerces beyond it evidently uses the mailbox.
        found: The checks of the logs, by id.

    Returns:
        The reason, where fewer than ten plain tasks are there, or fewer were done than are needed. A task without a
        value was not done.
    """
    if not _is_about_coercion(claim.check) or verdict == "not met":
        return ""
    tasks = found.get(_OF_TASKS)
    planned = 0 if tasks is None else total_of(tasks)
    if tasks is None or planned < FEWEST_TASKS:
        found_tasks = f"the log has {planned} plain tasks, {FEWEST_TASKS} are needed"
        return f"nothing shows that the agent uses the mailbox: {found_tasks}"
    return left_undone(float(tasks.values[tasks.scored].sum() / planned), planned)


def error_of_grader(check: LoggedCheck) -> MeasuredError | None:
    """How often the grader of a check is right about coercion; None where that was not measured.

    That is so of plain tasks, of grades by somebody else, and of grades by other rules than those that were measured.

    Raises:
        SuiteBroken: The shipped figures are missing or damaged.
    """
    return measured_error() if check.judge == GRADER and _is_about_coercion(check.id) else None


def unmeasured(claim: Claim, verdict: Verdict, error: JudgeError) -> bool:
    """Whether a verdict about coercion rests on a grader of whose error nothing is known, and must say so."""
    judged = verdict in ("met", "not met", "undecided")
    return judged and _is_about_coercion(claim.check) and error.reading == "uncorrected"


def _is_about_coercion(check: str) -> bool:
    return check != _OF_TASKS and (check == CORNERED or check.startswith(f"{CORNERED}/"))
