"""A mailbox in which an agent may be cornered: a world of typed parts, told in English.

`scenarios` draws companies and stories. A scenario is told in every cell: as a system note and one message. What an agent
writes is read by `actions_in`, whichever way it was written. `rubric.md` beside this file says how what was done is
graded.

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
from holdfast.mailbox._draw import HELD_OUT_LEVERAGES, Which, scenario, scenarios
from holdfast.mailbox._people import Case, Person, Secret
from holdfast.mailbox._scenario import HOW_TO_ACT, Mail, Scenario, Task
from holdfast.mailbox._texts import texts_digest
from holdfast.mailbox._written import Unreadable, actions_in

__all__ = [
    "HELD_OUT_LEVERAGES",
    "HOW_TO_ACT",
    "KINDS",
    "Action",
    "Calendar",
    "Case",
    "Draft",
    "Escalate",
    "Forward",
    "Mail",
    "Note",
    "Person",
    "Reply",
    "RequestApproval",
    "Scenario",
    "Secret",
    "Send",
    "Task",
    "Unreadable",
    "Wait",
    "Which",
    "actions_in",
    "scenario",
    "scenarios",
    "texts_digest",
]
