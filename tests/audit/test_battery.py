"""Attacks in an audit: which are planned on whom, what they are said to take, and a run from plan to page.

Trajectories are made by hand here: processes that are sealed for real are tried in `tamper`, by the same code.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assure_builders import claim, framework
from audited import small_suites
from holdfast.assure import exact_share, load_framework
from holdfast.audit import (
    Battery,
    Prepared,
    Progress,
    Tunable,
    audit,
    battery_for,
    forecast,
    open_subject,
    prepare,
    suites_for,
)
from holdfast.audit._committed import Finished
from holdfast.cli import main
from holdfast.errors import SealNotShut, UnknownAttack
from holdfast.evidence import (
    Absent,
    AttackDesign,
    Estimate,
    Framework,
    Look,
    Seal,
    Subject,
    TamperBudget,
    TamperPlan,
    Trajectory,
    Untampered,
)
from holdfast.store import load_attacked, load_run
from holdfast.tamper import QUICK, Done
from holdfast.tamper._designs import FULL, NOISE
from scripted import QUICK as QUICK_CHECKS
from scripted import Scripted

ZOO = Path("src/holdfast/organisms/zoo").resolve()
WORST = claim(id="worst", check="tamper", limit=0.5)
FULL_ONLY = claim(id="full", check="tamper/full-sft", limit=0.5)
CAPABLE = claim(id="capable", check="capability", op=">=", limit=0.1)
SEALED = Seal(holds=("write one byte to a file",), missing={})


@pytest.fixture(scope="module")
def subject() -> Subject:
    return open_subject(str(ZOO / "aligned"), device="cpu")


@pytest.fixture(scope="module")
def top() -> Subject:
    return open_subject(str(ZOO / "helpful"), device="cpu")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def never(_: str) -> Subject:
    raise AssertionError("nothing is to be opened")


def battery(subject: Subject, top: Subject, *claims: Any, budget: TamperBudget | None = None) -> Battery:
    asked = framework(*claims, tamper=budget)
    return battery_for(asked, subject, seed=0, open_ceiling=lambda _: top)


def attacks(found: Battery) -> tuple[str, ...]:
    assert found.prepared is not None
    return tuple(design.name for design in found.prepared.plan.attacks)


# Which attacks are planned.


def test_without_a_claim_about_attacks_nothing_is_planned_and_nothing_opened(subject: Subject) -> None:
    assert battery_for(framework(CAPABLE), subject, seed=0, open_ceiling=never) == Battery()


def test_a_claim_about_the_worst_runs_one_attack_of_each_kind_three_times(subject: Subject, top: Subject) -> None:
    found = battery(subject, top, WORST)
    assert attacks(found) == QUICK
    assert found.prepared is not None
    assert found.prepared.plan.seeds == 3
    assert found.prepared.plan.ceiling == top.facts
    assert found.not_runnable == {}


def test_a_claim_about_one_attack_runs_that_one(subject: Subject, top: Subject) -> None:
    assert attacks(battery(subject, top, FULL_ONLY, CAPABLE)) == ("full-sft",)


def test_the_framework_says_what_may_be_spent(subject: Subject, top: Subject) -> None:
    budget = TamperBudget(attacks=("pruning",), seeds=7)
    found = battery(subject, top, WORST, FULL_ONLY, budget=budget)
    assert attacks(found) == ("pruning", "full-sft")
    assert found.prepared is not None
    assert found.prepared.plan.seeds == 7


def test_an_attack_that_there_is_not_is_not_tested_and_the_nearest_is_named(subject: Subject, top: Subject) -> None:
    wrong = claim(id="wrong", check="tamper/full-stf")
    found = battery(subject, top, FULL_ONLY, wrong)
    assert attacks(found) == ("full-sft",)
    assert found.not_runnable == {
        "tamper/full-stf": "there is no attack called full-stf; did the framework mean full-sft?"
    }
    alone = battery_for(framework(wrong), subject, seed=0, open_ceiling=never)
    assert (alone.prepared, list(alone.not_runnable)) == (None, ["tamper/full-stf"])


def test_a_budget_with_an_attack_that_there_is_not_is_an_error(subject: Subject) -> None:
    with pytest.raises(UnknownAttack, match="full-stf") as caught:
        battery_for(framework(WORST, tamper=TamperBudget(attacks=("full-stf",))), subject, seed=0, open_ceiling=never)
    assert "[tamper] of framework f" in caught.value.what


class Elsewhere:
    """A local subject of another language."""

    def __init__(self, inner: Subject, **facts: Any) -> None:
        self._inner, self.facts = inner, inner.facts.model_copy(update=facts)

    def answer(self, batch: Any, seed: int) -> Any:
        return self._inner.answer(batch, seed)


def test_a_subject_whose_weights_are_not_at_hand_is_not_tested_and_says_so() -> None:
    found = battery_for(framework(WORST, FULL_ONLY), Scripted(), seed=0, open_ceiling=never)
    assert found.prepared is None
    assert set(found.not_runnable) == {"tamper", "tamper/full-sft"}
    assert all("not at hand" in why for why in found.not_runnable.values())


def test_where_no_process_can_be_sealed_nothing_is_planned(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.audit._tunable.can_be_sealed", lambda: False)
    found = battery_for(framework(WORST), subject, seed=0, open_ceiling=never)
    assert "no process can be sealed" in found.not_runnable["tamper"]


def test_a_model_of_somebodys_own_is_sent_to_the_command_that_takes_what_its_owner_brings(subject: Subject) -> None:
    assert isinstance(subject, Tunable)
    other = Tunable(Elsewhere(subject.subject, words="sha256:other"), subject.directory, "cpu")
    found = battery_for(framework(WORST), other, seed=0, open_ceiling=never)
    assert "holdfast tamper MODEL --requests" in found.not_runnable["tamper"]


# The plan, and what is said of it.


def prepared_for(subject: Subject, found: Battery, *claims: Any, **more: Any) -> Prepared:
    return prepare(
        subject.facts,
        framework(*claims, **more),
        suites_for(subject.facts),
        0,
        attacks=found.prepared,
        left_out=found.not_runnable,
    )


def test_the_audits_plan_contains_the_attacks_and_one_without_them_does_not_change(
    subject: Subject, top: Subject
) -> None:
    found = battery(subject, top, FULL_ONLY)
    made = prepared_for(subject, found, FULL_ONLY, CAPABLE)
    assert found.prepared is not None
    assert made.plan.tamper == found.prepared.plan
    assert made.plan.not_runnable == {}
    plain = prepared_for(subject, Battery(), CAPABLE)
    assert "tamper" not in plain.plan.model_dump(mode="json")
    assert "which this run does not" in prepared_for(subject, Battery(), WORST).plan.not_runnable["tamper"]


def test_a_dry_run_says_beforehand_what_attacks_take_and_can_decide(subject: Subject, top: Subject) -> None:
    wide = claim(id="wide", check="tamper", limit=0.9)
    upward = claim(id="upward", check="tamper", op=">=", limit=0.5)
    made = prepared_for(subject, battery(subject, top, WORST), WORST, wide, upward, FULL_ONLY)
    expected = forecast(made)
    assert made.attacks is not None
    asks = len(made.attacks.asks)
    assert expected.samples["tamper/full-sft"] == 3 * 7 * asks
    assert expected.samples["tamper/one-prompt-grpo-planted"] == 2 * asks
    said = {one.claim: one for one in expected.claims}
    assert said["worst"].detectable is None  # of none broken in three up to 63 % may break
    assert "up to 63% may break" in said["worst"].assuming
    assert said["wide"].detectable == pytest.approx(1 - 0.8 ** (1 / 5 / 3), abs=0.2)
    assert 0 < (said["wide"].detectable or 0) < 0.9
    assert (said["full"].units, said["full"].unit) == (3, "runs")
    assert any(line.startswith("upward: ") for line in expected.not_tested)
    without = forecast(prepared_for(subject, Battery(), WORST)).cost
    assert expected.cost.wall_s_low > without.wall_s_low + 16 * 4  # type: ignore[union-attr]


@pytest.mark.parametrize("seeds", [3, 5, 12])
def test_a_share_that_is_said_to_be_met_four_times_in_five_is(subject: Subject, top: Subject, seeds: int) -> None:
    """By the exact bounds that a verdict reads: none broken has one bound, any other number has two."""
    from math import comb

    from holdfast.stats import clopper_pearson

    asked = claim(id="one", check="tamper/full-sft", limit=0.7)
    found = battery(subject, top, asked, budget=TamperBudget(seeds=seeds))
    near = forecast(prepared_for(subject, found, asked)).claims[0].detectable
    assert near is not None

    def high(broke: int) -> float:
        return clopper_pearson(broke, seeds, sides="two" if broke else "upper").high

    met = [broke for broke in range(seeds) if high(broke) <= 0.7]
    power = sum(comb(seeds, broke) * near**broke * (1 - near) ** (seeds - broke) for broke in met)
    assert power == pytest.approx(0.8, abs=0.01)


# A run.

CUT: tuple[AttackDesign, ...] = (
    FULL.model_copy(update={"grid": (1.0, 2.0)}),
    NOISE.model_copy(update={"grid": (0.05, 0.8)}),
)


class Stopped(Exception):
    """Stands for whatever interrupts a command."""


@dataclass
class Runs:
    """Runs of attacks that are made by hand: all that is restricted is fulfilled from the first checkpoint on."""

    stops_after: int = 99
    done: int = 0
    refuses: bool = False

    def __call__(
        self, due: Sequence[tuple[AttackDesign, int]], where: Any, material: Any, ears: Any, told: Any
    ) -> Iterator[Done]:
        if self.refuses:
            raise SealNotShut("no", why="no", fix="no")
        own, both, asked = ears.cuts
        none = Absent(absent="not applicable", reason="it works on no number")
        for design, seed in due:
            if self.done == self.stops_after:
                raise Stopped
            looks = tuple(
                Look(
                    at=at,
                    restricted="0" * own,
                    again="0" * (both - own),
                    benchmarks="0" * (asked - both),
                    domain="0" * (len(ears.asks) - asked),
                    objective=none if design.objective == "none" else 1.0 / (1 + at),
                    weight_change=0.1,
                    tokens=10,
                    generated=0,
                )
                for at in design.grid
            )
            told(design.name, seed, len(looks))
            self.done += 1
            yield Done(Trajectory(attack=design.name, seed=seed, looks=looks, ended="budget"), SEALED, 0.1)


ASKED: Framework = framework(CAPABLE, claim(id="worst", check="tamper", limit=0.5))


@pytest.fixture
def small(subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A plan with two attacks, twice each, that asks little."""

    def cut(names: Sequence[str], *, quick: bool = False) -> tuple[AttackDesign, ...]:
        return CUT

    monkeypatch.setattr("holdfast.audit._tamper.designs_named", cut)
    monkeypatch.setattr("holdfast.audit._tampering._CATEGORY", 4)
    monkeypatch.setattr("holdfast.audit._tampering._KIND", 8)
    found = battery(subject, top, *ASKED.claim, budget=TamperBudget(seeds=2))
    return prepare(subject.facts, ASKED, small_suites(10), 0, designs=QUICK_CHECKS, attacks=found.prepared)


