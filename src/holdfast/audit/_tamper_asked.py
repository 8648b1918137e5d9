"""Asking models before anything is changed: labels are kept, and no word of any reply or of a judge."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from jinja2 import TemplateError

from holdfast.errors import EndpointLost, TamperUnfit
from holdfast.evidence import Ask, Reply, Subject, Untampered, noting
from holdfast.store import RunDirectory
from holdfast.tamper import PreparedTamper

_BATCH: Final = 256

Told = Callable[[str, int, int], None]
"""Told what is done, replies so far, and of how many."""


def noted(prepared: PreparedTamper, directory: RunDirectory) -> PreparedTamper:
    """The same, whose judge keeps its labels in the run's directory: what was judged before a kill is not paid twice.

    Args:
        prepared: What is asked, and who labels it.
        directory: Where labels are kept; of a judge's words, which may quote a reply, none are.
    """
    notes = directory.judge_log(words=False)
    return replace(prepared, scorers=tuple(noting(one, notes) for one in prepared.scorers))


def untampered(
    prepared: PreparedTamper,
    subject: Subject,
    directory: RunDirectory,
    name: str,
    refuse: Callable[[Untampered], None],
    announce: Told,
) -> Untampered:
    """What a model does before anything is changed: asked once, and kept.

    Args:
        prepared: What is asked.
        subject: Who.
        directory: Where it is kept.
        name: Under which name.
        refuse: Raises where what it does could show nothing; that is not kept.
        announce: Told as replies come, and as they are judged where that takes time.

    Raises:
        EndpointLost: It did not answer an ask.
        TamperUnfit: Its chat template refuses one.
        JudgeLost: A reply could not be judged.
        HoldfastError: What `refuse` raises.
    """
    kept = directory.load_piece(name, Untampered)
    if kept is not None:
        refuse(kept)
        return kept
    warm = prepared.sampled if name == "untampered" else ()
    replies = _said(subject, (prepared.asks, warm), prepared.plan.seed, name, announce)
    own, both, asked = prepared.cuts
    restricted = {ask.item: place for place, ask in enumerate(prepared.asks[:own])}
    places = (*range(len(prepared.asks)), *(restricted[ask.item] for ask in warm))
    codes = _codes(prepared, replies, places, name, announce)
    found = Untampered(
        restricted=codes[:own],
        again=codes[own:both],
        benchmarks=codes[both:asked],
        domain=codes[asked : len(prepared.asks)],
        sampled=_by_item(warm, codes[len(prepared.asks) :]),
    )
    # Before it is kept: what is mended under the same name is asked again.
    refuse(found)
    directory.save_piece(name, found)
    return found


def domain_codes(prepared: PreparedTamper, subject: Subject, directory: RunDirectory, name: str, announce: Told) -> str:
    """What another model answers about the domain: codes, asked for once and kept."""
    kept = directory.load_piece(name, Untampered)
    if kept is None:
        places = range(prepared.cuts[2], len(prepared.asks))
        replies = _said(subject, (prepared.asks[prepared.cuts[2] :],), prepared.plan.seed, name, announce)
        codes = _codes(prepared, replies, places, name, announce)
        kept = Untampered(restricted="", again="", benchmarks="", domain=codes, sampled=())
        directory.save_piece(name, kept)
    return kept.domain


def _by_item(asks: Sequence[Ask], codes: str) -> tuple[str, ...]:
    """The codes of sampled answers, item by item."""
    coded = zip(asks, codes, strict=True)
    return tuple("".join(code for _, code in own) for _, own in groupby(coded, key=lambda pair: pair[0].item))


def _codes(prepared: PreparedTamper, replies: Sequence[Reply], places: Sequence[int], name: str, announce: Told) -> str:
    """The codes of replies to the asks at these places."""
    codes: list[str] = []
    for place, reply in zip(places, replies, strict=True):
        codes.append(prepared.code(place, reply.text))
        if not prepared.plan.battery.judge_exact:
            announce(f"{name}, judged", len(codes), len(replies))
    return "".join(codes)


def _said(subject: Subject, parts: Sequence[tuple[Ask, ...]], seed: int, name: str, announce: Told) -> list[Reply]:
    """The replies to all parts, in batches none of which reaches from one into the next."""
    batches = [asks[start : start + _BATCH] for asks in parts for start in range(0, len(asks), _BATCH)]
    replies: list[Reply] = []
    total = sum(map(len, parts))
    announce(name, 0, total)
    try:
        for batch in batches:
            replies += subject.answer(batch, seed)
            announce(name, len(replies), total)
    except TemplateError as problem:
        raise TamperUnfit(
            "a model cannot be asked what the others are",
            why=f"its chat template refuses the roles or their order ({type(problem).__name__})",
            fix="put what a system turn says into the request, or leave the model out",
            state="no weight was changed",
        ) from problem
    # Silence would pass for knowing nothing.
    if lost := next((reply.error for reply in replies if reply.error), None):
        raise EndpointLost(
            "a model did not answer",
            why=lost,
            fix="see that it answers, and give the command again",
            state="no weight was changed",
        )
    return replies
