"""Requests and questions that an owner brings, read from files of chat records, one conversation a line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.audit._own_choices import in_order, listed, scorer_of, unlisted, why_unfit
from holdfast.audit._own_scorers import ByAnswer, words_of
from holdfast.errors import MaterialUnfit
from holdfast.evidence import Chat, Item, Message, Scorer, digest
from holdfast.readers import read_chats


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """What the owner names."""

    requests: Path | None
    """Restricted requests, for twins; `label` is the category."""
    benchmarks: Sequence[Path]
    """Questions with their answers, for an exam; beside twins also requests that any model should fulfil."""
    judges: Sequence[str] = ()
    """A model that labels replies."""
    scorer: str | None = None
    """A function that does, as FILE.py:NAME."""
    labelled: Path | None = None
    """Replies that people labelled, by which it is seen whether who labels knows what was asked for."""
    max_new_tokens: int = 1_024
    """Of a reply."""


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """Questions from one file."""

    name: str
    items: tuple[Item, ...]
    scorer: Scorer
    on: str = "the subject, by its owner's own requests"

    @property
    def digest(self) -> str:
        """Of all items."""
        return digest([item.model_dump(mode="json") for item in self.items])


def questions_in(path: Path, scorer: Scorer, fewest: int, what: str, *, by_kind: bool = False) -> OwnQuestions:
    """Questions that any model should answer, scored by their answers, or by `scorer` where the file has none.

    Args:
        path: The file.
        scorer: Scores where there are no answers.
        fewest: So many there must be.
        what: Of what, and why that many, for the error.
        by_kind: Whether strata are the questions' labels, where they have any, and not all one.

    Raises:
        MaterialUnfit: There are too few, some have an answer and others none, or one stands there twice.
        PathUnreadable: The file cannot be read.
    """
    chats = chats_in(path, questions=True)
    refuse_few(path, len(chats), fewest, what)
    unclear = {place + 1: why for place, chat in enumerate(chats) if chat.options and (why := why_unfit(chat))}
    if unclear:
        first, why = next(iter(unclear.items()))
        raise unfit(path, f"of {len(unclear):,} questions the options cannot be used, the first is {first}: {why}")
    answered = sum(chat.reply is not None for chat in chats)
    if 0 < answered < len(chats):
        raise unfit(path, f"{answered:,} of {len(chats):,} questions have an answer: all must have one, or none")
    wordless = [place + 1 for place, chat in enumerate(chats) if chat.reply is not None and not words_of(chat.reply)]
    if wordless:
        raise unfit(path, f"{len(wordless)} answers have no words to compare, the first in conversation {wordless[0]}")
    items = tuple(
        item_of(path, place, chat, (chat.label if by_kind else "") or path.stem) for place, chat in enumerate(chats)
    )
    refuse_repeated(path, items)
    return OwnQuestions(path.stem, items, scorer_of(items) if answered else scorer)


def chats_in(path: Path, *, questions: bool = False) -> tuple[Chat, ...]:
    """Every conversation of a file; `questions` may have options.

    Raises:
        MaterialUnfit: Some line cannot be used.
        PathUnreadable: The file cannot be read.
    """
    found = read_chats(path, questions=questions)
    if found.not_replayable:
        why = "; ".join(f"{number} {reason}" for reason, number in found.not_replayable.items())
        raise unfit(path, f"{sum(found.not_replayable.values())} lines cannot be used: {why}")
    return found.chats


def item_of(path: Path, place: int, chat: Chat, stratum: str) -> Item:
    """A conversation as an item, which has its reply for an answer, and its options listed; `place` is from 0."""
    named = f"{path.stem}/{place + 1}"
    options = in_order(chat)
    return Item(
        id=named,
        stratum=stratum,
        cluster=named,
        claimed=True,
        request=listed(chat.turns[-1].content, options),
        turns=chat.turns[:-1],
        gold=chat.reply or "",
        onset="",
        decoys=(),
        options=options,
    )


def refuse_few(path: Path, number: int, fewest: int, what: str) -> None:
    """Refuse a file that can show too little.

    Raises:
        MaterialUnfit: It holds fewer; `what` says of what, and why that many.
    """
    if number < fewest:
        raise unfit(path, f"it holds {number}, and {fewest} are the fewest {what}")


def refuse_repeated(path: Path, items: Sequence[Item]) -> None:
    """Refuse the same request twice: every item counts as evidence of its own.

    Raises:
        MaterialUnfit: One stands there twice.
    """
    again = sum(number - 1 for number in Counter(map(_spoken, items)).values())
    if again:
        raise unfit(path, f"{again} of its {len(items)} requests stand in it already, but for case and marks")


def answered_questions(paths: Sequence[Path], fewest: int, what: str) -> tuple[Item, ...]:
    """The questions of several files, each a single request with an answer; strata are their labels.

    Args:
        paths: The files.
        fewest: So many there must be together.
        what: Of what, for the error.

    Raises:
        MaterialUnfit: A file cannot be used, has no answers or shares a question with another, or there are too few.
        PathUnreadable: A file cannot be read.
    """
    refuse_alike("--benchmark", [path.stem for path in paths])
    found = [questions_in(path, ByAnswer(), 1, what, by_kind=True) for path in paths]
    for path, one in zip(paths, found, strict=True):
        single_requests(path, one.items)
        if not all(item.gold for item in one.items):
            raise unfit(path, "its questions have no answers, by which a right one is told")
    refuse_asked_twice(found)
    every = tuple(item for one in found for item in one.items)
    if len(every) < fewest:
        raise unfit(paths[0], f"with all others it comes to {len(every)}, and {fewest} are the fewest {what}")
    return every


def single_requests(path: Path, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items, where each is one request: a framing brings the turns before it and the note.

    Raises:
        MaterialUnfit: One has a note or earlier turns.
    """
    longer = [item.id for item in items if item.turns]
    if longer:
        raise unfit(path, f"{len(longer)} conversations have a note or earlier turns, the first of them {longer[0]}")
    return items


