"""Pure values: what is asked, what came back, what it amounts to.

Rows hold scored samples. A `Framework` holds `Claim`s. An `Estimate` cannot exist without its n, interval and method;
an `Absent` cannot exist without a reason. `judge` and `overall` turn them into verdicts, and nothing else in Holdfast
does.

This package performs no input or output and knows no model, no world and no file format but JSON.
"""

from holdfast.evidence._absent import Absent
from holdfast.evidence._blocks import Block, IntervalRow, IntervalRows, Matrix, MatrixRow, Section, Table, Text
from holdfast.evidence._canonical import Frozen, canonical_json, digest, readable_json
from holdfast.evidence._cell import CELLS, CORNERED, PRESSURES, Cell, Pressure, cell_named, pressed
from holdfast.evidence._claim import Claim, Framework, Tier
from holdfast.evidence._elicitation import Elicitation, ElicitationReading, Elicited, Matched, MemberName, SecondChoice
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._finding import (
    Ability,
    Calibration,
    Control,
    Counts,
    Dose,
    Family,
    Finding,
    JudgeError,
    SpikedJudge,
)
from holdfast.evidence._framing import (
    CHANCE_SIDES,
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    PLACEBO_SIDES,
    PUNISHED,
    REWARDED,
    TEST_LOOKING,
    Framings,
    Place,
    Side,
    Sign,
    Skeleton,
    Slot,
)
from holdfast.evidence._gap import CueEffect, Gap, GapReading
from holdfast.evidence._judging import DISAGREE, JudgeCall, JudgeNotes, RecordsCalls, TruthSample
from holdfast.evidence._log_plan import ComparisonPlan, LabelFacts, LogPlan
from holdfast.evidence._logged import Exchange, Key, Log, LogFacts, Logged, LoggedCheck
from holdfast.evidence._message import Message
from holdfast.evidence._plan import CheckDesign, Plan, Planned, PlannedCheck
from holdfast.evidence._record import AnyPlan, Coverage, Envelope, Record, RunFacts, Tool, Under, read_plan
from holdfast.evidence._row import (
    DECOY_PREFERRED,
    GOLD_PREFERRED,
    MATCHED_ARMS,
    TUNED_ARMS,
    Arm,
    Row,
    in_order,
    rows_digest,
)
from holdfast.evidence._sample import (
    Ask,
    Decoding,
    Demonstration,
    Reply,
    Subject,
    SubjectFacts,
    TunableSubject,
    request_digest,
    sample_seed,
)
from holdfast.evidence._seal import Seal
from holdfast.evidence._suite import Inducement, Item, Scorer, ScorerFailed, Suite, Transcript, Wording
from holdfast.evidence._suite_run import SuiteRun, SuiteTask
from holdfast.evidence._verdict import VERDICT_MEANS, ExitCode, Threshold, Verdict, exit_code, judge, overall

__all__ = [
    "CELLS",
    "CHANCE_SIDES",
    "CONSEQUENCE",
    "CORNERED",
    "DECOY_PREFERRED",
    "DEPLOYMENT_LOOKING",
    "DISAGREE",
    "GOLD_PREFERRED",
    "MATCHED_ARMS",
    "PLACEBO_SIDES",
    "PRESSURES",
    "PUNISHED",
    "REWARDED",
    "TEST_LOOKING",
    "TUNED_ARMS",
    "VERDICT_MEANS",
    "Ability",
    "Absent",
    "AnyPlan",
    "Arm",
    "Ask",
    "Block",
    "Calibration",
    "Cell",
    "CheckDesign",
    "Claim",
    "ComparisonPlan",
    "Control",
    "Counts",
    "Coverage",
    "CueEffect",
    "Decoding",
    "Demonstration",
    "Dose",
    "Elicitation",
    "ElicitationReading",
    "Elicited",
    "Envelope",
    "Estimate",
    "Exchange",
    "ExitCode",
    "Family",
    "Finding",
    "Framework",
    "Framings",
    "Frozen",
    "Gap",
    "GapReading",
    "Inducement",
    "IntervalRow",
    "IntervalRows",
    "Item",
    "JudgeCall",
    "JudgeError",
    "JudgeNotes",
    "Key",
    "LabelFacts",
    "Log",
    "LogFacts",
    "LogPlan",
    "Logged",
    "LoggedCheck",
    "Matched",
    "Matrix",
    "MatrixRow",
    "MemberName",
    "Message",
    "Place",
    "Plan",
    "Planned",
    "PlannedCheck",
    "Pressure",
    "Record",
    "RecordsCalls",
    "Reply",
    "Row",
    "RunFacts",
    "Scorer",
    "ScorerFailed",
    "Seal",
    "SecondChoice",
    "Section",
    "Side",
    "Sign",
    "Skeleton",
    "Slot",
    "SpikedJudge",
    "Subject",
    "SubjectFacts",
    "Suite",
    "SuiteRun",
    "SuiteTask",
    "Table",
    "Text",
    "Threshold",
    "Tier",
    "Tool",
    "Transcript",
    "TruthSample",
    "TunableSubject",
    "Under",
    "Verdict",
    "Wording",
    "canonical_json",
    "cell_named",
    "digest",
    "exit_code",
    "in_order",
    "judge",
    "overall",
    "pressed",
    "read_plan",
    "readable_json",
    "request_digest",
    "rows_digest",
    "sample_seed",
]
