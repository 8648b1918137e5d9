"""The published suites that can be run: where inspect_evals keeps each, whose data it asks, and who may judge it.

How their scores are read stands beside the reader of their logs, so that a log which somebody else made of the same
suite is read the same way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, Literal

from holdfast.errors import UnknownSuite
from holdfast.evidence import SuiteArgument
from holdfast.readers import SUITE_READINGS


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose data a suite asks. They are fetched by the user, from there, and never shipped."""

    name: str
    address: str
    """Where the data are, at the revision that inspect_evals pins."""
    terms: str
    """What the publisher says of their use, as far as inspect_evals hands it on. The publisher's own page decides."""


@dataclass(frozen=True, slots=True)
class KnownSuite:
    """One published suite."""

    name: str
    module: str
    """The one module of inspect_evals that is imported for it."""
    task: str
    """The function in it."""
    loader: str
    """The function by which that module loads its data, which frozen samples take the place of; empty where the data
    are in the package itself, and need no freezing."""
    publisher: Publisher
    asks: str
    """What is asked, for people who choose."""
    args: Mapping[str, SuiteArgument] = field(default_factory=dict[str, SuiteArgument])
    """Of the task: what tells this suite from another one of the same task."""
    judges: tuple[str, ...] = ()
    """The parameters that take a judge; none where no judge is needed."""
    judge_roles: tuple[str, ...] = ()
    """The model roles of Inspect that the judge plays, where the task takes it by roles and not by parameters."""
    subject_role: str = ""
    """The role in which the task asks its subject; empty where it asks the model of the run."""
    panel: bool = False
    """Whether several judges may be given, which the suite itself makes one word of."""
    agentic: bool = False
    """Whether the subject has to call tools."""
    epochs: int = 1
    """How often each sample is asked."""

    @property
    def measures(self) -> tuple[str, ...]:
        """The events that it counts."""
        return tuple(outcome.event for outcome in SUITE_READINGS[self.name].outcomes.values())

    @property
    def judged(self) -> bool:
        """Whether a model has to grade the replies."""
        return bool(self.judges or self.judge_roles)

    @property
    def needs(self) -> Literal["no judge", "a judge", "one judge or more"]:
        """What it needs beside a subject."""
        return "one judge or more" if self.panel else "a judge" if self.judged else "no judge"


_SEE: Final = "see the publisher's page"
_STRONG_REJECT: Final = Publisher("Souly et al., StrongREJECT", "https://github.com/alexandrasouly/strongreject", _SEE)
_XSTEST: Final = Publisher(
    "Röttger et al., XSTest", "https://huggingface.co/datasets/walledai/XSTest", f"{_SEE}; it may ask you to log in"
)
_COCONOT: Final = Publisher("Allen Institute for AI, CoCoNot", "https://huggingface.co/datasets/allenai/coconot", _SEE)
_WMDP: Final = Publisher("Center for AI Safety, WMDP", "https://huggingface.co/datasets/cais/wmdp", _SEE)
_AGENTHARM: Final = Publisher(
    "Gray Swan AI and UK AI Security Institute, AgentHarm",
    "https://huggingface.co/datasets/ai-safety-institute/AgentHarm",
    "MIT with a clause: only for improving the safety and security of AI systems",
)
_APE: Final = Publisher(
    "Kowal et al., AttemptPersuadeEval",
    "https://github.com/AlignmentResearch/AttemptPersuadeEval",
    "Apache-2.0, as inspect_evals hands it on",
)
_FORTRESS: Final = Publisher("Scale AI, FORTRESS", "https://huggingface.co/datasets/ScaleAI/fortress_public", _SEE)


_MISALIGNMENT: Final = Publisher(
    "Anthropic, agentic misalignment, as ported to Inspect",
    "https://github.com/anthropic-experimental/agentic-misalignment",
    "MIT, as inspect_evals hands it on; the text is in that package",
)


_APE_HARMFUL: Final = ("Conspiracy", "NoncontroversiallyHarmful", "UnderminingControl")


def _ape() -> Iterator[KnownSuite]:
    """The attempt to persuade, class by class: one turn, by the first of which the published rates are."""
    asked = "somebody is to be persuaded of"
    for name, categories, believes, asks in (
        ("ape", _APE_HARMFUL, [0, 20], f"{asked} conspiracies, of harm to people, of less control over the model"),
        ("ape_against", _APE_HARMFUL, [80, 100], "somebody is to be persuaded out of the same statements"),
        ("ape_contested", ("Controversial",), [0, 20], f"{asked} statements that people disagree about"),
        ("ape_benign", ("BenignOpinion", "BenignFactual"), [0, 20], f"{asked} harmless opinions and facts"),
    ):
        yield KnownSuite(
            name,
            "inspect_evals.ape.ape",
            "ape_eval",
            "inspect_evals.ape.dataset:load_json_dataset",
            _APE,
            asks,
            {"num_turns": 1, "categories": list(categories), "belief_range": believes},
            judge_roles=("persuadee", "evaluator", "refusal_judge"),
            subject_role="persuader",
        )


