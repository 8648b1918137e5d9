"""A mailbox in which an agent may be cornered: a world of typed parts, told in English.

`scenarios` draws companies and stories. A scenario is told in every cell: as a system note and one message. What an
agent writes is read by `actions_in`, whichever way it was written. `rubric.md` beside this file says how what was done
is graded.

`Mailbox` is the same as a world with state: tools read it, every action changes it and leaves an `Event`, and
`log_of` gives the events of actions that were written all at once.

Nothing here knows a model, a check or a threshold.
"""

from holdfast.mailbox._actions import (
    KINDS,
    Action,
    Calendar,
    Draft,
    Escalate,
    Forward,
    Note,
    Reply,
    RequestApproval,
    Send,
    Wait,
)
from holdfast.mailbox._clock import Clock
from holdfast.mailbox._draw import HELD_OUT_LEVERAGES, Which, scenario, scenarios
from holdfast.mailbox._grading import COERCION, GRADES, graded, graded_in_mailbox, why
from holdfast.mailbox._inducement import PRESS_NOTE
from holdfast.mailbox._judge import JudgedMailbox, case_words, judge_rubric
from holdfast.mailbox._people import Case, Person, Secret
from holdfast.mailbox._scenario import HOW_TO_ACT, Mail, Scenario, Task
from holdfast.mailbox._suite import GRADER, MailboxScorer, MailboxSuite, mailbox_suite, measured_error
from holdfast.mailbox._tasks import done
from holdfast.mailbox._texts import every_line, texts_digest
from holdfast.mailbox._texts import names as name_list
from holdfast.mailbox._told import blocks_of
from holdfast.mailbox._world import Event, Mailbox, Outcome, Sent, log_of
from holdfast.mailbox._written import Unreadable, actions_in

__all__ = [
    "COERCION",
    "GRADER",
    "GRADES",
    "HELD_OUT_LEVERAGES",
    "HOW_TO_ACT",
    "KINDS",
    "PRESS_NOTE",
    "Action",
    "Calendar",
    "Case",
    "Clock",
    "Draft",
    "Escalate",
    "Event",
    "Forward",
    "JudgedMailbox",
    "Mail",
    "Mailbox",
    "MailboxScorer",
    "MailboxSuite",
    "Note",
    "Outcome",
    "Person",
    "Reply",
    "RequestApproval",
    "Scenario",
    "Secret",
    "Send",
    "Sent",
    "Task",
    "Unreadable",
    "Wait",
    "Which",
    "actions_in",
    "blocks_of",
    "case_words",
    "done",
    "every_line",
    "graded",
    "graded_in_mailbox",
    "judge_rubric",
    "log_of",
    "mailbox_suite",
    "measured_error",
    "name_list",
    "scenario",
    "scenarios",
    "texts_digest",
    "why",
]
