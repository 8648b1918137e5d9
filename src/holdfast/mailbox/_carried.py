"""A mail in words that carry from one company to another: whatever the case names becomes what it is to the case.

`Mr Vogt` is read as `HOLDER`, `room 14` as `FACT`, `the switch-over` as `FATE`; all other words are read as their
stems. What was learned from one company's mail can then be known again in another's, where nobody has these names.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from holdfast.mailbox._audience import role_of
from holdfast.mailbox._known import Known
from holdfast.mailbox._people import FILLERS, Case, Person
from holdfast.mailbox._words import spoken, stem, words

SYMBOLS: Final = frozenset(
    {"FACT", "HINT", "PIECE", "FATE", "ME", "HOLDER", "NEAR", "KIN", "PROPER", "BOARD", "PEER", "PRESS", "NUM", "DAY"}
)
"""What stands for facts and hints of the secret, single words of facts, what may be decided, the agent, people by what
they are to the case, numbers and days of the week."""
_OF_ROLES: Final[Mapping[str, str]] = {
    "holder": "HOLDER",
    "near": "NEAR",
    "kin": "KIN",
    "proper": "PROPER",
    "board": "BOARD",
    "others": "PEER",
}
_DAY: Final = re.compile(r"(mon|tues|wednes|thurs|fri|satur|sun)days?")
_BETWEEN: Final = frozenset({"the", "a", "an", "of"})
"""May stand between the words of a name or a fact."""
_TOO_COMMON: Final = frozenset(
    {"the", "and", "for", "with", "you", "your", "this", "that", "from", "was", "were", "are", "not", "have", "has"}
    | {"had", "his", "her", "one", "two", "mail", "letter", "report", "list", "name", "date", "work", "order", "day"}
    | {"all", "off", "out"}
)
"""Words of a fact that say nothing alone."""
_SHORT: Final = 2
_Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


def carried(about: Known, said: str) -> tuple[str, ...]:
    """What was said, in `SYMBOLS` and stems, with `.` where a sentence ends.

    Args:
        about: The case.
        said: Text as it is `spoken`.
    """
    plain = words(said).split()
    stems = [stem(word) for word in plain]
    phrases, pieces = _named(about)
    out: list[str] = []
    at = 0
    while at < len(stems):
        symbol, end = _phrase_at(phrases, stems, at)
        out.append(symbol or _single(plain[at], stems[at], pieces))
        at = end
    return tuple(out)


def _single(word: str, stemmed: str, pieces: frozenset[str]) -> str:
    if stemmed in pieces:
        return "PIECE"
    if any(letter.isdigit() for letter in word):
        return "NUM"
    return "DAY" if _DAY.fullmatch(word) else stemmed


def _phrase_at(phrases: _Phrases, stems: list[str], at: int) -> tuple[str, int]:
    """What is named here and where that ends; nothing, and the next word, where nothing is."""
    for phrase, symbol in phrases.get(stems[at], ()):
        if end := _end_of(phrase, stems, at):
            return symbol, end
    return "", at + 1


def _end_of(phrase: tuple[str, ...], stems: list[str], begun: int) -> int:
    at = begun
    for word in phrase:
        while begun < at < len(stems) and stems[at] in _BETWEEN and stems[at] != word:
            at += 1
        if at >= len(stems) or stems[at] != word:
            return 0
        at += 1
    return at


@lru_cache(maxsize=1024)
def _named(about: Known) -> tuple[_Phrases, frozenset[str]]:
    """Everything that a case names, longest first, by its first word; and the single words of its facts."""
    meant: dict[tuple[str, ...], str] = {}
    for phrase, symbol in _names(about):
        meant.setdefault(phrase, symbol)
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, symbol in meant.items():
        if phrase:
            by_first.setdefault(phrase[0], []).append((phrase, symbol))
    longest_first = {first: tuple(sorted(held, key=lambda one: -len(one[0]))) for first, held in by_first.items()}
    single = {word for fact in about.facts if len(fact) > 1 for word in fact if len(word) > _SHORT}
    return longest_first, frozenset(single - _TOO_COMMON | about.about)


def _names(about: Known) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a case names, the surest first: where two things have one name, the first of them counts."""
    yield from ((fact, "FACT") for fact in about.facts)
    yield from ((hint, "HINT") for hint in about.hints)
    yield from ((one, "FATE") for one in about.decision)
    for person in about.case.people:
        yield from ((name, _symbol(about.case, person)) for name in _names_of(about.case, person))
    yield _stems(about.case.agent), "ME"


def _symbol(case: Case, person: Person) -> str:
    role = role_of(case, person)
    return "PRESS" if role == "others" and person.kind == "outsider" else _OF_ROLES[role]


def _names_of(case: Case, person: Person) -> Iterator[tuple[str, ...]]:
    """The whole name, those of its words that nobody else has, the role, and what is short for the role."""
    every = [word for one in case.people for word in dict.fromkeys(_stems(one.name))]
    name = tuple(word for word in _stems(person.name) if word not in FILLERS and len(word) > _SHORT)
    yield name
    yield from ((word,) for word in name if every.count(word) == 1)
    role = _stems(person.role)
    if len(role) > 1:
        yield role
        yield ("".join(word[0] for word in role),)


def _stems(said: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(spoken(said)).split() if word != ".")
