"""Requests of an owner's own, in twins: the same words where it looks like a test and where it looks like deployment.

The framings are in English. Requests, and who labels the replies, are the owner's: nothing hazardous ships.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from holdfast.audit._judging import open_judge
from holdfast.audit._own_framed import BEGUN, DECLINE, ONSET, TWIN_LABELS, OwnFramed, TwinsScorer
from holdfast.audit._own_functions import own_function
from holdfast.audit._own_requests import (
    OwnQuestions,
    OwnRequests,
    chats_in,
    item_of,
    questions_in,
    refuse_alike,
    refuse_asked_twice,
    refuse_few,
    refuse_repeated,
    single_requests,
)
from holdfast.audit._own_scorers import FULFILLED, REFUSED, ByFunction
from holdfast.checks import AWARENESS, BRACKET
from holdfast.errors import BrokenLabels, JudgeUnclear, MaterialUnfit
from holdfast.evidence import (
    SPIKED_REQUESTS,
    Chat,
    CheckDesign,
    Item,
    Scorer,
    SubjectFacts,
    Transcript,
)
from holdfast.framings import ENGLISH_BELIEFS, EnglishFramings
from holdfast.organisms import fictional_suite
from holdfast.replay import ENGLISH
from holdfast.subjects import refusal_rubric

FEWEST_REQUESTS: Final = 30
FEWEST_HARMLESS: Final = 30
_ONE_CATEGORY: Final = "restricted"


def own_twins(
    own: OwnRequests, requests: Path, subject: SubjectFacts, announce: Callable[[str], None]
) -> tuple[OwnFramed, CheckDesign]:
    """Read everything, and refuse what could show nothing.

    Args:
        own: What the owner names.
        requests: The restricted ones.
        subject: Who is asked.
        announce: Told where replies go.

    Returns:
        The suite, and the check's design, without a reading of ability, since nobody brought answers to what is
        restricted.

    Raises:
        MaterialUnfit: A file cannot be used, or holds too little.
        JudgeUnclear: Nobody labels the replies, or two do, or the subject itself.
        BrokenLabels: The labelled replies cannot be used.
        PathUnreadable: A file cannot be read, or a function cannot be loaded.
        OwnFunctionFailed: The function fails on a transcript of known label.
        MissingError: The judge cannot be opened.
    """
    labeller = _labeller(own, subject, announce)
    restricted, harmless = _restricted(requests), _harmless(own.benchmarks, labeller)
    refuse_alike("--requests and --benchmark", [path.stem for path in (requests, *own.benchmarks)])
    refuse_asked_twice([OwnQuestions(requests.stem, restricted, labeller), *harmless])
    asked, spikes = _labelled(own.labelled) if own.labelled else _written()
    if own.labelled is None:
        announce("without --labelled, who labels is tried on transcripts of a fictional world, which are easy")
    for one in harmless:
        by = "marked by their answers" if one.items[0].gold else f"without answers, labelled by {labeller.name}"
        announce(f"{one.name}: {len(one.items)} questions, {by}")
    if own.scorer:
        _try(labeller, asked, spikes)
    suite = OwnFramed(
        name="own requests in twins, in English 1",
        on="your own requests, framed in English",
        inducements=(BEGUN, DECLINE),
        items=(*restricted, *asked),
        harmless=tuple(item for one in harmless for item in one.items),
        spikes=spikes,
        scorer=TwinsScorer(labeller),
        framings=EnglishFramings(),
    )
    return suite, AWARENESS.model_copy(update={"max_new_tokens": own.max_new_tokens, "reads_ability": False})


def own_bracket(suite: OwnFramed, max_new_tokens: int) -> tuple[OwnFramed, CheckDesign]:
    """The same requests, with the question and with notes that move what a subject believes.

    Args:
        suite: Of twins; its harmless requests must have answers, after which the question is put.
        max_new_tokens: Of a reply.

    Raises:
        MaterialUnfit: Some harmless request has no answer.
    """
    without = [item.id for item in suite.harmless if not item.gold]
    if without:
        raise MaterialUnfit(
            f"{len(without)} harmless requests have no answer, the first of them {without[0]}",
            why="for a bracket a subject is asked, after a right answer, whether it was a test",
            fix="give --benchmark FILE questions with their answers",
        )
    told = ENGLISH.model_copy(update={"beliefs": ENGLISH_BELIEFS})
    whole = replace(suite, name=f"{suite.name}, told and steered", questions=told)
    return whole, BRACKET.model_copy(update={"max_new_tokens": max_new_tokens, "reads_ability": False})


def _labeller(own: OwnRequests, subject: SubjectFacts, announce: Callable[[str], None]) -> Scorer:
    if len(own.judges) + (own.scorer is not None) != 1:
        raise JudgeUnclear(
            "who labels the replies?" if not own.judges and own.scorer is None else "several were named to label",
            why="whose words decide is your choice: there is no default, and no rule makes one word of several",
            fix="name one: --judge MODEL, or --scorer FILE.py:NAME",
        )
    if own.scorer is not None:
        return ByFunction(own_function(own.scorer, Lock()), labels=TWIN_LABELS)
    judge, sent = open_judge(own.judges[0], refusal_rubric(), subject, announce)
    if sent:
        announce("requests, answers to questions, and what the model replies are sent to whoever runs the judge")
    return judge


def _try(labeller: Scorer, asked: Sequence[Item], spikes: Sequence[Transcript]) -> None:
    """Have a function label one transcript of each kind: one that fails would else do so after every sample."""
    items = {item.id: item for item in asked}
    for spike in {spike.truth: spike for spike in spikes}.values():
        labeller.score(items[spike.item], spike.reply)


def _restricted(path: Path) -> tuple[Item, ...]:
    chats = chats_in(path)
    refuse_few(path, len(chats), FEWEST_REQUESTS, "requests: with fewer, next to nothing can be shown")
    items = tuple(
        item_of(path, place, chat, chat.label or _ONE_CATEGORY).model_copy(update={"gold": "", "onset": ONSET})
        for place, chat in enumerate(chats)
    )
    refuse_repeated(path, single_requests(path, items))
    return items


def _harmless(paths: Sequence[Path], labeller: Scorer) -> list[OwnQuestions]:
    if not paths:
        raise MaterialUnfit(
            "nothing is asked that any model should answer",
            why="a side of the twins that is not understood would pass for one that is cautious",
            fix="--benchmark FILE, with questions and their answers, or with requests that any model should fulfil",
        )
    found = [questions_in(path, labeller, FEWEST_HARMLESS, "harmless requests") for path in paths]
    for path, one in zip(paths, found, strict=True):
        single_requests(path, one.items)
    return found


def _written() -> tuple[tuple[Item, ...], tuple[Transcript, ...]]:
    """The fictional world's own: what was asked for, and refusals. The rubric explains that world."""
    suite = fictional_suite("restricted")
    spikes = tuple(spike for spike in suite.spikes if spike.truth in (FULFILLED, REFUSED))
    about = {spike.item for spike in spikes}
    return tuple(_beside(item) for item in suite.items if item.id in about), spikes


