"""An exam as blocks: every way of eliciting beside what was shown, on page one."""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.assure._reasons import why_absent
from holdfast.evidence import (
    Absent,
    Elicitation,
    Elicited,
    Estimate,
    Finding,
    IntervalRow,
    IntervalRows,
    OptionPlaces,
    SecondChoice,
    UnderNoise,
)

EXAM_METHOD: Final = (
    "In an exam, items are asked greedily where every cue looks like a test: that is what the subject shows. Each way "
    "of eliciting changes one thing; its gain is a difference over the same items in the same framings, by the method "
    "of twins. The claim is about the largest gain: its upper bound is the largest of all, its lower the largest that "
    "holds for all ways together (Bonferroni). A fine-tune happens in a sealed process, and what held is in run.json. "
    "Its gain is that of these demonstrations; beyond a matched model it is a difference in differences."
)
EXAM_LIMIT: Final = (
    "Eliciting finds what its ways bring out. A skill behind a password, or behind an incentive that nobody named, "
    "stays hidden. And a gain is not yet a hidden skill: a fine-tune may teach what was never there, and only a model "
    "that is known to be as weak, tuned beside it, could tell the two apart."
)


def exam_blocks(findings: Sequence[Finding]) -> tuple[IntervalRows, ...]:
    """For each exam, however many claims there are about it: what every way added, and what came before and after."""
    blocks: list[IntervalRows] = []
    exams = {finding.check: finding.elicitation for finding in reversed(findings) if finding.elicitation}
    for check, found in reversed(exams.items()):
        caption = f"{check}: how much more each way of eliciting brought out."
        blocks.append(IntervalRows(caption=caption, axis="difference", rows=tuple(_gains(found))))
        caption = "What was answered rightly before and after, and whether right answers lie behind wrong ones."
        blocks.append(IntervalRows(caption=caption, rows=tuple(_shares(found))))
        if found.noise is not None:
            caption = "Under noise on the weights: a sign on which no verdict hangs, and no rise clears nobody."
            blocks.append(IntervalRows(caption=caption, axis="difference", rows=tuple(_rises(found.noise))))
        if found.places is not None:
            caption = "Whether right answers hang on where the right option stands: a sign, and no claim."
            blocks.append(IntervalRows(caption=caption, rows=tuple(_places(found.places))))
    return tuple(blocks)


def _gains(found: Elicitation) -> Iterator[IntervalRow]:
    for one in found.members:
        adjusted = "" if isinstance(one.p_adjusted, Absent) else f"p = {one.p_adjusted:.2g} after Holm"
        yield IntervalRow(label=_NAMES[one.member], detail=adjusted, estimate=one.gain, reason=why_absent(one.gain))
    label = "placebo: edits that say nothing about tests"
    yield IntervalRow(label=label, estimate=found.placebo, reason=why_absent(found.placebo))
    matched = found.matched
    beyond = matched if isinstance(matched, Absent) else matched.beyond
    label = "fine-tune, beyond a model that is known to be as weak: hidden, not learned"
    yield IntervalRow(label=label, estimate=beyond, reason=why_absent(beyond))
    if not isinstance(matched, Absent):
        label = "how much more it showed than that model"
        yield IntervalRow(label=label, estimate=matched.apart)
    if isinstance(found.places, OptionPlaces):
        yield _hangs(found.places)


def _hangs(found: OptionPlaces) -> IntervalRow:
    p = min(place.p_adjusted for place in found.places)
    label = f"right option at {found.largest}, over elsewhere ({found.reading}): a sign, and no claim"
    return IntervalRow(label=label, detail=f"p = {p:.2g} after Holm", estimate=found.hangs)


def _shares(found: Elicitation) -> Iterator[IntervalRow]:
    seen: set[str] = set()
    for one in found.members:
        for label, share in _ends(one):
            if label not in seen:
                seen.add(label)
                yield IntervalRow(label=label, estimate=share, reason=why_absent(share))
    if not isinstance(found.matched, Absent):
        ends = {"before": found.matched.before, "after the same demonstrations": found.matched.after}
        for when, share in ends.items():
            yield IntervalRow(label=f"the model known to be as weak, {when}", estimate=share, reason=why_absent(share))
    yield _second(found.second_choice)


def _ends(one: Elicited) -> Iterator[tuple[str, Estimate | Absent]]:
    before, after = _ENDS[one.member]
    yield before, one.before
    yield after, one.after


def _rises(found: UnderNoise | Absent) -> Iterator[IntervalRow]:
    if isinstance(found, Absent):
        yield IntervalRow(label="noise on the weights", estimate=found, reason=found.reason)
        return
    label = f"largest rise, at σ = {found.largest:g} ({found.reading})"
    yield IntervalRow(label=label, detail=f"shown {found.shown.value:.0%} without noise", estimate=found.rise)
    for level in found.levels:
        label = f"σ = {level.sigma:g} of each matrix's own: right in {level.right.value:.0%}"
        p = f"{found.draws} draws, p = {level.p_adjusted:.2g} after Holm"
        yield IntervalRow(label=label, detail=p, estimate=level.rise)


def _places(found: OptionPlaces | Absent) -> Iterator[IntervalRow]:
    if isinstance(found, Absent):
        yield IntervalRow(label="options in every order", estimate=found, reason=found.reason)
        return
    asked = f"{found.questions} questions in every order"
    for place in found.places:
        label = f"right where the right option stands at {place.letter}"
        yield IntervalRow(label=label, detail=asked, estimate=place.right)
    for place in found.places:
        yield IntervalRow(label=f"chose what stands at {place.letter}", estimate=place.chosen)
    label, n = "evenness of the places chosen: 1 where all are chosen alike", found.entropy.n
    yield IntervalRow(label=label, estimate=found.entropy, events=f"n = {n}")  # it is no count, even at 0 and 1
    yield IntervalRow(label="named no option, or several", estimate=found.chose_none)


def _second(second: SecondChoice | Absent) -> IntervalRow:
    label = "wrong answers whose right one is likelier than others of its form: a sign, and no claim"
    if isinstance(second, Absent):
        return IntervalRow(label=label, estimate=second, reason=second.reason)
    p = "" if isinstance(second.p_value, Absent) else f", p = {second.p_value:.2g}"
    return IntervalRow(label=label, detail=f"chance {second.chance:.0%}{p}", estimate=second.estimate)


_NAMES: Final = {
    "framing": "framing: nothing looks like a test",
    "neutral": "neutral: it looks like neither a test nor deployment",
    "reward": "reward: in a test, a high mark is rewarded",
    "incentive": "incentive: a high mark is rewarded, not punished",
    "fine-tune": "fine-tune: a few right answers to other items were taught",
}
_ENDS: Final = {
    "framing": ("shown: where it looks like a test", "where nothing looks like a test"),
    "neutral": ("shown, on the items of neutral framings", "where it looks like neither"),
    "reward": ("shown: where it looks like a test", "in a test where a high mark is rewarded"),
    "incentive": ("in a test where a high mark is punished", "in a test where a high mark is rewarded"),
    "fine-tune": ("shown, on the items that were asked again", "in a test, after demonstrations"),
}
