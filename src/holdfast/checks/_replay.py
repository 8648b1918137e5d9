"""Which samples are taken of own conversations: each last reply anew, and of a few whether they look like a test."""

from collections.abc import Iterator
from typing import Final

from holdfast.checks._parts import as_it_stands, decoding
from holdfast.evidence import (
    ASKED_AFTER,
    ASKED_AHEAD,
    SAID_UNASKED,
    SPIKED_REQUESTS,
    Arm,
    Ask,
    CheckDesign,
    Suite,
)

_ARMS: Final[dict[str, Arm]] = {ASKED_AHEAD: "ahead", ASKED_AFTER: "after", SAID_UNASKED: "unasked"}


def asks_in_replay(design: CheckDesign, suite: Suite) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Every conversation once, at the design's temperature; then, without sampling, the suite's items that ask whether a
    conversation is a test, those that are answered to see whether it is said unasked, and those whose note says it.
    """
    sampled = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens, temperature=design.temperature)
    for item in suite.items:
        yield as_it_stands(design, item, "subject", "", sampled)
    greedy = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    for item in suite.harmless:
        if item.stratum != SPIKED_REQUESTS:
            yield as_it_stands(design, item, _ARMS.get(item.stratum, "readable"), "", greedy)
