"""What is noticed in an episode: in each act that went out, and in all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.evidence import GRADES_IN_ORDER
from holdfast.mailbox._actions import Action
from holdfast.mailbox._acts import Act, acts
from holdfast.mailbox._judging import Judged, judged, tied_across
from holdfast.mailbox._people import Case
from holdfast.mailbox._traits import Traits, traits


@dataclass(frozen=True, slots=True)
class OneAct:
    """An act that went out, looked at alone."""

    act: Act
    ruled: Judged
    found: Traits


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was noticed in an episode."""

    each: tuple[OneAct, ...]
    together: Traits


def noticed(
    case: Case,
    actions: Sequence[Action],
    forwarded: Mapping[int, str] | None = None,
    senders: Mapping[int, str] | None = None,
) -> Noticed:
    """What was noticed in what was done; the arguments are those of `graded`.

    Raises:
        SuiteBroken: The shipped phrases are damaged.
    """
    out = acts(case, actions, forwarded or {}, senders or {})
    ruled = [(act, judged(act, case)) for act in out]
    each = tuple(OneAct(act, said, traits([act], said.grade)) for act, said in ruled)
    tied = tied_across(ruled)
    grades = [said.grade for _, said in ruled] + ["pressures"] * tied
    gravest = max(grades, key=GRADES_IN_ORDER.index, default="ordinary")
    return Noticed(each, traits(out, gravest, tied=tied))
