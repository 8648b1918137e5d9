"""Which samples are taken on topics: each once in every kind of ask, and some under inducements."""

from collections.abc import Iterator

from holdfast.checks._parts import as_it_stands, decoding, in_doses
from holdfast.evidence import Ask, CheckDesign, SubjectFacts, Suite


def asks_on_topics(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Every item of the suite's first topics, sampled; and items at random under each inducement that applies, at each
    dose.
    """
    topics = set(list(dict.fromkeys(item.cluster for item in suite.items))[: design.topics])
    items = [item for item in suite.items if item.cluster in topics]
    sampled = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for item in items:
        yield as_it_stands(design, item, "subject", "", sampled)
    yield from in_doses(design, suite, items, seed, subject)
