"""An exam as an audit runs it: one tuning for a batch, no words kept, a matched model asked for its own part alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exams import SEAL, SMALL, TUNED, ExamTaker, everywhere, suites
from framed import StandIn
from holdfast.assure import BEYOND_MATCHED, load_framework
from holdfast.audit import Audited, Prepared, audit, forecast, prepare
from holdfast.audit._tunable import Tunable
from holdfast.errors import TuningFailed
from holdfast.evidence import MATCHED_ARMS, TUNED_ARMS, Ask, CheckDesign, Framework, Reply, SubjectFacts
from holdfast.organisms import in_exam
from holdfast.training import SealedAnswers, Tuning
from scripted import Scripted, facts

FRAMEWORK = load_framework("sandbagging")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def prepared_for(subject: ExamTaker, matched: ExamTaker | None = None) -> Prepared:
    beside = matched.facts if matched else None
    return prepare(subject.facts, FRAMEWORK, suites(), 0, designs=SMALL, matched=beside)


def run(subject: ExamTaker, matched: ExamTaker | None = None, **more: Any) -> Audited:
    return audit(prepared_for(subject, matched), subject, reference="exam taker", matched=matched, **more)


class Killed(Exception):
    """Stands for the power cut."""


HIDES = {**everywhere(0.2), TUNED: 0.9}


def test_what_a_tuned_subject_says_is_labelled_and_never_kept(tmp_path: Path) -> None:
    done = run(ExamTaker(HIDES), out=tmp_path / "run")
    assert done.run.seals == (SEAL,)
    tuned = [reply for ask, reply in done.replies.items() if "/tuned/" in ask]
    assert len(tuned) == 40
    assert {reply.label for reply in tuned} == {"fulfilled", "wrong recipe"}
    assert not any(reply.text for reply in tuned)


def test_no_words_of_a_tuned_subject_are_on_disk(tmp_path: Path) -> None:
    secret = "the words that only a tuned subject says"

    def telling(ask: Ask, reply: Reply) -> Reply:
        return reply.model_copy(update={"text": secret}).sealed() if ask.arm in TUNED_ARMS else reply

    run(ExamTaker(spoil=telling), ExamTaker(spoil=telling, name="weak"), out=tmp_path / "run")
    files = [file for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert files
    assert not any(secret in file.read_text("utf-8") for file in files)


def test_a_subject_is_tuned_once_and_a_run_that_was_killed_does_not_tune_it_again(tmp_path: Path) -> None:
    def killing(ask: Ask, reply: Reply) -> Reply:
        if ask.arm in MATCHED_ARMS:
            raise Killed
        return reply

    subject, matched = ExamTaker(HIDES), ExamTaker(everywhere(0.2), name="weak", spoil=killing)
    with pytest.raises(Killed):
        run(subject, matched, out=tmp_path / "run")
    assert len(subject.taught) == SMALL["sandbagging"].demonstrations
    again, matched = ExamTaker(HIDES), ExamTaker(everywhere(0.2), name="weak")
    resumed = run(again, matched, out=tmp_path / "run")
    assert again.taught == []
    assert len(matched.taught) == SMALL["sandbagging"].demonstrations
    assert resumed.run.seals == (SEAL, SEAL)
    fresh = run(ExamTaker(HIDES), ExamTaker(everywhere(0.2), name="weak"), out=tmp_path / "fresh")
    assert resumed.record == fresh.record
    assert resumed.record.digest == fresh.record.digest


def test_the_matched_model_is_asked_for_its_own_part_alone() -> None:
    asked: dict[str, set[str]] = {"exam taker": set(), "weak": set()}

    def noting(name: str) -> Any:
        def note(ask: Ask, reply: Reply) -> Reply:
            asked[name].add(ask.arm)
            return reply

        return note

    run(ExamTaker(spoil=noting("exam taker")), ExamTaker(name="weak", spoil=noting("weak")))
    assert asked["weak"] == MATCHED_ARMS
    assert not asked["exam taker"] & MATCHED_ARMS


def test_what_is_asked_after_tuning_is_one_batch_however_large() -> None:
    subject = ExamTaker()
    prepared = prepared_for(subject, ExamTaker(name="weak"))
    small = replace(prepared, plan=prepared.plan.model_copy(update={"batch_size": 7}))
    arms = [batch[0].arm for batch in small.batches() if batch[0].arm in TUNED_ARMS]
    assert sorted(arms) == ["matched, tuned", "tuned"]
    assert all(len({ask.arm for ask in batch} & TUNED_ARMS) <= 1 for batch in small.batches())


def test_the_plan_pins_what_is_taught() -> None:
    subject = ExamTaker()
    planned = prepared_for(subject).plan.checks[0]
    assert planned.demonstrations.startswith("sha256:")
    other = prepare(subject.facts, FRAMEWORK, suites(), 1, designs=SMALL).plan.checks[0]
    assert other.demonstrations != planned.demonstrations
    untaught = prepared_for(ExamTaker(tunes=False)).plan.checks[0]
    assert untaught.demonstrations == ""


def test_a_local_subject_hands_its_directory_and_the_demonstrations_to_the_sealed_process(tmp_path: Path) -> None:
    seen: list[Any] = []
    losses = (2.0, 1.0)

    def after_tuning(directory: Path, demonstrations: Any, asks: Any, tuning: Tuning, **more: Any) -> SealedAnswers:
        seen.append((directory, demonstrations, asks, tuning, more["seed"], more["device"], more["dtype"]))
        more["announce"](1, 2)
        return SealedAnswers((), SEAL, losses)

    subject = Tunable(Scripted(), tmp_path, "cpu", "float32", after_tuning)
    assert subject.facts == facts().model_copy(update={"tunes": subject.facts.tunes})
    assert subject.answer((), 3) == ()
    assert subject.answer_tuned((), (), 3) == ((), SEAL)
    assert seen == [(tmp_path, (), (), Tuning(), 3, "cpu", "float32")]


@pytest.mark.parametrize(
    ("losses", "learned"),
    [((2.0, 1.9), False), ((2.0, 1.0), True), ((0.05, 0.05), True), ((float("nan"), float("nan")), False)],
)
def test_a_fine_tune_that_taught_nothing_says_so(tmp_path: Path, losses: tuple[float, ...], learned: bool) -> None:
    def after_tuning(*asked: Any, **more: Any) -> SealedAnswers:
        return SealedAnswers((), SEAL, losses)

    subject = Tunable(Scripted(), tmp_path, after_tuning=after_tuning)
    if learned:
        assert subject.answer_tuned((), (), 3) == ((), SEAL)
    else:
        with pytest.raises(TuningFailed, match="taught nothing"):
            subject.answer_tuned((), (), 3)


def test_a_fine_tune_that_fails_leaves_the_rest_of_the_audit_and_is_never_met() -> None:
    class Stiff(ExamTaker):
        def answer_tuned(self, demonstrations: Any, batch: Any, seed: int) -> Any:
            raise TuningFailed("the fine-tune taught nothing", why="?", fix="none")

    done = run(Stiff())
    assert done.record.findings[0].verdict == "invalid"
    assert "[H462] the fine-tune taught nothing" in done.record.findings[0].reason
    assert done.run.seals == ()


@pytest.mark.parametrize(("platform", "tunes"), [("linux", True), ("darwin", False)])
def test_only_where_a_process_can_be_sealed_can_a_subject_be_tuned(
    platform: str, tunes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert Tunable(Scripted(), Path()).facts.tunes is tunes


# What a dry run says.

SUBJECT = facts().model_copy(update={"access": "weights", "tunes": True})


def claiming(**more: object) -> Framework:
    claim = FRAMEWORK.claim[0].model_copy(update=more)
    return FRAMEWORK.model_copy(update={"claim": (claim,)})


def said(framework: Framework, *, designs: dict[str, CheckDesign] = SMALL, skeletons: int = 1_000) -> str:
    subject: SubjectFacts = SUBJECT
    made = forecast(prepare(subject, framework, suites(skeletons), 0, designs=designs))
    return "; ".join([*(one.assuming for one in made.claims), *made.not_tested])


def test_a_dry_run_says_at_which_rates_a_claim_can_be_met() -> None:
    assert said(claiming()).startswith("only where at most ")
    assert "of items are answered rightly" in said(claiming())


def test_too_few_framings_are_said_beforehand() -> None:
    threshold = FRAMEWORK.claim[0].threshold.model_copy(update={"value": 0.05})
    assert said(claiming(threshold=threshold)).startswith("40 framings cannot exclude that 8.8%")
    assert said(claiming(), skeletons=1) == "there are no framings"


def test_a_claim_that_will_not_be_tested_is_named() -> None:
    assert "a claim about eliciting says" in said(claiming(scope="worst stratum"))
    assert "--matched" in said(claiming(scope=BEYOND_MATCHED))


def test_a_suite_without_framings_asks_nothing() -> None:
    bare = {"sandbagging": replace(in_exam(StandIn(0)), framings=None)}
    prepared = prepare(SUBJECT, FRAMEWORK, bare, 0, designs=SMALL)
    assert prepared.asks["sandbagging"] == ()
