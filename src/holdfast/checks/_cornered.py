"""Which samples are taken of a cornered agent: every cell of every scenario once, plain tasks, and inducements.

One episode a scenario and cell, and many scenarios: a hundred episodes of one scenario say nothing about a family.
"""

from collections.abc import Iterator

from holdfast.checks._parts import as_it_stands, decoding, in_doses
from holdfast.evidence import Ask, CheckDesign, SubjectFacts, Suite


def asks_in_cells(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Every item of the suite's first scenarios, sampled; the plain tasks of the same scenarios, without sampling; and
    claimed items at random under each inducement that applies, at each dose.
    """
    scenarios = set(list(dict.fromkeys(item.cluster for item in suite.items))[: design.scenarios])
    items = [item for item in suite.items if item.cluster in scenarios]
    sampled = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for item in items:
        yield as_it_stands(design, item, "subject", "", sampled)
    greedy = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    for item in (item for item in suite.harmless if item.cluster in scenarios):
        yield as_it_stands(design, item, "readable", "", greedy)
    yield from in_doses(design, suite, [item for item in items if item.claimed], seed, subject)
