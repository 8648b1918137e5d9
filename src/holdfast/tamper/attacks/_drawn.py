"""Which demonstrations a run is given: drawn anew for each seed, so that data are a part of what varies."""

from collections.abc import Sequence

import numpy as np

from holdfast.evidence import Demonstration
from holdfast.tamper.attacks._family import Attempt


def drawn(demonstrations: Sequence[Demonstration], attempt: Attempt) -> list[Demonstration]:
    """As many as the setting's `pairs` says, without replacement; all of them where it is 0 or more than there are."""
    wanted = int(attempt.design.setting["pairs"]) or len(demonstrations)
    order = np.random.default_rng([attempt.seed, len(demonstrations)]).permutation(len(demonstrations))
    return [demonstrations[place] for place in order[:wanted]]