def refuse_alike(option: str, names: Sequence[str]) -> None:
    """Refuse two files of one name, which the record could not tell apart.

    Raises:
        MaterialUnfit: There are two.
    """
    again = [name for name, number in Counter(names).items() if number > 1]
    if again:
        raise MaterialUnfit(
            f"two files given by {option} are called {again[0]!r}",
            why="on the page they are told apart by their names",
            fix="rename one",
        )


def refuse_asked_twice(asked: Sequence[OwnQuestions]) -> None:
    """Refuse what is restricted in one file and something else in another.

    Raises:
        MaterialUnfit: Two files share a request.
    """
    where: dict[tuple[str, ...], str] = {}
    for suite in asked:
        for item in suite.items:
            if (other := where.setdefault(_spoken(item), item.id)) != item.id:
                raise MaterialUnfit(
                    f"{item.id} asks what {other} asks",
                    why="a request that counts as restricted and as something else would count for both",
                    fix="take it out of one of the files",
                )


def _spoken(item: Item) -> tuple[str, ...]:
    """Whatever the order of its options."""
    options = sorted(words_of(option) for option in item.options)
    asked = words_said((*item.turns, Message(role="user", content=unlisted(item))))
    return (*asked, *(word for option in options for word in option))


def words_said(turns: Sequence[Message]) -> tuple[str, ...]:
    """Every word that is said, but for case and the marks around it."""
    return tuple(word for turn in turns for word in words_of(turn.content))


def unfit(path: Path, why: str) -> MaterialUnfit:
    """That a file cannot be used, to be raised."""
    pages = "docs/concepts/own-requests.md, and docs/commands/tamper.md, “Your own model”"
    return MaterialUnfit(f"{path.name} cannot be used", why=why, fix=f"see {pages}")
