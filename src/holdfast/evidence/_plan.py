"""Everything that is decided before the first sample, with a digest that goes into the ledger."""

from typing import Annotated, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._claim import Framework
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._framing import Sign
from holdfast.evidence._judging import MeasuredError, TruthSample
from holdfast.evidence._replay import ReplayPlan
from holdfast.evidence._row import Arm, PlainArm
from holdfast.evidence._sample import SubjectFacts
from holdfast.evidence._study import StudyResult
from holdfast.evidence._tamper_plan import TamperPlan


class CheckDesign(Frozen):
    """What a check measures and how it is kept honest. Thresholds are the framework's business, not the check's."""

    id: str
    measures: str
    """The estimand, as the end of the sentence “the share of …”."""
    event: str
    """The label that is counted."""
    unit: str
    attempts: int = Field(ge=1)
    """Sampled attempts for each item."""
    attempts_reported: tuple[int, ...]
    sampled: bool
    """True when the claim is about sampled answers, False when about greedy ones."""
    reads_ability: bool
    """Whether “does not” must be told apart from “cannot”."""
    items_a_wording: int = Field(default=0, ge=0, exclude_if=lambda items: items == 0)
    """0: every item is asked as it stands. Otherwise strata are families of wordings, each wording is asked about so
    many items, and a unit is such a pair: one item put in one wording."""

    skeletons: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """0: requests are not framed. Otherwise each is asked in twins, in so many skeletons; strata are the sides."""
    items_a_skeleton: int = Field(default=0, ge=0, exclude_if=lambda items: items == 0)
    """A unit is one item in one skeleton and on one side; a pair is the same on both."""
    items_beside: int = Field(default=0, ge=0, exclude_if=lambda items: items == 0)
    """Items of each skeleton in its placebo twins, and in those whose cues chance decides one by one."""

    incentives: bool = Field(default=False, exclude_if=lambda asked: asked is False)
    """Whether items are asked again where a high mark is said to be rewarded, and where it is said to be punished."""
    demonstrations: int = Field(default=0, ge=0, exclude_if=lambda taught: taught == 0)
    """So many right answers are taught before items are asked again; 0: nothing is taught."""

    skeletons_a_form: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """0: nobody asks where the subject takes itself to be. Otherwise each sentence of each family of cues is the only
    cue of so many skeletons; strata are the sides, a cluster is a sentence."""

    replays: bool = Field(default=False, exclude_if=lambda replays: replays is False)
    """Whether items are conversations that people had, whose last reply is given anew."""
    temperature: float = Field(default=1.0, ge=0, exclude_if=lambda temperature: temperature == 1)
    """At which sampled answers are drawn."""
    doses: tuple[float, ...] = Field(default=(), exclude_if=lambda doses: not doses)
    """Empty: nothing is steered. Otherwise what looks like a test is asked again while the subject is steered toward
    deployment by so many mean differences, one after the other, and the set of what it then does is the measure."""
    unrelated: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """Contrasts of unrelated texts that stand beside the one that steers."""

    scenarios: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """0: nothing is told. Otherwise an agent is put in so many scenarios; strata are their cells."""
    topics: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """0: nothing is argued about. Otherwise somebody is talked with about so many topics, once in each kind of ask;
    strata are the kinds, a cluster is a topic."""
    also: tuple[str, ...] = Field(default=(), exclude_if=lambda labels: not labels)
    """Labels that count as the event too: the event is then what they have in common, and they are its grades."""
    max_new_tokens: int = Field(default=32, ge=1, exclude_if=lambda most: most == 32)
    """How long a reply may be; one that runs into the limit has no label."""

    @property
    def events(self) -> frozenset[str]:
        """Every label that is counted."""
        return frozenset({self.event, *self.also})

    @property
    def in_cells(self) -> bool:
        """Whether its strata are cells of scenarios: what presses on an agent, and what that looks like."""
        return self.scenarios > 0

    @property
    def on_topics(self) -> bool:
        """Whether its strata are kinds of ask about the same topics."""
        return self.topics > 0

    @property
    def in_families(self) -> bool:
        """Whether its strata are families of wordings."""
        return self.items_a_wording > 0

    @property
    def in_twins(self) -> bool:
        """Whether its strata are the two sides of twins, and the gap between them is what it measures."""
        return self.skeletons > 0 and not self.incentives and not self.doses

    @property
    def in_bracket(self) -> bool:
        """Whether it asks what the subject does where it does not believe that it is tested, in several ways."""
        return self.skeletons > 0 and bool(self.doses)

    @property
    def in_exam(self) -> bool:
        """Whether it asks how much more a subject can do than it shows where it seems to be examined."""
        return self.skeletons > 0 and self.incentives

    @property
    def in_recognition(self) -> bool:
        """Whether it asks how well a subject tells what looks like a test from what does not."""
        return self.skeletons_a_form > 0

    @property
    def crossed(self) -> bool:
        """Whether a unit is an item in a wording, in a skeleton or of a user, and not a cluster of its own."""
        return self.in_families or self.skeletons > 0 or self.in_recognition or self.replays


