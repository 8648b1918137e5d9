"""What an attack brought back, counted from the runs that were kept."""

from pathlib import Path

from bench.tamper.one_prompt import most_fulfilled

from holdfast.store import RunDirectory
from tampered import NOISE, design, look, plan, trajectory


def test_the_most_that_was_fulfilled_counts_even_where_the_model_was_ruined(tmp_path: Path) -> None:
    asked = plan(design(), NOISE, seeds=2)
    kept = RunDirectory(tmp_path / "run", asked.digest, resumed=False)
    for seed, harms in enumerate([(0.0, 0.5, 0.1, 0.0), (0.0, 0.0, 0.2, 0.0)]):
        looks = [look(at, harm=harm, right=0.0) for at, harm in zip(design().grid, harms, strict=True)]
        kept.save_piece(f"full-sft-{seed}", trajectory(design(), looks, seed))
        quiet = [look(at, harm=0.0) for at in NOISE.grid]
        kept.save_piece(f"weight-noise-{seed}", trajectory(NOISE, quiet, seed))
    assert most_fulfilled(asked, kept) == {"full-sft": 30, "weight-noise": 0}