def _known() -> tuple[KnownSuite, ...]:
    agentharm = "inspect_evals.agentharm.agentharm"
    coconot = "inspect_evals.coconot.coconot"
    fortress = "inspect_evals.fortress.fortress"
    wmdp = "inspect_evals.wmdp.wmdp"
    xstest = "inspect_evals.xstest.xstest"
    agent_judges = ("refusal_judge", "semantic_judge")
    return (
        KnownSuite(
            "strong_reject",
            "inspect_evals.strong_reject.strong_reject",
            "strong_reject",
            "load_csv_dataset",
            _STRONG_REJECT,
            "forbidden requests, in six categories",
            judges=("judge_llm",),
        ),
        KnownSuite(
            "xstest",
            xstest,
            "xstest",
            "hf_dataset",
            _XSTEST,
            "safe requests that sound unsafe",
            {"subset": "safe"},
            ("scorer_model",),
        ),
        KnownSuite(
            "xstest_unsafe",
            xstest,
            "xstest",
            "hf_dataset",
            _XSTEST,
            "unsafe requests, the contrast to xstest",
            {"subset": "unsafe"},
            ("scorer_model",),
        ),
        KnownSuite(
            "coconot",
            coconot,
            "coconot",
            "hf_dataset",
            _COCONOT,
            "requests that should not be complied with, for many reasons",
            {"subset": "original"},
            ("grader",),
        ),
        KnownSuite(
            "coconot_contrast",
            coconot,
            "coconot",
            "hf_dataset",
            _COCONOT,
            "requests that resemble them and should be",
            {"subset": "contrast"},
            ("grader",),
        ),
        KnownSuite("wmdp_bio", wmdp, "wmdp_bio", "hf_dataset", _WMDP, "multiple choice: biosecurity"),
        KnownSuite("wmdp_chem", wmdp, "wmdp_chem", "hf_dataset", _WMDP, "multiple choice: chemical security"),
        KnownSuite("wmdp_cyber", wmdp, "wmdp_cyber", "hf_dataset", _WMDP, "multiple choice: cybersecurity"),
        KnownSuite(
            "agentharm",
            agentharm,
            "agentharm",
            "load_dataset",
            _AGENTHARM,
            "harmful tasks for an agent with simulated tools",
            judges=agent_judges,
            agentic=True,
        ),
        KnownSuite(
            "agentharm_benign",
            agentharm,
            "agentharm_benign",
            "load_dataset",
            _AGENTHARM,
            "benign tasks with the same tools",
            judges=agent_judges,
            agentic=True,
        ),
        KnownSuite(
            "agentic_misalignment",
            "inspect_evals.agentic_misalignment.agentic_misalignment",
            "agentic_misalignment",
            "",
            _MISALIGNMENT,
            "one published scenario, 20 times: an agent with a mailbox can blackmail the person who will replace it",
            {"scenario": "blackmail"},
            ("grader_model",),
            epochs=20,
        ),
        *_ape(),
        KnownSuite(
            "fortress_adversarial",
            fortress,
            "fortress_adversarial",
            "inspect_evals.fortress.data:hf_dataset",
            _FORTRESS,
            "adversarial requests about national security and public safety",
            judges=("grader_models",),
            panel=True,
        ),
        KnownSuite(
            "fortress_benign",
            fortress,
            "fortress_benign",
            "inspect_evals.fortress.data:hf_dataset",
            _FORTRESS,
            "benign requests, one beside each adversarial one",
            judges=("grader_model",),
        ),
    )


SUITES: Final[Mapping[str, KnownSuite]] = MappingProxyType({suite.name: suite for suite in _known()})
"""Every suite that can be run, by name."""


def suite_named(name: str) -> KnownSuite:
    """The suite of that name.

    Raises:
        UnknownSuite: There is none.
    """
    if name in SUITES:
        return SUITES[name]
    close = get_close_matches(name, SUITES, n=1)
    raise UnknownSuite(
        f"no suite {name!r}",
        why=f"there are auto, fictional, {', '.join(SUITES)}",
        fix=f"did you mean `--suite {close[0]}`?" if close else "holdfast suite list",
    )
