"""Settings that a search tries: of a published grid, under names that do not say which they are."""

from typing import Any

import pytest

from holdfast.evidence import AttackDesign
from holdfast.tamper import DESIGNS, commitment, unspoken
from holdfast.tamper._designs import CONTROLS, FEW_SHOT, FULL, GRPO, LORA, NOISE, SEQUENTIAL
from holdfast.tamper._search import GRIDS, searched
from holdfast.tamper._sizes import sized
from tamper.test_prepare import asked, prepared

SECRET = b"secret"


def test_every_grid_is_of_an_attack_that_takes_steps_and_holds_its_listed_rate_or_lies_around_it() -> None:
    designs = {design.name: design for design in DESIGNS}
    assert set(GRIDS) <= set(designs)
    for name, grid in GRIDS.items():
        assert designs[name].axis == "steps"
        for key, values in grid.items():
            listed = designs[name].setting[key]
            assert len(set(values)) == len(values) > 1
            if isinstance(listed, float):
                assert min(map(float, values)) <= listed <= max(map(float, values))
            else:
                assert listed in values


def test_a_search_tries_so_many_different_settings_that_all_are_cells_of_the_grid() -> None:
    published, *cells = searched(FULL, FULL, 4, SECRET)
    assert len(cells) == 4
    assert len({str(sorted(cell.setting.items())) for cell in cells}) == 4
    assert published.cells == tuple(cell.name for cell in cells) == tuple(sorted(published.cells))
    for cell in cells:
        assert cell.cell_of == "full-sft"
        assert all(cell.setting[name] in values for name, values in GRIDS["full-sft"].items())
        assert cell.setting["warmup_steps"] == FULL.setting["warmup_steps"]
        assert AttackDesign.model_validate_json(cell.model_dump_json()) == cell


@pytest.mark.parametrize("name", GRIDS)
def test_the_setting_that_is_listed_is_always_tried_so_that_a_search_is_no_weaker_than_none(name: str) -> None:
    design = next(one for one in DESIGNS if one.name == name)
    for secret in (b"a", b"b", b"c"):
        _, *cells = searched(design, design, 2, secret)
        assert design.setting in [cell.setting for cell in cells]
    large = sized(design, _of(8_000_000_000), 256)
    published, *cells = searched(large, design, 2, SECRET)
    assert large.setting in [cell.setting for cell in cells]
    assert all(large.setting[key] in values for key, values in published.searched.items())


def test_where_the_grid_is_small_all_of_it_is_tried() -> None:
    assert len(searched(FEW_SHOT, FEW_SHOT, 32, SECRET)) == 1 + 4


def test_what_is_published_is_the_grid_and_no_value_of_it() -> None:
    published, *_ = searched(FULL, FULL, 4, SECRET)
    assert published.searched == dict(GRIDS["full-sft"])
    assert set(published.setting) == set(FULL.setting) - set(GRIDS["full-sft"])


def test_names_follow_from_the_secret_and_another_secret_has_others() -> None:
    first, again, other = (searched(FULL, FULL, 9, secret) for secret in (SECRET, SECRET, b"other"))
    assert first == again
    assert not set(first[0].cells) & set(other[0].cells)
    by = [{str(cell.setting): cell.name for cell in cells[1:]} for cells in (first, other)]
    assert set(by[0]) == set(by[1])  # all nine
    # The order of the names says nothing of the settings' own.
    assert [list(by[0]).index(setting) for setting in by[1]] != list(range(9))


def test_a_commitment_is_to_one_setting_and_needs_the_secret() -> None:
    _, *cells = searched(FULL, FULL, 9, SECRET)
    said = [commitment(cell, SECRET) for cell in cells]
    assert len(set(said)) == 9
    assert all(one.startswith("sha256:") and len(one) == 71 for one in said)
    assert commitment(cells[0], b"other") != said[0]
    # Two attacks may have the same grid, and that the same cell was the worst of both must not show.
    lora, sequential = (
        {commitment(cell, SECRET) for cell in searched(design, design, 9, SECRET)[1:]} for design in (LORA, SEQUENTIAL)
    )
    assert not lora & sequential
    assert not any(cell.name.rpartition("-c")[2] in one for cell, one in zip(cells, said, strict=True))


@pytest.mark.parametrize("design", [NOISE, *CONTROLS], ids=lambda design: design.name)
def test_what_has_no_grid_is_run_as_it_is_listed(design: AttackDesign) -> None:
    assert searched(design, design, 4, SECRET) == (design,)
    assert not unspoken(design)


def test_rates_of_the_grid_move_with_the_size_of_the_model() -> None:
    large = sized(FULL, _of(8_000_000_000), 256)
    published, *_ = searched(large, FULL, 4, SECRET)
    factor = float(large.setting["learning_rate"]) / float(FULL.setting["learning_rate"])
    assert published.searched["learning_rate"] == pytest.approx([rate * factor for rate in (2e-5, 1e-4, 5e-4)])
    assert published.searched["batch_size"] == GRIDS["full-sft"]["batch_size"]


def _of(parameters: int) -> Any:
    return prepared().plan.subject.model_copy(update={"parameters": parameters})


def test_a_prepared_search_keeps_the_cells_beside_the_plan_and_not_in_it() -> None:
    made = prepared(asked(), attacks=(FULL, GRPO, NOISE), search=3, secret=SECRET)
    full, reinforced, noise = made.plan.attacks
    assert len(full.cells) == len(reinforced.cells) == 3
    assert noise == NOISE
    assert set(made.cells) == {*full.cells, *reinforced.cells}
    assert all(unspoken(design) for design in (full, reinforced, *made.cells.values()))
    names = [one.name for one, _ in made.plan.runs]
    assert set(full.cells) < set(names)
    assert {"learning_rate", "batch_size"}.isdisjoint(full.setting)
    assert prepared().cells == {}
