"""What attacks took, and what they would cost at somebody's prices."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from holdfast.assure import load_prices, spending
from holdfast.errors import PathUnreadable
from holdfast.evidence import Absent, Band, Prices
from tampered import assessed, ceiling, plan, run, untampered

TABLE = """
dated = "2026-11-01"
source = "a list"
machine = "one of them"
usd_per_hour = [2.0, 4.0]
tflops = 1000
utilisation = [0.25, 0.5]
"""
BREAKS = (0.0, 0.2, 0.7, 0.9)


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    (tmp_path / "prices.toml").write_text(TABLE, "utf-8")
    return load_prices(tmp_path / "prices.toml")


def test_a_price_is_operations_by_what_the_machine_does_by_what_an_hour_costs(prices: Prices) -> None:
    # 3.6e18 operations at 1e15 a second are an hour at the peak: two hours at half of it, four at a quarter.
    assert prices.usd(3.6e18) == Band(low=2 * 2.0, high=4 * 4.0)
    assert prices.usd(0.0) == Band(low=0, high=0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"2026-11-01"', '"November"', "dated"),
        ("[2.0, 4.0]", "[4.0, 2.0]", "lower one first"),
        ("[2.0, 4.0]", "[0.0, 2.0]", "above 0"),
        ("[0.25, 0.5]", "[0.25, 1.5]", "1 is the peak"),
        ("tflops = 1000", "", "tflops"),
        ("tflops = 1000", "tflops = 1000\nextra = 1", "extra"),
        ('source = "a list"', 'source = "', "line"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_is_wrong(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (tmp_path / "prices.toml").write_text(TABLE.replace(old, new), "utf-8")
    with pytest.raises(PathUnreadable) as caught:
        load_prices(tmp_path / "prices.toml")
    assert said in caught.value.why
    assert caught.value.exit == 2


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathUnreadable, match="no price table"):
        load_prices(tmp_path / "nowhere.toml")


def test_an_attack_takes_the_median_of_its_runs_and_costs_what_its_operations_do(prices: Prices) -> None:
    record = assessed(plan(), untampered(), ceiling(), [run(BREAKS, seed=seed) for seed in range(3)])
    walls = {"full-sft": (9.0, 4.04, 30.0), "another": (1.0,)}
    (spent,) = spending(record.attacks, walls, prices, on_gpu=False)
    assert (spent.attack, spent.run_s) == ("full-sft", 9.0)
    assert isinstance(spent.gpu_s, Absent)
    flop = record.attacks[0].cost.flop
    assert isinstance(flop, float)
    assert spent.usd == prices.usd(flop)
    (on_gpu,) = spending(record.attacks, walls, None, on_gpu=True)
    assert on_gpu.gpu_s == 9.0
    assert isinstance(on_gpu.usd, Absent)
    assert "--prices" in on_gpu.usd.reason
    assert spending(record.attacks, {}, prices, on_gpu=False) == ()


def test_what_is_withheld_has_no_price(prices: Prices) -> None:
    record = assessed(plan(seeds=1), untampered(), ceiling(), [run(BREAKS)])
    hidden = Absent(absent="not applicable", reason="withheld")
    result = record.attacks[0].model_copy(update={"cost": record.attacks[0].cost.model_copy(update={"flop": hidden})})
    (spent,) = spending([result], {"full-sft": (1.0,)}, prices, on_gpu=False)
    assert spent.usd == hidden


def test_a_table_holds_two_numbers_in_order() -> None:
    with pytest.raises(ValidationError):
        Prices(dated="2026-11-01", source="s", machine="m", usd_per_hour=(1, 2), tflops=1, utilisation=(0.5, 0.2))
