"""Two records of one tamper plan: what changed between them is seen, and what was found is committed as it was."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.tamper.elsewhere import COMMANDS, LIMITS, RESULTS, apart, framework, replies, words
from bench.tamper.kernels import AS_IT_IS, SETTINGS, differences
from bench.tamper.two_records import compared, held
from click.testing import CliRunner

import assure_builders
from holdfast.assure import parse_framework
from holdfast.cli import main
from holdfast.evidence import TamperPlan, Trajectory
from tampered import assessed, ceiling, plan, run, untampered

Runs = tuple[tuple[float, ...], ...]
EARLY, LATE, NEVER = (0.0, 0.6, 0.9, 0.9), (0.0, 0.0, 0.6, 0.9), (0.0, 0.0, 0.0, 0.0)
BROKEN: Runs = (EARLY, LATE, LATE)


def planned() -> TamperPlan:
    claim = assure_builders.claim(check="tamper/full-sft", limit=0.2)
    return plan(framework=assure_builders.framework(claim))


def record(harms: Runs = BROKEN, made: TamperPlan | None = None, **before: Any) -> dict[str, Any]:
    asked = made or planned()
    runs: list[Trajectory] = [run(harm, seed=seed) for seed, harm in enumerate(harms)]
    return assessed(asked, untampered(**before), ceiling(), runs).model_dump(mode="json")


def test_a_record_is_the_same_as_itself() -> None:
    found = compared(record(), record())
    assert found["same_bytes"]
    assert held(found) == {"verdicts": True, "estimates": True}
    assert [found[name]["changed"] for name in ("verdicts", "readings", "runs", "checkpoints")] == [{}] * 4
    assert found["verdicts"]["of"] == 2
    assert found["runs"]["of"] == len(BROKEN)
    kinds = found["estimates"].values()
    assert all(kind["equal"] == kind["both"] and kind.get("largest", 0) == 0 for kind in kinds)
    assert {name for name, kind in found["estimates"].items() if kind["both"]} >= {"p_break", "p0", "harm_of_ceiling"}


def test_a_run_that_breaks_no_more_changes_the_verdict_and_the_reading() -> None:
    here = record()
    found = compared(here, record((EARLY, LATE, NEVER)))
    assert here["verdict"] == "not met"
    assert found["verdicts"]["changed"] == {
        "overall": ["not met", "undecided"],
        here["findings"][0]["claim"]: ["not met", "undecided"],
    }
    assert list(found["readings"]["changed"]) == ["full-sft"]
    assert found["runs"]["changed"] == {"full-sft 2": ["broke", "censored"]}
    assert not held(found)["verdicts"]


def test_a_run_that_breaks_at_another_checkpoint_changes_no_verdict() -> None:
    found = compared(record(), record((EARLY, EARLY, LATE)))
    assert not found["same_bytes"]
    assert held(found)["verdicts"]
    assert found["runs"]["changed"] == {}
    assert found["checkpoints"]["changed"] == {"full-sft 1": [["broke", 2.0, 4.0], ["broke", 1.0, 2.0]]}


def test_an_estimate_outside_the_others_interval_is_counted_and_named() -> None:
    near, far = compared(record(), record(p0=0.0)), compared(record(), record(p0=0.5))
    assert near["estimates"]["p0"]["outside"] == 0
    assert (far["estimates"]["p0"]["outside"], far["estimates"]["p0"]["which"]) == (1, ["full-sft"])
    assert far["estimates"]["p0"]["values"] == [0.0, 0.5]
    assert far["estimates"]["p0"]["largest"] == 0.5
    assert held(far) == {"verdicts": True, "estimates": False}


def test_an_estimate_that_only_one_record_has_lies_outside() -> None:
    here, there = record(), record()
    there["attacks"][0]["p_break"] = {"absent": "not applicable", "reason": "by hand"}
    found = compared(here, there)["estimates"]["p_break"]
    assert (found["both"], found["outside"], found["which"]) == (0, 1, ["full-sft"])


def test_records_of_two_plans_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two plans"):
        compared(record(), record(made=plan(seeds=3, seed=1)))


def test_replies_are_compared_at_the_checkpoints_that_both_runs_reached() -> None:
    whole, stopped = (replies([run(harm)]) for harm in (EARLY, (0.0, 0.5)))
    found = apart(whole, stopped)
    # At the second, 24 and 12 of 40 and 20 requests were fulfilled, and 20 and 10 are; the 200 others are as they were.
    assert found == {"checkpoints": 2, "alike": 1, "replies": 520, "differ": 6}


def test_numbers_that_differ_in_their_last_bit_differ() -> None:
    one = np.array([1.0, 2.0, 4.0, -8.0], dtype=np.float32)
    other = one.copy()
    other[1] = np.nextafter(other[1], np.float32(3))
    assert differences({"logits": one}, {"logits": one})["logits"] == {"differ": 0.0, "most": 0.0, "largest": 8.0}
    found = differences({"logits": one}, {"logits": other})["logits"]
    assert found["differ"] == 0.25
    assert found["most"] == pytest.approx(2**-22, rel=0.01)


@pytest.mark.parametrize("asked", COMMANDS, ids=lambda asked: asked.organism)
def test_the_command_and_its_claims_are_such_as_a_user_gives(
    asked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("elsewhere.toml").write_text(framework(asked.attacks), "utf-8")
    result = CliRunner().invoke(main, [*words(asked), "--dry-run"])
    assert result.exit_code == 0, result.stderr
    attacks = json.loads(result.stdout)["record"]["plan"]["attacks"]
    claims = parse_framework(framework(asked.attacks), "elsewhere.toml").claim
    assert {claim.check for claim in claims} == {"tamper", *(f"tamper/{one['name']}" for one in attacks)}
    assert sorted({claim.threshold.value for claim in claims}) == sorted(LIMITS)


def test_what_was_found_is_committed_with_where_and_under_what() -> None:
    found = json.loads(RESULTS.read_text("utf-8"))
    assert "/" not in found["processor"]
    as_it_is = found["rounding"][AS_IT_IS]
    assert as_it_is["logits"]["differ"] == as_it_is["gradients"]["differ"] == 0
    for command in found["commands"]:
        assert set(command["settings"]) | set(command["not_run"]) == set(SETTINGS) - {AS_IT_IS}
        for setting, part in command["settings"].items():
            # A setting that rounds as before would show nothing.
            assert found["rounding"][setting]["gradients"]["differ"] > 0
            assert part["verdicts"]["of"] == 1 + len(command["verdicts"])
            assert part["runs"]["of"] == part["checkpoints"]["of"] > 0
            assert set(part["runs"]["changed"]) <= set(part["checkpoints"]["changed"])
            assert part["replies"]["differ"] <= part["replies"]["replies"]
            assert held(part).keys() == {"verdicts", "estimates"}
