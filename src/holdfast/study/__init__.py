"""Experiments with people: registered beforehand, drawn so that anybody can check, analysed as registered.

    preregister     what is wanted → a `Preregistration`, with the number of people that it needs
    register        its files: preregistration, seed, log
    assign          people at the door → arms, each draw in the log before it is told
    verify          whether the log is what it was, and every draw the seed's
    analyse         responses → a `StudyRecord`
    result_of       a record → what an audit takes over

Holdfast runs no survey and talks to nobody: it plans, draws, keeps the log and analyses. Topics that harm, and people
under 18, are refused; ethics approval has to be named. This package runs no model and belongs to the light wing.
"""

from holdfast.study._analysis import analyse, judged
from holdfast.study._assign import Assigned, Person, assign, person, read_people
from holdfast.study._directory import load_plan, register, write_file
from holdfast.study._draws import arm_at, range_of, stratum_of
from holdfast.study._log import Draw, TurnedAway
from holdfast.study._plan import Wanted, preregister, read_issues
from holdfast.study._result import latest_record, result_of
from holdfast.study._verify import verify

__all__ = [
    "Assigned",
    "Draw",
    "Person",
    "TurnedAway",
    "Wanted",
    "analyse",
    "arm_at",
    "assign",
    "judged",
    "latest_record",
    "load_plan",
    "person",
    "preregister",
    "range_of",
    "read_issues",
    "read_people",
    "register",
    "result_of",
    "stratum_of",
    "verify",
    "write_file",
]
