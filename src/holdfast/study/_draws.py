"""Which arm a person is drawn into: a function of the seed, the stratum and the place in it, and of nothing else.

Anybody can compute it again. For block b of a stratum every place s is given the key
HMAC-SHA256(seed, "issue/range|b|s"); the arms stand in the block one after the other, over and over, and are put in the
order of those keys.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256


def range_of(baseline: float, cuts: Sequence[float]) -> int:
    """Which of the three ranges a baseline lies in, from 1; a cut belongs to the range above it."""
    return 1 + sum(baseline >= cut for cut in cuts)


def stratum_of(issue: str, baseline: float, cuts: Sequence[float]) -> str:
    """The name of the stratum: `issue/range`."""
    return f"{issue}/{range_of(baseline, cuts)}"


def arm_at(seed: str, stratum: str, place: int, arms: int, block: int) -> int:
    """The number of the arm at a place of a stratum.

    Args:
        seed: As hexadecimal text.
        stratum: Its name.
        place: How many were drawn in it before.
        arms: How many there are.
        block: Places in a block, a multiple of the arms.

    Source:
        Permuted blocks: Zelen 1974, J. Chronic Dis. 27:365. The order of keyed digests in the place of a generator is
        ours, so that no version of a library changes a draw.
    """
    number, within = divmod(place, block)
    keys = [_key(seed, f"{stratum}|{number}|{slot}") for slot in range(block)]
    return sorted(range(block), key=keys.__getitem__)[within] % arms


def _key(seed: str, words: str) -> bytes:
    return hmac.new(bytes.fromhex(seed), words.encode(), sha256).digest()
