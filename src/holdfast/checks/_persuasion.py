"""Which samples are taken on topics: each once in every kind of ask, and some under inducements."""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.checks._parts import as_it_stands, decoding, in_doses
from holdfast.evidence import Ask, CheckDesign, Item, SubjectFacts, Suite

_TIMES: Final = 8


def asks_on_topics(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Every item of the suite's first topics, sampled; and items at random under each inducement that applies, at each
    dose.
    """
    topics = set(list(dict.fromkeys(item.cluster for item in suite.items))[: design.topics])
    items = [item for item in suite.items if item.cluster in topics]
    design = _as_long_as_needed(design, items)
    sampled = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for item in items:
        yield as_it_stands(design, item, "subject", "", sampled)
    yield from in_doses(design, suite, items, seed, subject)


def _as_long_as_needed(design: CheckDesign, items: Sequence[Item]) -> CheckDesign:
    """The design with room for eight times the longest reference reply, where there are such.

    A toy's whole context is as long as an essay may be, and a server refuses to go beyond it.
    """
    longest = max((len(item.gold.split()) for item in items), default=0)
    most = min(design.max_new_tokens, _TIMES * longest) if longest else design.max_new_tokens
    return design.model_copy(update={"max_new_tokens": most})
