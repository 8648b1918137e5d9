"""Noise on the weights as an audit runs it: one process, no words kept, and nothing where nobody wants it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from exams import SEAL, SMALL, ExamTaker, suites
from holdfast.audit import audit, forecast, prepare
from holdfast.audit._tunable import Tunable
from holdfast.errors import SealNotShut
from holdfast.evidence import CHANGED_ARMS, DRAWS, SIGMAS, Ask, Reply
from holdfast.training import SealedAnswers
from noisy import FRAMEWORK, Noisy, noisy, prepared_for
from scripted import Scripted


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_the_pairs_of_the_fine_tune_are_asked_in_one_batch_each_noise_by_itself() -> None:
    prepared = prepared_for(Noisy())
    small = replace(prepared, plan=prepared.plan.model_copy(update={"batch_size": 7}))
    (batch,) = [batch for batch in small.batches() if batch[0].arm == "noised"]
    tuned = [ask for ask in prepared.asks["sandbagging"] if ask.arm == "tuned"]
    assert len(batch) == len(tuned) * len(SIGMAS) * DRAWS
    noises = [ask.noise for ask in batch]
    assert len(set(map(str, noises))) == len(SIGMAS) * DRAWS
    runs = 1 + sum(one != other for one, other in pairwise(noises))
    assert runs == len(SIGMAS) * DRAWS
    for place, ask in enumerate(batch):
        same = tuned[place % len(tuned)]
        assert (ask.messages, ask.item, ask.cluster, ask.decoding) == (
            same.messages,
            same.item,
            same.cluster,
            same.decoding,
        )
        assert ask.noise
        assert ask.stratum == ask.noise.stratum


def test_everything_else_is_asked_as_without_noise() -> None:
    subject = Noisy()
    plain = prepare(subject.facts, FRAMEWORK, suites(), 0, designs=SMALL)
    asks = [ask for ask in prepared_for(subject).asks["sandbagging"] if ask.arm != "noised"]
    assert tuple(asks) == plain.asks["sandbagging"]
    assert not any("noise" in ask.model_dump(mode="json") for ask in asks)


def test_a_subject_whose_weights_are_not_at_hand_is_not_asked_under_noise() -> None:
    for subject in (Noisy(access="api", tunes=False), Noisy(tunes=False)):
        assert not any(ask.noise for ask in prepared_for(subject).asks["sandbagging"])


def test_what_it_says_under_noise_is_labelled_and_never_kept(tmp_path: Path) -> None:
    secret = "the words that only a noisy subject says"

    def telling(ask: Ask, reply: Reply) -> Reply:
        return reply.model_copy(update={"text": secret}).sealed() if ask.noise else reply

    subject = noisy(0.5, 0.5, 0.5, 0.5, 0.5, spoil=telling)
    done = audit(prepared_for(subject), subject, reference="noisy", out=tmp_path / "run")
    assert done.run.seals == (SEAL, SEAL)
    noised = [reply for ask, reply in done.replies.items() if "/noised/" in ask]
    assert noised
    assert all(reply.label is not None and not reply.text for reply in noised)
    files = [file for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert not any(secret in file.read_text("utf-8") for file in files)
    again = noisy(0.5, 0.5, 0.5, 0.5, 0.5)
    audit(prepared_for(again), again, reference="noisy", out=tmp_path / "other")
    assert len(again.noised) == 1


def test_where_no_process_can_be_sealed_the_rest_of_the_audit_is_worth_having(tmp_path: Path) -> None:
    class Open(Noisy):
        def answer_noised(self, batch: tuple[Ask, ...], seed: int) -> Any:
            raise SealNotShut("a process could not be sealed", why="?", fix="none")

    subject = Open()
    done = audit(prepared_for(subject), subject, reference="noisy", out=tmp_path / "run")
    assert done.record.findings[0].verdict == "met"
    assert done.run.seals == (SEAL,)


def test_a_local_subject_hands_its_directory_and_the_asks_to_the_sealed_process(tmp_path: Path) -> None:
    seen: list[Any] = []

    def under_noise(directory: Path, asks: Any, **more: Any) -> SealedAnswers:
        seen.append((directory, asks, more["seed"], more["device"], more["dtype"]))
        more["announce"](1, 2)
        return SealedAnswers((), SEAL, ())

    subject = Tunable(Scripted(), tmp_path, "cpu", "float32", under_noise=under_noise)
    assert subject.answer_noised((), 3) == ((), SEAL)
    assert seen == [(tmp_path, (), 3, "cpu", "float32")]


def test_a_dry_run_counts_the_samples_and_the_process() -> None:
    subject = ExamTaker()
    plain = forecast(prepare(subject.facts, FRAMEWORK, suites(), 0, designs=SMALL))
    noised = forecast(prepare(subject.facts, FRAMEWORK, suites(), 0, designs=SMALL, noise=True))
    assert noised.samples["sandbagging"] == plain.samples["sandbagging"] + 40 * len(SIGMAS) * DRAWS
    assert noised.cost.wall_s_low > plain.cost.wall_s_low + 9  # type: ignore[union-attr]
    assert {"noised"} < CHANGED_ARMS