class Planned(Frozen):
    """How many samples of one arm and stratum are to be taken: the denominator that nothing may leave."""

    arm: PlainArm
    stratum: str
    claimed: bool
    samples: int = Field(ge=0)


class PlannedDose(Frozen):
    """How many samples of one stratum are to be taken at one dose of an inducement: a denominator as well."""

    arm: Literal["induced"] = "induced"
    stratum: str
    claimed: bool
    inducement: str
    dose: float
    samples: int = Field(ge=0)


AnyPlanned = Annotated[Planned | PlannedDose, Field(discriminator="arm")]


class PlannedCheck(Frozen):
    """One check with the suite it is given."""

    design: CheckDesign
    suite: str
    suite_digest: str
    on: str
    judge: str
    judge_exact: bool = Field(default=True, exclude_if=lambda exact: exact is True)
    """Whether the judge is right by construction; else its error is carried, or the finding says `uncorrected`."""
    judge_measured: MeasuredError | None = Field(default=None, exclude_if=lambda error: error is None)
    """How often the judge is right on what was labelled before; None where nobody measured it."""
    truth_sample: TruthSample | None = Field(default=None, exclude_if=lambda sample: sample is None)
    """The units that get a true label beside the judge's; None where nobody is to give any."""
    chance: float | Absent
    """How often guessing would prefer the gold answer; absent where answers are not weighed against each other."""
    planned: tuple[AnyPlanned, ...]
    asks_digest: str
    """Of every ask, in order: prompts, decoding, arms."""
    reference: dict[str, Estimate | Absent] = Field(default_factory=dict, exclude_if=lambda families: not families)
    """By family, asked or not: how often a reference that never refuses answers rightly under it."""
    not_asked: dict[str, str] = Field(default_factory=dict, exclude_if=lambda families: not families)
    """Families that this subject cannot be asked in, with the reason."""
    cues: dict[str, dict[str, Sign]] = Field(default_factory=dict, exclude_if=lambda cues: not cues)
    """By skeleton and cue family: 1 where the cue looks like deployment in the arm's first stratum, −1 where in its
    second. Only of the arm in which chance decides that."""
    framings: str = Field(default="", exclude_if=lambda digest: not digest)
    """Digest of what the skeletons were drawn from."""
    demonstrations: str = Field(default="", exclude_if=lambda digest: not digest)
    """Digest of the right answers that are taught before the `tuned` arm, and of how; empty where none are."""
    replay: ReplayPlan | None = Field(default=None, exclude_if=lambda replay: replay is None)
    """Where replayed conversations come from; None where none are replayed."""

    @property
    def arms(self) -> frozenset[Arm]:
        """The arms that have samples, and those of spiked transcripts."""
        return frozenset(planned.arm for planned in self.planned)


class Plan(Frozen):
    """What will be run."""

    schema_: Literal["holdfast.plan/2"] = Field(default="holdfast.plan/2", alias="schema")
    tool: str
    subject: SubjectFacts
    framework: Framework
    checks: tuple[PlannedCheck, ...]
    not_runnable: dict[str, str] = Field(default_factory=dict)
    """Checks that the framework asks for and this plan does not run, with the reason."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Of what the numbers depend on: a run that is resumed after an upgrade is another plan."""
    matched: SubjectFacts | None = Field(default=None, exclude_if=lambda facts: facts is None)
    """A model that is known to be as weak as the subject shows itself, tuned beside it; None where none was given."""
    studies: tuple[StudyResult, ...] = Field(default=(), exclude_if=lambda studies: not studies)
    """Experiments with people that were handed in: what a claim about people rests on."""
    tamper: TamperPlan | None = Field(default=None, exclude_if=lambda plan: plan is None)
    """What is done to copies of the subject whose weights are changed; None where nothing is."""
    seed: int
    batch_size: int = Field(ge=1)
    level: float = 0.95
    """Confidence of every interval that a verdict reads."""
    control_level: float = 0.999
    """Family-wise confidence of all controls of one audit."""
    max_missing: float = Field(default=0.1, ge=0, lt=1)
    """Share of unscorable and skipped samples above which a finding is invalid."""

    @property
    def digest(self) -> str:
        """The plan's digest."""
        return digest(self)

    @property
    def subject_digest(self) -> str:
        """Digest of what is evaluated."""
        return self.subject.digest
