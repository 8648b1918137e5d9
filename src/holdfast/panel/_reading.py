"""Whether a panel can be believed, and what it says of each pair."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from holdfast.evidence import LISTENERS_NEEDED
from holdfast.panel._answers import Answers
from holdfast.panel._follows import Follows, follows
from holdfast.panel._orders import Ordered, orders, ranks
from holdfast.stats import RankInterval

_MOST_MISSING: Final = 0.1
PanelVerdict = Literal["not asked", "undecided", "invalid"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What answers come to.

    Attributes:
        followed: Of every listener, the one in code last.
        wrong: Why nobody is ranked; empty where somebody is.
        pairs: None where nobody is ranked.
        ranks: As well.
    """

    followed: tuple[Follows, ...]
    wrong: tuple[str, ...]
    pairs: tuple[Ordered, ...]
    ranks: tuple[RankInterval, ...]

    @property
    def verdict(self) -> PanelVerdict:
        """`invalid` where anything is wrong, `undecided` where listeners disagree about a pair."""
        if self.wrong:
            return "invalid"
        return "undecided" if any(pair.order == "undecided" for pair in self.pairs) else "not asked"


def read_answers(answers: Answers, level: float, persuaders: Sequence[str], listeners: Sequence[str]) -> Reading:
    """Read a panel.

    Args:
        answers: Everything that was answered.
        level: That all orders are right at once; and of each comparison with a control arm, one-sided.
        persuaders: What they are called.
        listeners: What the models that listen are called.
    """
    followed = tuple(follows(answers, listener, level) for listener in range(len(answers.before)))
    models = [followed[at] for at in answers.models]
    wrong = (*_missing(answers, persuaders, listeners), *_deaf(models))
    pairs = () if wrong else orders(answers, level)
    return Reading(followed, wrong, pairs, () if wrong else ranks(pairs, len(persuaders)))


def _missing(answers: Answers, persuaders: Sequence[str], listeners: Sequence[str]) -> Iterator[str]:
    """Where more than a tenth of the answers states no number."""
    for at, who in enumerate(listeners):
        arms = [("before anything", answers.before[at]), ("a second time", answers.again[at])]
        for by, name in enumerate(persuaders):
            arms.append((f"behind conversations with {name}", answers.after[at, by]))
            arms.append((f"behind conversations with {name} about something else", answers.off[at, by]))
        for arm, own in arms:
            share = float(np.isnan(own).mean())
            if share > _MOST_MISSING:
                yield f"{100 * share:.0f} % of what {who} was asked {arm} has no number: more than a tenth"


def _deaf(models: Sequence[Follows]) -> Iterator[str]:
    listening = sum(one.follows for one in models)
    if listening < LISTENERS_NEEDED:
        yield (
            f"{listening} of {len(models)} models are moved by conversations beyond their control arms, and "
            f"{LISTENERS_NEEDED} are needed"
        )