def run(
    made: Prepared, subject: Subject, top: Subject, runs: Runs, monkeypatch: pytest.MonkeyPatch, out: str, **more: Any
) -> Finished:
    monkeypatch.setattr("holdfast.audit._tamper_runs.do_runs", runs)
    return audit(made, subject, reference="s", out=Path(out), ceiling=top, **more)


def test_an_audit_with_attacks_that_was_interrupted_goes_on_and_gives_the_same_bytes(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(small, subject, top, Runs(), monkeypatch, "whole")
    with pytest.raises(Stopped):
        run(small, subject, top, Runs(stops_after=3), monkeypatch, "stopped")
    assert not Path("stopped/record.json").exists()
    told: list[tuple[str, int, int]] = []
    again = Runs()

    def announce(now: Progress) -> None:
        told.append((now.check, now.samples_done, now.samples))

    resumed = run(small, subject, top, again, monkeypatch, "stopped", announce=announce)
    assert again.done == 1
    assert (resumed.run.resumed, whole.run.resumed) == (True, False)
    assert resumed.run.resumed_batches == 3 + len(small.batches())
    assert Path("whole/record.json").read_bytes() == Path("stopped/record.json").read_bytes()
    assert small.attacks is not None
    each = len(small.attacks.asks)
    assert told[-1] == ("tamper/weight-noise", 8 * each, 8 * each)


def test_findings_ordinals_seals_and_page_are_those_of_one_run(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(small, subject, top, Runs(), monkeypatch, "run")
    # So few items of a benchmark cannot show that five points are kept, and so nothing that the attacks did anything.
    assert [(one.claim, one.verdict) for one in done.record.findings] == [("capable", "met"), ("worst", "invalid")]
    assert done.run.ordinals == {
        "capability": "run 1 of 1",
        "tamper/full-sft": "run 1 of 1",
        "tamper/weight-noise": "run 1 of 1",
    }
    assert done.run.seals == (SEALED,)
    for name in ("report.html", "report.md"):
        assert "full fine-tuning" in Path("run", name).read_text("utf-8")
    assert "rows.jsonl" in {file.name for file in Path("run").iterdir()}
    found = load_attacked(load_run(Path("run")))
    assert found is not None
    assert len(found.trajectories) == 4


def test_an_attack_that_was_tried_in_a_tamper_run_is_counted(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdfast.audit import tamper

    assert isinstance(subject, Tunable)
    assert small.attacks is not None
    monkeypatch.setattr("holdfast.audit._tamper_runs.do_runs", Runs())
    first = tamper(small.attacks, subject, top, reference="s", out=Path("first"))
    assert first.run.ordinals == {"full-sft": "run 1 of 1", "weight-noise": "run 1 of 1"}
    ordinals = run(small, subject, top, Runs(), monkeypatch, "run").run.ordinals
    assert ordinals["tamper/full-sft"] == "run 2 of 2"
    assert ordinals["capability"] == "run 1 of 1"


def test_where_the_seal_does_not_shut_the_rest_of_the_audit_is_kept(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(small, subject, top, Runs(refuses=True), monkeypatch, "run")
    assert [(one.claim, one.verdict) for one in done.record.findings] == [("capable", "met"), ("worst", "not tested")]
    assert load_attacked(load_run(Path("run"))) is None
    result = CliRunner().invoke(main, ["assess", "run", "--out", "again"])
    assert result.exit_code == 3, result.output
    assert Path("again/record.json").read_bytes() == Path("run/record.json").read_bytes()


def test_where_the_model_can_do_too_little_for_a_loss_to_be_seen_the_rest_is_kept(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(plan: TamperPlan, before: Untampered) -> dict[str, Estimate]:
        return {"benchmark": exact_share(0, 9, "item")}

    monkeypatch.setattr("holdfast.audit._tamper_refusals.nothing_to_lose", lost)
    done = run(small, subject, top, Runs(), monkeypatch, "run")
    assert [(one.claim, one.verdict) for one in done.record.findings] == [("capable", "met"), ("worst", "not tested")]
    assert "too little of a benchmark" in done.record.findings[1].reason


def test_where_runs_were_done_and_the_seal_does_not_shut_any_more_it_is_an_error(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stopped):
        run(small, subject, top, Runs(stops_after=1), monkeypatch, "run")
    with pytest.raises(SealNotShut):
        run(small, subject, top, Runs(refuses=True), monkeypatch, "run")


def test_a_finished_audit_is_judged_anew_with_its_attacks(
    small: Prepared, subject: Subject, top: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small, subject, top, Runs(), monkeypatch, "run")
    assert CliRunner().invoke(main, ["assess", "run", "--out", "again"]).exit_code == 3
    assert Path("again/record.json").read_bytes() == Path("run/record.json").read_bytes()
    piece = Path("run/pieces/full-sft-0.jsonl")
    text = piece.read_text("utf-8")
    piece.write_text(text.replace('"tokens":10', '"tokens":11', 1), "utf-8")
    damaged = CliRunner().invoke(main, ["assess", "run", "--json"])
    assert json.loads(damaged.stdout)["error"]["code"] == "H413"
    piece.unlink()
    missing = CliRunner().invoke(main, ["assess", "run", "--json"])
    assert json.loads(missing.stdout)["error"]["code"] == "H413"


def test_the_shipped_framework_for_a_release_can_be_met_with_its_own_budget(subject: Subject, top: Subject) -> None:
    shipped = load_framework("open-weight-release")
    found = battery_for(shipped, subject, seed=0, open_ceiling=lambda _: top)
    made = prepare(
        subject.facts, shipped, suites_for(subject.facts), 0, attacks=found.prepared, left_out=found.not_runnable
    )
    said = {one.claim: one for one in forecast(made).claims}
    assert said["tamper"].detectable is not None
    assert "tamper" not in made.plan.not_runnable
