"""Fail closed: twelve listed faults give `invalid` with a reason, and no random fault makes a verdict `met`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import framed
from audited import record_of, small_suites
from holdfast.evidence import (
    DEPLOYMENT_LOOKING,
    TEST_LOOKING,
    Absent,
    Ask,
    ExitCode,
    Item,
    Record,
    Reply,
    Scorer,
    ScorerFailed,
    Suite,
    exit_code,
)
from scripted import ITEMS, REFUSAL, Scripted, share


def failed(reply: Reply, said: str) -> Reply:
    """What a provider's failure comes back as."""
    return Reply(request_digest=reply.request_digest, error=said, stop="none", leading_bos=-1).sealed()


Spoil = Callable[[Ask, Reply, int], Reply | None]
Suites = Mapping[str, Suite]


def remade(reply: Reply, **changes: object) -> Reply:
    """A reply that was like this from the start: its seal fits."""
    return reply.model_copy(update=changes).sealed()


@dataclass(frozen=True)
class SpoiltScorer:
    """A scorer with a fault in it."""

    sound: Scorer
    fault: Callable[[Item, str, str | Absent], object]
    name: str = "spoilt"
    exact: bool = True

    @property
    def labels(self) -> frozenset[str]:
        return self.sound.labels

    def score(self, item: Item, reply: str) -> str | Absent:
        return self.fault(item, reply, self.sound.score(item, reply))  # type: ignore[return-value]


SMALL = small_suites()


def with_scorer(fault: Callable[[Item, str, str | Absent], object]) -> Suites:
    return {
        check: replace(suite, scorer=SpoiltScorer(suite.scorer, fault))  # type: ignore[type-var]
        for check, suite in SMALL.items()
    }


def judge_down(item: Item, reply: str, label: object) -> object:
    raise ScorerFailed("connection refused")


def judge_refuses(item: Item, reply: str, label: object) -> object:
    return Absent(absent="unscorable", reason="the judge refused to grade this")


def labels_swapped(item: Item, reply: str, label: object) -> object:
    return {"fulfilled": "refused", "refused": "fulfilled"}.get(str(label), label)


def no_items() -> Suites:
    return {check: replace(suite, items=(), spikes=()) for check, suite in SMALL.items()}  # type: ignore[type-var]


def half_run(ask: Ask, reply: Reply, seed: int) -> Reply | None:
    return None if share("early stop", ask.check, ask.item) < 0.01 else reply


MODEL_FAULTS: dict[str, tuple[Spoil, str]] = {
    "empty completions": (lambda a, r, s: remade(r, text="", token_ids=(), log_probs_nats=()), "empty completion"),
    "zero target turns": (
        lambda a, r, s: remade(r, text="", stop="none", token_ids=(), log_probs_nats=()),
        "never spoke",
    ),
    "everything truncated": (lambda a, r, s: remade(r, stop="length"), "truncated"),
    "double BOS": (lambda a, r, s: remade(r, leading_bos=2), "beginning-of-sequence"),
    "NaN": (
        lambda a, r, s: r.model_copy(update={"log_probs_nats": (float("nan"),), "candidate_nats": (float("nan"),)}),
        "not a number",
    ),
    "stale cache": (lambda a, r, s: remade(r, request_digest="sha256:of another run"), "stale"),
    "early stop": (half_run, "never came|ended before"),
    "provider error": (
        lambda a, r, s: failed(r, "HTTP 401"),
        "HTTP 401",
    ),
}
SUITE_FAULTS: dict[str, tuple[Callable[[], Suites], str]] = {
    "judge down": (lambda: with_scorer(judge_down), "connection refused"),
    "judge refusing": (lambda: with_scorer(judge_refuses), "refused to grade"),
    "swapped labels": (lambda: with_scorer(labels_swapped), "wrong label"),
    "empty data": (no_items, "no items"),
}


def test_the_twelve_faults_are_all_here() -> None:
    assert len(MODEL_FAULTS) + len(SUITE_FAULTS) == 12


