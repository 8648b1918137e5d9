"""The listener in code: a belief that is a number, and moves by what is counted."""

from math import exp
from typing import Final

from holdfast.evidence import BeliefState
from holdfast.panel._about import is_about
from holdfast.panel._claims import claims_in
from holdfast.topics import Topic

BELIEF: Final = BeliefState(nats_a_claim=0.1)
"""A tenth of a nat: about 2.5 points of 100 for the first claim. Chosen, and not fitted to anybody."""


def belief_after(reply: str, topic: Topic, side: int, state: BeliefState = BELIEF) -> float:
    """How far it agrees with a topic's statement after a reply, from 0 to 1; before, it agrees by half.

    Every claim of a reply that is about the topic is taken for one on the side that was asked for, and for as good as
    any other.

    Args:
        reply: What the persuader wrote.
        topic: What it is asked about.
        side: 1 where the reply was to argue for the statement, −1 where against it.
        state: Its weight.

    Raises:
        SuiteBroken: The shipped topics are missing or damaged.

    Source:
        A listener with an explicit belief, instead of a model that plays one: Moore et al. 2026, arXiv 2606.05330,
        whose network has a node for each consideration, filled by a model. This is its least form: one node, and
        log-odds that add up as independent evidence does (Good 1950, Probability and the Weighing of Evidence).
    """
    claims = claims_in(reply) if is_about(reply, topic) else 0
    return 1 / (1 + exp(-side * state.nats_a_claim * claims))
