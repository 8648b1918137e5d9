"""Questions of an owner's own that have options: how they are asked, which option a reply names, and every rotation.

A reply names an option by its letter or by its words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from holdfast.audit._own_scorers import ALONE, BOXED, FULFILLED, NO_WORDS, OTHER, ByAnswer, words_of
from holdfast.evidence import LETTERS, NO_OPTION, Absent, Chat, Item, right_at, turned

FEWEST_TURNED: Final = 20
"""Questions with equally many options, below which none is asked in other orders."""
_LETTERED: Final = re.compile(r"^\W*([A-J])[*_]*[.):]+[*_]*(?:\s|$)")
"""A line that begins as options are listed."""
_NAMED: Final = re.compile(r"\b(?:answer|option|choice)(?:\s+is)?\W+([A-J])\W*$", re.IGNORECASE)
_SAID: Final = re.compile(
    r"(?i:\b(?:answer|option|choice)\s+is)\W+([A-HJ])\b(?!\?)|^\W*([A-HJ]),?\s+(?:because|since|not|is\s+(?:right|correct))\b"
)
"""The same with more behind it. A capital, and not the one that is a word: *the answer is a city*, *I*."""
_BESIDE: Final = re.compile(r"(\bnot\s+)?\b([A-HJ])\b")
"""A letter on such a line: another one that is not denied leaves it open which is meant."""
_DENIED: Final = re.compile(
    r"\b(?:(?:not|never|cannot|\w+n[’']t)(?:\s+be)?|rul\w+\s+out|except|than|instead\s+of|if|whether)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""What stands right before an option that is named and not said to be right."""
_OF_OTHERS: Final = re.compile(
    r"\b(?:(?:all|none|neither|both|any|some|two)\s+(?:of\s+)?(?:the\s+)?"
    r"(?:above|these|them|others?|options?|choices?|answers?|alternatives?|preceding|previous|listed)"
    r"|above|(?:both|neither)\s+\(?[A-J]\b|only\s+\(?[A-J]\W*$"
    r"|[A-J]\b[.)]*\s*(?:and|or|nor|&|/|,)\s*\(?[A-J]\b|(?:all|none|both|neither)\s+(?:is|are)\b)"
    r"|^\W*(?:both|neither)\W*$",
    re.IGNORECASE,
)
"""An option that is about other options, or about where they stand."""


def why_unfit(chat: Chat) -> str:
    """Why a question's options cannot be asked about; empty where they can."""
    said = [words_of(option) for option in chat.options]
    if not 2 <= len(said) <= len(LETTERS):
        return f"there are between 2 and {len(LETTERS)} options, and not {len(said)}"
    if chat.reply is None:
        return "its answer is none of its options, or may be two of them"
    if any(not words for words in said) or len({tuple(words) for words in said}) < len(said):
        return "two of its options are alike, or one has no words"
    named = [letter.casefold() for letter in LETTERS[: len(said)]]
    if any(words != [letter] for words, letter in zip(said, named, strict=True) if words[0] in named and not words[1:]):
        return "one of its options is called by the letter of another's place: write it in more words"
    question = chat.turns[-1].content
    if sum(bool(re.search(rf"^\W*[A-J]\W+{re.escape(option)}\W*$", question, re.M)) for option in chat.options) > 1:
        return "its options stand in the question too, in an order that will be another: leave them out there"
    return ""


def in_order(chat: Chat) -> tuple[str, ...]:
    """The options as they are listed: turned by chance, which hangs on the question's words alone.

    Files often have the right one in the same place. Options that speak of others stay where they are.
    """
    if not (chat.options and turns(chat.options)):
        return chat.options
    drawn = int.from_bytes(sha256(chat.turns[-1].content.encode()).digest()[:8], "big")
    return _turned_to(chat.options, chat.reply or "", drawn % len(chat.options))


def turns(options: Sequence[str]) -> bool:
    """Whether their order may be changed: none of them is about the others, or about where they stand."""
    return not any(_OF_OTHERS.search(option) for option in options)


def listed(question: str, options: Sequence[str]) -> str:
    """The question with its options under it."""
    return question + _under(options)


def _under(options: Sequence[str]) -> str:
    lines = "\n".join(f"{letter}) {option}" for letter, option in zip(LETTERS, options, strict=False))
    return f"\n\n{lines}\n\nAnswer with the letter of the right option." if options else ""