def assert_invalid(record: Record, reason: str) -> None:
    import re

    assert record.verdict == "invalid"
    assert exit_code(record.verdict) == ExitCode.UNDECIDED
    for finding in record.findings:
        assert finding.verdict == "invalid", finding.claim
        assert re.search(reason, finding.reason), finding.reason


@pytest.mark.parametrize("fulfils", [0.0, 1.0])
@pytest.mark.parametrize("fault", MODEL_FAULTS)
def test_a_fault_of_the_model_gives_invalid_with_its_reason(fault: str, fulfils: float) -> None:
    spoil, reason = MODEL_FAULTS[fault]
    assert_invalid(record_of(Scripted(fulfils=fulfils, spoil=spoil), suites=SMALL), reason)


@pytest.mark.parametrize("fulfils", [0.0, 1.0])
@pytest.mark.parametrize("fault", SUITE_FAULTS)
def test_a_fault_of_the_suite_or_the_judge_gives_invalid_with_its_reason(fault: str, fulfils: float) -> None:
    suites, reason = SUITE_FAULTS[fault]
    assert_invalid(record_of(Scripted(fulfils=fulfils), suites=suites()), reason)


# The property: a subject that should not meet these claims never does, whatever is broken and however much of it.

SHARES = st.floats(0.05, 1.0)
SUBJECTS = st.sampled_from(
    [Scripted(fulfils=1.0), Scripted(fulfils=0.3), Scripted(fulfils=0.1), Scripted(refuses=0.4), Scripted(refuses=0.2)]
)
MET_WHEN_SOUND: dict[tuple[float, float], set[str]] = {}


def met(record: Record) -> set[str]:
    return {finding.claim for finding in record.findings if finding.verdict == "met"}


def never_better(subject: Scripted, faulty: Record) -> None:
    key = (subject.fulfils, subject.refuses)
    if key not in MET_WHEN_SOUND:
        MET_WHEN_SOUND[key] = met(record_of(subject, suites=SMALL))
    assert met(faulty) <= MET_WHEN_SOUND[key]


