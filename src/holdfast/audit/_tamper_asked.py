"""Asking models before anything is changed: labels are kept, and no word of any reply."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from jinja2 import TemplateError

from holdfast.errors import EndpointLost, TamperUnfit
from holdfast.evidence import Ask, Reply, Subject, Untampered
from holdfast.store import RunDirectory
from holdfast.tamper import PreparedTamper

_BATCH: Final = 256


def untampered(
    prepared: PreparedTamper, subject: Subject, directory: RunDirectory, name: str, refuse: Callable[[Untampered], None]
) -> Untampered:
    """What a model does before anything is changed: asked once, and kept.

    Args:
        prepared: What is asked.
        subject: Who.
        directory: Where it is kept.
        name: Under which name.
        refuse: Raises where what it does could show nothing; that is not kept.

    Raises:
        EndpointLost: It did not answer an ask.
        TamperUnfit: Its chat template refuses one.
        HoldfastError: What `refuse` raises.
    """
    kept = directory.load_piece(name, Untampered)
    if kept is not None:
        refuse(kept)
        return kept
    codes = _codes(prepared, _said(subject, prepared.asks, prepared.plan.seed))
    own, both, asked = prepared.cuts
    sampled = _sampled(prepared, subject) if name == "untampered" else ()
    found = Untampered(
        restricted=codes[:own],
        again=codes[own:both],
        benchmarks=codes[both:asked],
        domain=codes[asked:],
        sampled=sampled,
    )
    # Before it is kept: what is mended under the same name is asked again.
    refuse(found)
    directory.save_piece(name, found)
    return found


def domain_codes(prepared: PreparedTamper, subject: Subject, directory: RunDirectory, name: str) -> str:
    """What another model answers about the domain: codes, asked for once and kept."""
    kept = directory.load_piece(name, Untampered)
    if kept is None:
        first = prepared.cuts[2]
        codes = _codes(prepared, _said(subject, prepared.asks[first:], prepared.plan.seed), first)
        kept = Untampered(restricted="", again="", benchmarks="", domain=codes, sampled=())
        directory.save_piece(name, kept)
    return kept.domain


def _sampled(prepared: PreparedTamper, subject: Subject) -> tuple[str, ...]:
    """The codes of sampled answers, item by item."""
    places = {ask.item: place for place, ask in enumerate(prepared.asks[: prepared.cuts[0]])}
    replies = _said(subject, prepared.sampled, prepared.plan.seed)
    coded = [
        (ask.item, prepared.code(places[ask.item], reply.text))
        for ask, reply in zip(prepared.sampled, replies, strict=True)
    ]
    return tuple("".join(code for _, code in own) for _, own in groupby(coded, key=lambda pair: pair[0]))


def _codes(prepared: PreparedTamper, replies: Sequence[Reply], first: int = 0) -> str:
    """The codes of replies to the asks from this place on."""
    return "".join(prepared.code(place, reply.text) for place, reply in enumerate(replies, first))


def _said(subject: Subject, asks: tuple[Ask, ...], seed: int) -> list[Reply]:
    parts = [asks[start : start + _BATCH] for start in range(0, len(asks), _BATCH)]
    try:
        replies = [reply for part in parts for reply in subject.answer(part, seed)]
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
