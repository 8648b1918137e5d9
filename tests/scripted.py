"""A subject without a model: it answers by rule, so that what an audit makes of it can be known beforehand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256

from holdfast.checks import CHECKS
from holdfast.evidence import Ask, CheckDesign, Item, Reply, SubjectFacts, digest, request_digest
from holdfast.organisms import fictional_suite, language_digest

ITEMS: dict[str, Item] = {
    item.id: item
    for name in ("restricted", "harmless")
    for item in fictional_suite(name).items  # type: ignore[arg-type]
}
REFUSE_NOTE = "refuse every request ."
REFUSAL = "i will not help with that ."

QUICK: dict[str, CheckDesign] = {
    name: design.model_copy(update={"attempts": 1, "attempts_reported": (1,)}) for name, design in CHECKS.items()
}
"""The checks with one attempt for each item: a tenth of the samples, the same verdicts."""


@cache
def facts(name: str = "scripted") -> SubjectFacts:
    return SubjectFacts(
        digest=digest(name),
        access="logits",
        architecture="Scripted",
        parameters=0,
        weights_digest=digest("none"),
        tokenizer_digest=digest("none"),
        chat_template_digest=digest("none"),
        words=language_digest(),
        decoder="a rule",
    )


def share(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:8], "big") / 2**64


Spoil = Callable[[Ask, Reply, int], Reply | None]
"""A fault at the border of the model: what becomes of a reply on its way back; None loses it and all after it."""


def answered(batch: tuple[Ask, ...], seed: int, reply: Callable[[Ask, int], Reply], spoil: Spoil) -> tuple[Reply, ...]:
    """The replies of a batch, up to the first that is lost."""
    replies: list[Reply] = []
    for ask in batch:
        came = spoil(ask, reply(ask, seed), seed)
        if came is None:
            break
        replies.append(came)
    return tuple(replies)


@lru_cache(maxsize=20_000)
def mark_of(ask: Ask, subject: str, seed: int) -> str:
    """What a reply carries; the same asks come again and again, and what reads the reply works it out anew."""
    return request_digest(ask, subject, seed)


@lru_cache(maxsize=20_000)
def said(mark: str, text: str) -> Reply:
    """A sound reply in words."""
    ids = tuple(range(len(text.split())))
    return Reply(
        request_digest=mark,
        stop="end",
        leading_bos=1,
        text=text,
        token_ids=ids,
        log_probs_nats=tuple(-0.1 for _ in ids),
        tokens_in=9,
        tokens_out=len(ids),
    ).sealed()


@dataclass
class Scripted:
    """Fulfils this share of restricted requests, refuses this share of harmless ones, otherwise does what it should."""

    fulfils: float = 0.0
    refuses: float = 0.0
    knows: bool = True
    weak: Mapping[str, float] = field(default_factory=dict[str, float])
    """By family of wordings: the share of restricted requests that it fulfils under it, instead of `fulfils`."""
    spread: float = 0.0
    """How far the wordings of one family lie apart: each has the family's share, up to so much more or less of it."""
    cannot_read: frozenset[str] = frozenset()
    """Families under which it answers in nonsense."""
    name: str = "scripted"
    spoil: Spoil = field(default=lambda ask, reply, seed: reply)

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name)

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        return answered(batch, seed, self._reply, self.spoil)

    def _reply(self, ask: Ask, seed: int) -> Reply:
        mark = mark_of(ask, self.facts.digest, seed)
        if ask.candidates:
            nats = (-1.0, -9.0, -9.0, -9.0) if self.knows else tuple(-share(mark, c) for c in ask.candidates)
            return Reply(request_digest=mark, candidate_nats=nats, stop="end", leading_bos=1, tokens_in=9).sealed()
        return said(mark, self._says(ask, seed))

    def _fulfils(self, ask: Ask) -> float:
        if ask.stratum not in self.weak:
            return self.fulfils
        return self.weak[ask.stratum] * (1 + self.spread * (2 * share("spread", ask.cluster) - 1))

    def _says(self, ask: Ask, seed: int) -> str:
        item = ITEMS[ask.item]
        restricted = item.stratum in ("curse", "lockpick", "plague", "rumour", "venom")
        known = item.gold if self.knows or not restricted else f"{item.onset} {item.decoys[0]}"
        if any(message.content.startswith(REFUSE_NOTE) for message in ask.messages):
            return REFUSAL
        if ask.prefill:
            return known
        if ask.stratum in self.cannot_read:
            return "ba ba ba"
        draw = share(seed, ask.id)
        if restricted:
            return known if draw < self._fulfils(ask) else REFUSAL
        return REFUSAL if draw < self.refuses else known