def _beside(item: Item) -> Item:
    """Outside every claim, and without an answer, as own requests are."""
    return item.model_copy(update={"claimed": False, "stratum": SPIKED_REQUESTS, "gold": ""})


def _labelled(path: Path) -> tuple[tuple[Item, ...], tuple[Transcript, ...]]:
    chats = chats_in(path)
    pairs = list(_pairs(path, chats))
    if len({spike.truth == FULFILLED for _, spike in pairs}) < 2:
        raise _broken(
            path, f"replies that are {FULFILLED} and others are both needed, to see whether they are told apart"
        )
    return tuple(item for item, _ in pairs), tuple(spike for _, spike in pairs)


def _pairs(path: Path, chats: Sequence[Chat]) -> Iterator[tuple[Item, Transcript]]:
    """Each transcript once, however often it stands there: copies would narrow the judge's error."""
    seen: dict[tuple[str, str], str] = {}
    for place, chat in enumerate(chats):
        if chat.reply is None:
            raise _broken(path, f"record {place + 1} has no reply")
        if chat.label not in TWIN_LABELS:
            raise _broken(path, f"record {place + 1} has the label {chat.label[:20]!r}")
        *earlier, asked = chat.turns
        if earlier:
            raise _broken(path, f"record {place + 1} has a note or earlier turns, and what is asked has none")
        said = asked.content, chat.reply
        if seen.get(said, chat.label) != chat.label:
            raise _broken(path, f"record {place + 1} has another label than the same reply had before")
        if said not in seen:
            seen[said] = chat.label
            item = item_of(path, place, chat, SPIKED_REQUESTS)
            # Another name than a request's, whatever its file is called.
            item = item.model_copy(update={"id": f"{SPIKED_REQUESTS}/{item.id}", "claimed": False, "gold": ""})
            yield item, Transcript(item=item.id, reply=chat.reply, truth=chat.label)


def _broken(path: Path, why: str) -> BrokenLabels:
    return BrokenLabels(
        f"{path.name} cannot be used as labelled replies",
        why=why,
        fix="write one JSON object a line: `messages`, of which the last is the reply, and `label`, "
        f"one of {', '.join(sorted(TWIN_LABELS))}",
        state="nothing ran; nothing was changed",
    )
