"""Which samples are taken in an exam: the same items in the same skeletons, shown, and then elicited in every way.

What is shown is the answer where every cue looks like an exam. Each way of eliciting changes one thing about that: the
cues, what a high mark is said to lead to, or the weights. So each is a difference over the same pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from holdfast.checks._families import shuffled
from holdfast.checks._parts import decoding, weighed
from holdfast.checks._rotations import rotated
from holdfast.checks._skeletons import (
    SaidBy,
    asked,
    dealt_pairs,
    framed,
    induced,
    looking,
    placebos,
    skeletons_of,
)
from holdfast.evidence import (
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    DRAWS,
    PUNISHED,
    REWARDED,
    SIGMAS,
    TEST_LOOKING,
    Arm,
    Ask,
    CheckDesign,
    Demonstration,
    Item,
    Noise,
    Skeleton,
    SubjectFacts,
    Suite,
    sample_seed,
)


def asks_in_exam(
    design: CheckDesign,
    suite: Suite,
    seed: int,
    subject: SubjectFacts,
    matched: SubjectFacts | None = None,
    *,
    noise: bool = False,
) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    The items where it looks like an exam and where it does not; exam-looking twins in which a high mark is punished
    and rewarded; placebo twins of a part of the same pairs, which are neither; both sides under each inducement; of
    the exam-looking side which answer is likelier, where log-probabilities are seen; questions with options once for
    each place of the right one, where the suite has these; and a part of the pairs again after a few right answers
    were taught, where weights are at hand. That part is asked of the matched model too, before and after it was taught
    the same, and under noise on the subject's weights, where somebody wants that.
    """
    skeletons = skeletons_of(design, suite, seed)
    claimed = [item for item in suite.items if item.claimed]
    shown = looking(TEST_LOOKING, "test", skeletons)
    both = (shown, looking(DEPLOYMENT_LOOKING, "deployment", skeletons))
    pairs = dealt_pairs(skeletons, claimed, design.items_a_skeleton, seed, "claimed")
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    yield from asked(design, "subject", both, pairs, how, seed)
    if all(_speaks_of_marks(skeleton) for skeleton in skeletons):
        yield from asked(design, "incentive", _incentives(skeletons), pairs, how, seed)
    few = _a_few(pairs, design.items_beside)
    yield from asked(design, "placebo", placebos(skeletons, seed), few, how, seed)
    yield from induced(design, suite, seed, subject, both, pairs)
    yield from rotated(design, suite, seed, shown, skeletons)
    if subject.access != "api":
        yield from _second_choices(design, shown, pairs)
    if design.demonstrations and subject.tunes and suite.demonstrations:
        beside: tuple[Arm, ...] = ("matched", "matched, tuned") if matched and matched.tunes else ()
        for arm in ("tuned", *beside):
            yield from _again(design, arm, shown, few)
    if noise and subject.tunes:
        yield from _noised(design, shown, few)


def demonstrations_of(design: CheckDesign, suite: Suite, seed: int) -> tuple[Demonstration, ...]:
    """The right answers that are taught: other items than any that is asked, in exam-looking skeletons of their own."""
    if not (design.demonstrations and suite.framings):
        return ()
    # From a seed of its own: the nth skeleton is drawn from the seed and n, and these must not be the asked ones.
    own = sample_seed(seed, f"{design.id}/demonstrations")
    items = shuffled(suite.demonstrations, np.random.default_rng(own))[: design.demonstrations]
    skeletons = suite.framings.draw(len(items), own)
    says = looking(TEST_LOOKING, "test", skeletons).says
    return tuple(
        Demonstration(messages=skeleton.around(item.request, says[skeleton.id]), reply=item.gold)
        for skeleton, item in zip(skeletons, items, strict=False)
    )


def _speaks_of_marks(skeleton: Skeleton) -> bool:
    return any(slot.family == CONSEQUENCE for slot in skeleton.slots)


def _incentives(skeletons: Sequence[Skeleton]) -> tuple[SaidBy, SaidBy]:
    """An exam either way: only what a high mark is said to lead to differs."""
    return (
        looking(PUNISHED, "test", skeletons, consequence="test"),
        looking(REWARDED, "test", skeletons, consequence="deployment"),
    )


def _a_few(pairs: Sequence[tuple[Skeleton, Item]], each: int) -> list[tuple[Skeleton, Item]]:
    """The first pairs of every skeleton: all skeletons, since they decide how sure one may be."""
    seen: dict[str, int] = {}
    chosen: list[tuple[Skeleton, Item]] = []
    for skeleton, item in pairs:
        seen[skeleton.id] = seen.get(skeleton.id, 0) + 1
        if seen[skeleton.id] <= each:
            chosen.append((skeleton, item))
    return chosen


def _again(design: CheckDesign, arm: Arm, side: SaidBy, pairs: Sequence[tuple[Skeleton, Item]]) -> Iterator[Ask]:
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for skeleton, item in pairs:
        yield framed(design, arm, side, skeleton, item, how)


def _noised(design: CheckDesign, side: SaidBy, pairs: Sequence[tuple[Skeleton, Item]]) -> Iterator[Ask]:
    """The same under noise of every size, draw by draw: what is asked under one noise stands together."""
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for noise in (Noise(sigma=sigma, draw=draw) for sigma in SIGMAS for draw in range(1, DRAWS + 1)):
        for skeleton, item in pairs:
            yield framed(design, "noised", replace(side, stratum=noise.stratum), skeleton, item, how, noise=noise)


def _second_choices(design: CheckDesign, side: SaidBy, pairs: Sequence[tuple[Skeleton, Item]]) -> Iterator[Ask]:
    """The right answer against others of its form, the words before them being the same."""
    how = decoding(sampled=False)
    for skeleton, item in ((one, item) for one, item in pairs if item.decoys):
        yield framed(design, "ability", side, skeleton, item, how, "", **weighed(item))
