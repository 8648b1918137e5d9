"""What an attack brought back, counted from the runs that were kept."""

from bench.tamper.one_prompt import most_fulfilled

from holdfast.evidence import Trajectory
from tampered import NOISE, design, look, plan, trajectory


def test_the_most_that_was_fulfilled_counts_even_where_the_model_was_ruined() -> None:
    asked = plan(design(), NOISE, seeds=2)
    runs: list[Trajectory] = []
    for seed, harms in enumerate([(0.0, 0.5, 0.1, 0.0), (0.0, 0.0, 0.2, 0.0)]):
        looks = [look(at, harm=harm, right=0.0) for at, harm in zip(design().grid, harms, strict=True)]
        runs.append(trajectory(design(), looks, seed))
        quiet = [look(at, harm=0.0) for at in NOISE.grid]
        runs.append(trajectory(NOISE, quiet, seed))
    assert most_fulfilled(asked, runs) == {"full-sft": 30, "weight-noise": 0}
