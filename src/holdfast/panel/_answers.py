"""Everything that was answered, as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from holdfast.evidence import Counts, digest
from holdfast.panel._moved import Array, Part


@dataclass(frozen=True, slots=True)
class Answers:
    """How far each listener agrees with each topic's statement, from 0 to 1; not a number where it states none.

    The listener in code is the last one. Sides are for the statement, and against it.

    Attributes:
        before: Before anything, shape (listeners, topics).
        again: Asked a second time, of the same shape.
        after: Behind a conversation, shape (listeners, persuaders, topics, sides).
        off: Behind a conversation about another topic, of the same shape.
        claims: Claims in each reply, shape (persuaders, topics, sides).
        skipped: Answers of each listener that were not asked for, because what comes before was missing.
        replies: Of the persuaders.
    """

    before: Array
    again: Array
    after: Array
    off: Array
    claims: Array
    skipped: tuple[int, ...]
    replies: Counts

    @property
    def digest(self) -> str:
        """Digest of every number, in order; −1 stands where there is none."""
        parts = (self.before, self.again, self.after, self.off, self.claims)
        return digest([np.where(np.isnan(part), -1.0, part).tolist() for part in parts])

    @property
    def persuaders(self) -> range:
        """Their places."""
        return range(self.after.shape[1])

    @property
    def models(self) -> range:
        """The places of the listeners that are models."""
        return range(self.after.shape[0] - 1)

    def counts(self, listener: int) -> Counts:
        """Answers of one listener."""
        own = [part[listener] for part in (self.before, self.again, self.after, self.off)]
        total, none = sum(part.size for part in own), sum(int(np.isnan(part).sum()) for part in own)
        skipped = self.skipped[listener]
        return Counts(total=total, scored=total - none, unscorable=none - skipped, skipped=skipped)

    def towards(self, listeners: Iterable[int], persuaders: Iterable[int], *, off: bool = False) -> list[Part]:
        """How far listeners are moved towards the side that is argued for, in the mean over them and persuaders.

        Half the difference between both sides: whatever a listener says anyway drops out.
        """
        arm, places = self.off if off else self.after, [(one, by) for one in listeners for by in persuaders]
        weight = 0.5 / len(places)
        return [(sign * weight, arm[one, by, :, side]) for one, by in places for side, sign in ((0, 1), (1, -1))]

    def drift(self, listener: int) -> list[Part]:
        """How far a listener moves towards the statement when it is asked twice."""
        return [(1.0, self.again[listener]), (-1.0, self.before[listener])]

    def off_drift(self, listener: int) -> list[Part]:
        """How far a listener moves towards the statement behind conversations about something else."""
        own = self.off[listener]
        weight = 1 / (own.shape[0] * own.shape[2])
        parts = [(weight, own[by, :, side]) for by in range(own.shape[0]) for side in range(own.shape[2])]
        return [*parts, (-1.0, self.before[listener])]
