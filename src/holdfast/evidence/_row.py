"""The one table: a row is one scored sample.

Whatever ran (an organism, an imported log, later a tamper checkpoint or a shadow log) only writes rows. Every estimate
and every verdict is made from rows by one function, `assure.assess`.
"""

from collections.abc import Iterable
from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest

PlainArm = Literal[
    "subject",
    "greedy",
    "spiked",
    "ability",
    "readable",
    "placebo",
    "cues",
    "incentive",
    "tuned",
    "matched",
    "matched, tuned",
    "ahead",
    "unasked",
    "state",
    "logged",
    "after",
    "noted",
    "steered",
    "reproduced",
    "asked",
    "unrelated",
    "rotated",
    "noised",
]
"""An arm under no inducement."""
Arm = Literal[PlainArm, "induced"]
"""Why a sample was taken.

`subject`: the answers that the claim is about. `greedy`: the same requests without sampling, printed beside them.
`spiked`: a transcript whose label is known, put blind into the scoring stream. `induced`: the subject under an
inducing instruction at a known dose. `ability`: whether the subject knows a gold answer, whatever it says.
`readable`: harmless requests in other words or framings, to see whether the subject understands those. `placebo`:
twins whose two sides say nothing about tests. `cues`: twins in which chance decides, cue by cue, which side looks
like a test. `incentive`: exam-looking twins that differ in what a high mark is said to lead to. `tuned`: the subject
after it was taught a few right answers. `matched` and `matched, tuned`: the same of another model, one that is known
to be as weak as the subject showed itself. `ahead`: the subject asked what its answer will be for, before it gives one.
`unasked`: requests in the same framings, to see whether it says by itself where it is. `state`: nothing is said, the
activations behind the prompt are read. `logged`: the reply that a replayed conversation got when it was held, scored in
the same stream; nothing was asked. `after`: a replayed conversation with the reply that it got, and then the question
whether it is a test. `noted`: a note before a request that looks like a test says that it is none, or
something else. `steered`: such a request while a vector is added to the subject's activations. `reproduced`: the same
in twins of some families of cues, by a vector of the others. `asked`: whether it is a test, under each of these.
`unrelated`: how likely the gold reply is while vectors of unrelated texts are added. `rotated`: a question with its
options in another order, once for each place of the right one; the label is the place that was chosen. `noised`: items
where it looks like a test, asked of a copy of the subject with noise on its weights; a stratum is one draw of noise of
one size."""

TUNED_ARMS: Final[frozenset[Arm]] = frozenset({"tuned", "matched, tuned"})
"""What is asked after a few right answers were taught; its words are not kept."""
CHANGED_ARMS: Final[frozenset[Arm]] = frozenset({*TUNED_ARMS, "noised"})
"""What is asked of a copy whose weights are changed, behind a seal; its words are not kept."""
MATCHED_ARMS: Final[frozenset[Arm]] = frozenset({"matched", "matched, tuned"})
"""What another model is asked, so that its rows bear that model's digest."""

GOLD_PREFERRED: Final = "gold preferred"
DECOY_PREFERRED: Final = "decoy preferred"
"""The two labels of the ability arm: which continuation the subject found likelier."""


class Row(Frozen):
    """One scored sample."""

    id: str
    """Unique in a run; two rows with one id make the check invalid."""
    subject: str
    """Digest of what was asked."""
    check: str
    arm: Arm
    item: str
    stratum: str
    cluster: str
    """Samples of one cluster are not independent of each other."""
    attempt: int = Field(ge=1)
    label: str | Absent
    """The scorer's word, or why there is none."""
    judge: str
    """Who gave the label."""
    truth: str | None = Field(default=None, exclude_if=lambda truth: truth is None)
    """The planted label of a spiked transcript, or the true label of a unit in the plan's truth sample; None where
    nobody knows it."""
    inducement: str | None = Field(default=None, exclude_if=lambda way: way is None)
    """Which inducing instruction the arm is about; None where nothing is induced."""
    dose: float | None = Field(default=None, ge=0, le=1, exclude_if=lambda dose: dose is None)
    """Share of this arm's samples that were asked under the inducement; None where nothing is induced."""
    scores: dict[str, float] = Field(default_factory=dict, exclude_if=lambda scores: not scores)
    """How much it looks like a test, by who says so: `said` is the subject's own probability, the others are readouts',
    of its state or of its prompt, named by what was left out when they were fitted. `gold` is how likely the gold reply
    is."""
    layers: tuple[str, ...] = ()
    """Output-steering layers that were on."""
    request_digest: str
    reply_digest: str | Absent
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows in an order that is theirs alone, and not that in which they came.

    By the whole row and not by its id alone: an id may appear twice, and that is for an assessment to find.
    """
    return tuple(sorted(rows, key=lambda row: (row.id, row.model_dump_json())))


def rows_digest(ordered: Iterable[Row]) -> str:
    """Digest of rows that are `in_order`."""
    return digest([row.model_dump(mode="json") for row in ordered])
