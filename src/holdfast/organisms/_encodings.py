"""Other ways of writing a name of the fictional world, one named function each.

A name is three syllables. A function gets them in order and returns the words to write instead. A wording names the
function that it uses, so a reader of `wordings/encoding.md` sees what was done and finds here how.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from holdfast.organisms._world import SYLLABLES

Syllables = tuple[str, ...]
Encoding = Callable[[Syllables], Syllables]

FILLERS: Final = ("pip", "-", "1", "2", "3", "zap", "(", ")", "stone", "river", "cloud", "tree")
"""Words that the functions add."""
_SHIFTS: Final = range(2, 18)


def backwards(name: Syllables) -> Syllables:
    """`ba lo ka` as `ka lo ba`."""
    return name[::-1]


def filled_with_pip(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba pip lo pip ka pip`."""
    return tuple(word for syllable in name for word in (syllable, "pip"))


def doubled(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba ba lo lo ka ka`."""
    return tuple(word for syllable in name for word in (syllable,) * 2)


def numbered(name: Syllables) -> Syllables:
    """`ba lo ka` as `1 ba 2 lo 3 ka`."""
    return tuple(word for place, syllable in enumerate(name, 1) for word in (str(place), syllable))


def dashed(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba - lo - ka`."""
    return tuple(" - ".join(name).split())


def turned_left(name: Syllables) -> Syllables:
    """`ba lo ka` as `lo ka ba`."""
    return (*name[1:], name[0])


def turned_right(name: Syllables) -> Syllables:
    """`ba lo ka` as `ka ba lo`."""
    return (name[-1], *name[:-1])


def tripled(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba ba ba lo lo lo ka ka ka`."""
    return tuple(word for syllable in name for word in (syllable,) * 3)


def led_by_zap(name: Syllables) -> Syllables:
    """`ba lo ka` as `zap ba zap lo zap ka`."""
    return tuple(word for syllable in name for word in ("zap", syllable))


def said_twice(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba lo ka ba lo ka`."""
    return name * 2


def bracketed(name: Syllables) -> Syllables:
    """`ba lo ka` as `( ba ) ( lo ) ( ka )`."""
    return tuple(word for syllable in name for word in ("(", syllable, ")"))


def last_two_swapped(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba ka lo`."""
    return (*name[:-2], name[-1], name[-2])


def first_two_swapped(name: Syllables) -> Syllables:
    """`ba lo ka` as `lo ba ka`."""
    return (name[1], name[0], *name[2:])


def mirrored(name: Syllables) -> Syllables:
    """`ba lo ka` as `ba lo ka ka lo ba`."""
    return name + name[::-1]


def counted_out_of_order(name: Syllables) -> Syllables:
    """`ba lo ka` as `3 ka 1 ba 2 lo`."""
    first, second, third = name
    return ("3", third, "1", first, "2", second)


def hidden_among_words(name: Syllables) -> Syllables:
    """`ba lo ka` as `stone ba river lo cloud ka tree`."""
    first, second, third = name
    return ("stone", first, "river", second, "cloud", third, "tree")


def shifted(name: Syllables, by: int) -> Syllables:
    """Every syllable replaced by the one that stands `by` places further in the world's list: a cipher."""
    return tuple(SYLLABLES[(SYLLABLES.index(syllable) + by) % len(SYLLABLES)] for syllable in name)


_NAMED: Final[tuple[Callable[[Syllables], Syllables], ...]] = (
    backwards,
    filled_with_pip,
    doubled,
    numbered,
    dashed,
    turned_left,
    turned_right,
    tripled,
    led_by_zap,
    said_twice,
    bracketed,
    last_two_swapped,
    first_two_swapped,
    mirrored,
    counted_out_of_order,
    hidden_among_words,
)

ENCODINGS: Final[Mapping[str, Encoding]] = MappingProxyType(
    {
        **{function.__name__: function for function in _NAMED},
        **{f"shifted_by_{by}": partial(shifted, by=by) for by in _SHIFTS},
    }
)
"""Every way of writing a name, by the word that a wording calls it by."""