NAMES = sorted(ITEMS)
GARBLED: dict[str, Callable[[Ask, Reply], Reply | None]] = {
    "lost": lambda ask, reply: None,
    "empty": lambda ask, reply: remade(reply, text=""),
    "cut": lambda ask, reply: remade(reply, text=" ".join(reply.text.split()[: len(reply.text.split()) // 2])),
    "shuffled": lambda ask, reply: remade(
        reply, text=" ".join(sorted(reply.text.split(), key=lambda word: share(ask.id, word)))
    ),
    "of another item": lambda ask, reply: remade(
        reply, text=ITEMS[NAMES[int(share(ask.id, "other") * len(NAMES))]].gold
    ),
    "noise": lambda ask, reply: remade(reply, text="ba ba ba"),
    "altered on its way": lambda ask, reply: reply.model_copy(update={"text": REFUSAL + " "}),
    "stale": lambda ask, reply: remade(reply, request_digest="sha256:other", text=REFUSAL),
    "error": lambda ask, reply: failed(reply, "HTTP 503"),
    "no numbers": lambda ask, reply: reply.model_copy(update={"log_probs_nats": (float("nan"),)}),
}


def garbled(kind: str, ask: Ask, reply: Reply) -> Reply | None:
    """A reply that a broken model or transport might give."""
    return GARBLED[kind](ask, reply)


CORRUPTIONS = [name for name in GARBLED if name != "lost"]
PROPERTY = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@PROPERTY
@given(SUBJECTS, st.sampled_from([*CORRUPTIONS, "no numbers", "lost"]), SHARES)
def test_no_fault_at_the_model_or_the_cache_turns_a_verdict_into_met(subject: Scripted, kind: str, part: float) -> None:
    def spoil(ask: Ask, reply: Reply, seed: int) -> Reply | None:
        return garbled(kind, ask, reply) if share(ask.id, kind) < part else reply

    never_better(subject, record_of(replace(subject, spoil=spoil), suites=SMALL))


@PROPERTY
@given(SUBJECTS, st.sampled_from(["down", "refuses", "nonsense", "not a word", "swapped", "always harmless"]), SHARES)
def test_no_fault_at_the_judge_or_the_scorer_turns_a_verdict_into_met(
    subject: Scripted, kind: str, part: float
) -> None:
    def fault(item: Item, reply: str, label: str | Absent) -> object:
        if share(item.id, reply, kind) >= part:
            return label
        if kind == "down":
            raise ScorerFailed("timeout")
        return {
            "refuses": Absent(absent="unscorable", reason="refused"),
            "nonsense": "banana",
            "not a word": float("nan"),
            "swapped": {"fulfilled": "refused", "refused": "fulfilled"}.get(str(label), label),
            "always harmless": "refused" if item.stratum in ("curse", "plague", "rumour", "venom") else "fulfilled",
        }[kind]

    suites = {c: replace(s, scorer=SpoiltScorer(s.scorer, fault)) for c, s in SMALL.items()}  # type: ignore[type-var]
    never_better(subject, record_of(subject, suites=suites))


@PROPERTY
@given(SUBJECTS, SHARES)
def test_no_swap_of_gold_answers_turns_a_verdict_into_met(subject: Scripted, part: float) -> None:
    def swapped(suite: Suite) -> Suite:
        golds = [item.gold for item in suite.items]
        items = tuple(
            item.model_copy(update={"gold": golds[place - 1]}) if share(item.id) < part else item
            for place, item in enumerate(suite.items)
        )
        return replace(suite, items=items)  # type: ignore[type-var]

    never_better(subject, record_of(subject, suites={check: swapped(suite) for check, suite in SMALL.items()}))


@PROPERTY
@given(SUBJECTS, SHARES, st.sampled_from(["subject", "greedy", "spiked", "induced", "any"]))
def test_no_loss_of_rows_turns_a_verdict_into_met(subject: Scripted, part: float, arm: str) -> None:
    faulty = record_of(
        subject,
        suites=SMALL,
        spoil_rows=lambda rows: tuple(r for r in rows if arm not in (r.arm, "any") or share(r.id) >= part),
    )
    never_better(subject, faulty)


# The same for a claim about a gap, of a subject that has one.

FRAMED = framed.suites()


def of_twins(subject: Scripted, suites: Suites = FRAMED) -> Record:
    return record_of(subject, framework="awareness", suites=suites, designs=framed.SMALL)


@pytest.mark.parametrize("gap", [0.0, 0.5])
@pytest.mark.parametrize("fault", MODEL_FAULTS)
def test_a_fault_of_the_model_makes_a_gap_invalid_with_its_reason(fault: str, gap: float) -> None:
    spoil, reason = MODEL_FAULTS[fault]
    assert_invalid(of_twins(Scripted(weak={DEPLOYMENT_LOOKING: gap}, spoil=spoil)), reason)


@pytest.mark.parametrize("fault", [judge_down, judge_refuses, labels_swapped])
def test_a_fault_of_the_judge_makes_a_gap_invalid(fault: Callable[[Item, str, str | Absent], object]) -> None:
    suite = FRAMED["awareness"]
    spoilt = replace(suite, scorer=SpoiltScorer(suite.scorer, fault))  # type: ignore[type-var]
    assert of_twins(Scripted(weak={DEPLOYMENT_LOOKING: 0.5}), {"awareness": spoilt}).verdict == "invalid"


@PROPERTY
@given(st.sampled_from([*CORRUPTIONS, "lost"]), SHARES, st.sampled_from([None, TEST_LOOKING, DEPLOYMENT_LOOKING]))
def test_no_fault_on_either_side_turns_a_gap_into_met(kind: str, part: float, side: str | None) -> None:
    def spoil(ask: Ask, reply: Reply, seed: int) -> Reply | None:
        hit = share(ask.id, kind) < part and side in (None, ask.stratum)
        return garbled(kind, ask, reply) if hit else reply

    assert of_twins(Scripted(weak={DEPLOYMENT_LOOKING: 0.3}, spoil=spoil)).verdict != "met"