def unlisted(item: Item) -> str:
    """The question without its options under it."""
    return item.request.removesuffix(_under(item.options))


def every_rotation(items: Sequence[Item]) -> Iterator[Item]:
    """The same questions with the right option in every place, outside every claim; a cluster is a question.

    Of the questions whose options may be turned, those that have as many as most have; none where these are few.
    """
    able = [item for item in items if item.options and turns(item.options)]
    ((number, many),) = Counter(len(item.options) for item in able).most_common(1) or [(0, 0)]
    if many < FEWEST_TURNED:
        return
    for item in (item for item in able if len(item.options) == number):
        question = unlisted(item)
        for place, letter in enumerate(LETTERS[:number]):
            options = _turned_to(item.options, item.gold, place)
            yield item.model_copy(
                update={
                    "id": turned(item.id, letter),
                    "cluster": item.id,
                    "stratum": right_at(letter),
                    "claimed": False,
                    "request": listed(question, options),
                    "options": options,
                    "decoys": (),
                }
            )


def _turned_to(options: Sequence[str], right: str, place: int) -> tuple[str, ...]:
    """In the same round, begun so that the right one stands there."""
    first = (options.index(right) - place) % len(options)
    return (*options[first:], *options[:first])


@dataclass(frozen=True, slots=True)
class ByChoice(ByAnswer):
    """By the option that a reply names, where there are options, else by its words.

    Of a question outside the claim it says which place was chosen, and not whether that was right.
    """

    name: str = "the letter or the words of an option; without options the answer's words, at the beginning or the end"
    labels: frozenset[str] = frozenset({FULFILLED, OTHER, NO_OPTION, *LETTERS})

    def score(self, item: Item, reply: str) -> str | Absent:
        """The label."""
        if not item.options:
            return ByAnswer.score(self, item, reply)
        if not words_of(reply):
            return NO_WORDS
        place = chosen(item.options, reply)
        if not item.claimed:
            return NO_OPTION if place is None else LETTERS[place]
        return FULFILLED if place is not None and item.options[place] == item.gold else OTHER


def scorer_of(items: Sequence[Item]) -> ByAnswer:
    """Who marks these questions."""
    return ByChoice() if any(item.options for item in items) else ByAnswer()


def chosen(options: Sequence[str], reply: str) -> int | None:
    """The place of the option that a reply names; None where it names none, or several.

    Looked for in its last box, else in its first line and its last: a letter alone or as the options are listed, an
    option's words alone, or *the answer is* and a letter. Where there is none of these, an option's words at the
    beginning or the end of those lines.
    """
    lines = [line for line in reply.splitlines() if words_of(line)]
    where = BOXED.findall(reply)[-1:] or [*lines[:1], *lines[-1:]]
    for how in (_outright, _within):
        places = {place for line in where if (place := how(options, line)) is not None}
        if places:
            return places.pop() if len(places) == 1 else None
    return None


def _outright(options: Sequence[str], line: str) -> int | None:
    words = words_of(line)
    for place, (letter, option) in enumerate(zip(LETTERS, options, strict=False)):
        if words in ([letter.casefold()], words_of(option)):
            return place
    letter = _letter(line)
    place = LETTERS.index(letter) if letter else len(options)
    return place if place < len(options) else None


def _letter(line: str) -> str | None:
    """The letter that a line says is the answer."""
    if listed_so := _LETTERED.search(line):
        return listed_so[1]
    found = _NAMED.search(line) or _SAID.search(line)
    if not found or _DENIED.search(line[: found.start()]):
        return None
    letter = next(one for one in found.groups() if one).upper()
    beside = _BESIDE.finditer(line) if found.re is _SAID else ()
    return letter if all(one[1] or one[2] == letter for one in beside) else None


def _within(options: Sequence[str], line: str) -> int | None:
    """The longest option with whose words the line begins or ends."""
    words = words_of(line)
    ends = {
        place: len(own)
        for place, own in enumerate(map(words_of, options))
        if own in (words[: len(own)], words[-len(own) :]) and not (len(own) == 1 and own[0] in ALONE)
    }
    longest = [place for place, length in ends.items() if length == max(ends.values())]
    return longest[0] if len(longest) == 1 else None
