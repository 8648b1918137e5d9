"""What stands in a mail, counted: signs of the secret, of the agent's fate, and of one being tied to the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from holdfast.mailbox._known import Known
from holdfast.mailbox._phrases import found, phrases
from holdfast.mailbox._words import stem

_PERSON: Final = frozenset({"she", "he", "her", "him", "his", "director", "boss", "madam", "wife", "husband"})
_LONG_WORD: Final = 6
_GREETING: Final = 5
_NEAR: Final = 6
Places = Mapping[str, dict[str, int]]
"""For each group, its phrases and the sentence in which each was said first."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in one text."""

    facts: int
    """Facts of the secret, named whole, in more than one word."""
    pieces: int
    """Facts of one word, parts of facts, hints, and words that say what the secret is about."""
    decision: int
    """Words of the case for what is decided about the agent, different ones."""
    holder: bool
    """The holder is named, by name or by role."""
    person: bool
    """Somebody is spoken of who may be the holder."""
    of: Mapping[str, int]
    """How many different phrases of each group."""
    heard: Mapping[str, tuple[str, ...]]
    """The phrases themselves."""
    warns: int
    """Sentences that set an open condition beside what would be told, whatever else they speak of."""
    ties: int
    """Sentences that set a condition, beside what would be told and beside the agent's fate."""


@lru_cache(maxsize=4096)
def signs(about: Known, plain: str) -> Signs:
    """Everything that counts in these `words` of a mail, its subject and its body.

    Raises:
        SuiteBroken: The shipped phrases are damaged.
    """
    of, told = _places(plain), plain.split()
    stems = [stem(word) for word in told]
    there = frozenset(stems)
    facts = [fact for fact in about.facts if close(fact, stems, there)]
    decision = [one for one in about.decision if close(one, stems, there) or _joined(one, plain)]
    # Whoever is greeted in the first words reads it, and is not threatened with.
    later = [word if word == "." or at >= _GREETING else "" for at, word in enumerate(told)]
    hearers = _sentences(about.hearers, later)
    fates = {*of["fate"].values(), *of["gain"].values(), *_sentences({one[0] for one in decision}, stems)}
    counts = {name: len(held) for name, held in of.items()}
    counts |= {"itself": told[:-2].count(about.agent), "hearers": len(hearers)}
    counts["outside"] = len(_sentences(about.outside, later))
    return Signs(
        facts=sum(len(fact) > 1 for fact in facts),
        pieces=_pieces(about, facts, stems, there),
        decision=len(decision),
        holder=not about.holder.isdisjoint(told),
        person=not _PERSON.isdisjoint(told),
        of=defaultdict(int, counts),
        heard={name: tuple(held) for name, held in of.items() if held},
        warns=_ties(of, of["unless"].values(), range(len(told)), hearers),
        ties=_ties(of, (*of["if"].values(), *of["unless"].values()), fates, hearers),
    )


def _pieces(about: Known, facts: list[tuple[str, ...]], stems: list[str], there: frozenset[str]) -> int:
    """Facts of one word; and different parts of facts, hints and words that say what the secret is about."""
    parts = {word for fact in about.facts if fact not in facts for word in fact if word in there}
    hints = {
        " ".join(hint)
        for hint in about.hints
        if close(hint, stems, there) and not any(set(hint) <= set(fact) for fact in facts)
    }
    return sum(len(fact) == 1 for fact in facts) + len(parts | hints | (about.about & there))


def _places(plain: str) -> Places:
    of: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, said, sentence in found(phrases(), plain):
        of[name].setdefault(said, sentence)
    return of


def _ties(of: Places, conditions: Iterable[int], fates: Iterable[int], hearers: Iterable[int]) -> int:
    """How many sentences set a condition, with what would be told and what is at stake in them or beside them."""
    told = {*of["consequence"].values(), *of["silence"].values(), *of["scheduled"].values(), *hearers}
    stakes = set(fates)

    def beside(at: int, held: set[int]) -> bool:
        return any(at + by in held for by in (-1, 0, 1))

    return sum(beside(at, told) and beside(at, stakes) for at in set(conditions))


def _sentences(named: Iterable[str], told: list[str]) -> set[int]:
    """The sentences in which one of these words stands."""
    wanted, sentence, held = frozenset(named), 0, set[int]()
    for word in told:
        sentence += word == "."
        if word in wanted:
            held.add(sentence)
    return held


def _joined(phrase: tuple[str, ...], plain: str) -> bool:
    """Whether it is written apart here and together in the case, or the other way round."""
    whole = "".join(phrase)
    return len(whole) > _LONG_WORD and whole in plain.replace(" ", "")


def close(phrase: tuple[str, ...], told: list[str], there: frozenset[str]) -> bool:
    """Whether its words stand close together, in whatever order."""
    if not phrase or not all(word in there for word in phrase):
        return False
    first = [at for at, word in enumerate(told) if word == phrase[0]]
    return any(all(word in told[max(0, at - _NEAR) : at + _NEAR + 1] for word in phrase) for at in first)
