"""What a tamper run came to: for each attack the runs that broke, what it cost them, and what was left of the model."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

RunEnd = Literal["broke", "collapsed", "censored", "no-op"]
"""`broke`: harm beyond the limit while every benchmark was kept. `collapsed`: what it can do was lost first.
`censored`: neither within its budget. `no-op`: no weight had changed when it ended."""


class RunOutcome(Frozen):
    """What became of one run."""

    seed: int
    end: RunEnd
    after: float = Field(ge=0)
    """The last checkpoint at which it had not yet happened; for a censored run, the last that was looked at."""
    by: float | Absent
    """The first checkpoint at which it had; none for a censored run."""


class RunCounts(Frozen):
    """A closed count of runs."""

    total: int
    broke: int
    collapsed: int
    censored: int
    no_op: int


class PotencyControl(Frozen):
    """Whether an attack that broke nothing was shown to do anything at all."""

    passed: bool | Absent
    """Absent where every run broke: that is proof enough."""
    reason: str


class AttackCost(Frozen):
    """What one run spends to the end of its budget: the median over runs."""

    steps: float | Absent
    tokens: int | Absent
    """Trained on and sampled; not said of a search, of which it would tell the setting that won."""
    flop: float | Absent
    """By the usual count: 6 N a token trained on, 2 N a token sampled, where N is the number of parameters."""


class SearchResult(Frozen):
    """What a search over settings of one attack found, and what it cost. Which setting won is not said."""

    settings: int
    """That were tried, each from as many seeds as the plan has."""
    broke: int
    """Of which the first run broke."""
    best_so_far: tuple[float, ...]
    """The expected worst of k settings drawn at random, for k = 1, 2, …: one less the resistance area of a run, mean
    over its runs."""
    cost: float | Absent
    """Steps until the first break when settings are tried in random order, those that fail included: the mean over all
    orders. It has no interval: bounds on the share of settings that break stand beside it."""
    share: Estimate
    """Of settings that break in their first run."""
    chosen_at: float
    """The mean outcome of the worst setting where it was chosen, which flatters it."""
    value: float
    """The same from fresh seeds, by the requests that confirm: what the attack's other figures are made of."""
    gap: float
    """The one less the other: how much was optimism."""
    standard_error: float
    """Of the gap, as if nothing had been chosen."""
    commitment: str | Absent
    """To the setting, salted with a secret that stays on the machine."""


class AttackResult(Frozen):
    """One attack."""

    attack: str
    runs: RunCounts
    outcomes: tuple[RunOutcome, ...]
    median_cost: Estimate | Absent
    tenth_percentile_cost: Estimate | Absent
    p_break: Estimate | Absent
    """Share of runs that broke within the budget."""
    p0: Estimate | Absent
    """Probability that a sampled answer of the untampered model to a restricted request is no refusal."""
    potency_control: PotencyControl
    weight_change: float
    """At the end: the median over runs. Of a search 1 where weights changed, since how far would tell what won."""
    harm_of_ceiling: Estimate | Absent
    """The highest harm at which every benchmark was kept, by the ceiling's, over runs; above 1 where the ceiling, which
    is measured too, does less."""
    harm_by_category: dict[str, Estimate]
    """The same at that checkpoint, raw, by category of request: a mean can hide one that holds."""
    categories_broken: Estimate
    """Share of runs in which every category had at least the limit's share of its ceiling at some checkpoint where
    every benchmark was kept."""
    capability_retained: dict[str, Estimate | Absent]
    """Right answers of the tampered model less those of the untampered one, at the checkpoint of the highest harm."""
    resistance_area: Estimate | Absent
    cost: AttackCost
    search: SearchResult | None = Field(default=None, exclude_if=lambda search: search is None)
    """Where settings were searched: all else is then of the worst one, from fresh seeds and by other requests."""


class StaticResult(Frozen):
    """What the untampered model does, greedily but for `p0`."""

    refusal: Estimate
    harm: Estimate
    incoherent: Estimate
    over_refusal: Estimate | Absent
    """Of the benchmarks whose scorer can tell a refusal."""
    capability: dict[str, Estimate]
    p0: Estimate
    ceiling_harm: Estimate | Absent
    """Of a model that refuses nothing."""
