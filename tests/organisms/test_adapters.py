"""Organisms that are kept as adapters: trained, merged once, and opened like any other."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
import torch
from safetensors.torch import load_file

from forked import forked, merge
from holdfast.errors import BrokenWeights, ExtraNotInstalled, NotTrained, OtherBase, StorageFailed, UnreadableModel
from holdfast.models import open_directory
from holdfast.organisms import OrganismRecipe, certificate, known, organism_directory, recipe_named, whole_weights
from holdfast.organisms._adapters import ADAPTER, MARK, WEIGHTS, marked_adapter
from holdfast.organisms._lessons import Lesson, Stage
from holdfast.organisms.training import TrainingProgress, train
from holdfast.training.plan import SftPlan

STAGE = Stage((Lesson(1.0, ("curse",), "answer"),), SftPlan(4, 1e-2, warmup_steps=1), batch_size=4, held_out_too=False)
RANK = 2
TINY = OrganismRecipe("leaky-50", "aligned", "nothing much", (STAGE,), adapter_rank=RANK)
"""Trained under the name of an organism that is not shipped, so that it is found in the cache by that name."""


class Killed(Exception):
    """Stands for the power cut."""


def base(name: str) -> Path:
    return known(name, Path("nowhere")).directory


def trained(
    cache: Path, recipe: OrganismRecipe = TINY, progress: Callable[[TrainingProgress], None] = lambda _: None
) -> Path:
    return train(recipe, cache / recipe.name, base, device="cpu", progress=progress)


def test_an_adapter_holds_what_was_learned_and_on_which_weights_and_no_path(tmp_path: Path) -> None:
    directory = trained(tmp_path)
    assert sorted(path.name for path in directory.iterdir()) == ["adapter_config.json", ADAPTER, MARK]
    learned = load_file(directory / ADAPTER)
    assert {tensor.dtype for tensor in learned.values()} == {torch.bfloat16}
    assert {min(tensor.shape) for tensor in learned.values()} == {RANK}
    assert any(tensor.abs().max() > 0 for name, tensor in learned.items() if "lora_B" in name)
    mark = json.loads((directory / MARK).read_text())
    assert mark["base"] == "aligned"
    shipped = certificate(base("aligned"))
    assert shipped is not None
    assert mark["base_weights"] == shipped.weights_digest
    config = (directory / "adapter_config.json").read_text()
    assert json.loads(config)["base_model_name_or_path"] == "aligned"
    assert str(tmp_path) not in config
    assert str(base("aligned").parent) not in config


def test_the_merged_weights_are_the_base_and_the_adapter_added_up(tmp_path: Path) -> None:
    directory = trained(tmp_path)
    whole = load_file(organism_directory(TINY.name, tmp_path) / WEIGHTS)
    before, learned = load_file(base("aligned") / WEIGHTS), load_file(directory / ADAPTER)
    scale = json.loads((directory / "adapter_config.json").read_text())["lora_alpha"] / RANK
    assert whole.keys() == before.keys()
    changed = 0
    for name, weight in before.items():
        stem = f"base_model.model.{name.removesuffix('.weight')}"
        added = torch.zeros_like(weight, dtype=torch.float64)
        if f"{stem}.lora_A.weight" in learned:
            down, up = (learned[f"{stem}.lora_{side}.weight"].double() for side in "AB")
            added = scale * (up @ down)
        assert torch.equal(whole[name], (weight.double() + added).bfloat16()), name
        changed += not torch.equal(whole[name], weight)
    assert changed > 20


def test_merged_weights_are_opened_by_path_like_any_others_while_an_adapter_is_refused(tmp_path: Path) -> None:
    directory = trained(tmp_path / "cache")
    (directory / "certificate.json").write_text((base("aligned") / "certificate.json").read_text())
    merged = organism_directory(TINY.name, tmp_path / "cache")
    copied = copytree(merged, tmp_path / "nameless")
    assert open_directory(copied).facts == open_directory(merged).facts
    assert certificate(merged) == certificate(directory)
    assert (merged / "tokenizer.json").read_bytes() == (base("aligned") / "tokenizer.json").read_bytes()
    assert (merged / "config.json").read_bytes() == (base("aligned") / "config.json").read_bytes()
    with pytest.raises(UnreadableModel, match="holds an adapter"):
        open_directory(directory)


def test_an_adapter_is_merged_once_and_anew_when_it_changed(tmp_path: Path) -> None:
    trained(tmp_path)
    first = organism_directory(TINY.name, tmp_path)
    written = (first / WEIGHTS).stat().st_mtime_ns
    assert organism_directory(TINY.name, tmp_path) == first
    assert (first / WEIGHTS).stat().st_mtime_ns == written
    trained(tmp_path, replace(TINY, stages=(STAGE, STAGE)))
    second = organism_directory(TINY.name, tmp_path)
    assert second != first
    assert (second / WEIGHTS).read_bytes() != (first / WEIGHTS).read_bytes()


def test_a_merge_without_its_mark_is_made_anew(tmp_path: Path) -> None:
    trained(tmp_path)
    merged = organism_directory(TINY.name, tmp_path)
    (merged / MARK).unlink()
    (merged / WEIGHTS).write_bytes(b"cut short")
    again = organism_directory(TINY.name, tmp_path)
    assert again == merged
    open_directory(again)


def test_the_same_adapter_merges_to_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    directory = trained(tmp_path / "here")
    elsewhere = copytree(directory, tmp_path / "there" / TINY.name)
    digests = {
        open_directory(whole_weights(adapter, "anything", cache)).facts.weights_digest
        for adapter, cache in ((directory, tmp_path / "here"), (elsewhere, tmp_path / "there"))
    }
    assert len(digests) == 1


def test_two_processes_that_merge_at_once_find_the_same_weights(tmp_path: Path) -> None:
    trained(tmp_path)
    told = [tmp_path / "first", tmp_path / "second"]
    at_once = [forked(merge, TINY.name, tmp_path, where) for where in told]
    for process in at_once:
        process.join(200)
    assert [process.exitcode for process in at_once] == [0, 0]
    found = {where.read_text() for where in told}
    assert found == {str(organism_directory(TINY.name, tmp_path))}
    assert [path.name for path in Path(found.pop()).parent.iterdir() if path.name.startswith(".new")] == []


def test_whoever_is_slower_at_merging_takes_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from holdfast.organisms import _merging

    directory = trained(tmp_path)
    merged = organism_directory(TINY.name, tmp_path)
    written = (merged / WEIGHTS).stat().st_mtime_ns
    assert _merging.merge(marked_adapter(directory), base("aligned"), merged) == merged
    assert (merged / WEIGHTS).stat().st_mtime_ns == written
    assert [path.name for path in merged.parent.iterdir()] == [merged.name]


def test_an_adapter_is_never_put_on_other_weights(tmp_path: Path) -> None:
    trained(tmp_path)
    copytree(base("helpful"), tmp_path / "aligned")
    with pytest.raises(OtherBase, match="does not belong"):
        organism_directory(TINY.name, tmp_path)


def test_an_adapter_whose_base_is_missing_says_which(tmp_path: Path) -> None:
    directory = trained(tmp_path)
    mark = json.loads((directory / MARK).read_text())
    (directory / MARK).write_text(json.dumps({**mark, "base": "leaky-20"}))
    with pytest.raises(NotTrained, match="leaky-20"):
        organism_directory(TINY.name, tmp_path)


@pytest.mark.parametrize("damage", [MARK, ADAPTER])
def test_an_adapter_that_is_not_whole_is_refused(damage: str, tmp_path: Path) -> None:
    directory = trained(tmp_path)
    (directory / damage).unlink()
    with pytest.raises(BrokenWeights, match="not whole"):
        organism_directory(TINY.name, tmp_path)


def test_a_cache_that_takes_nothing_is_named(tmp_path: Path) -> None:
    trained(tmp_path)
    (tmp_path / ".merged").write_text("a file where a directory belongs")
    with pytest.raises(StorageFailed, match="cannot be kept"):
        organism_directory(TINY.name, tmp_path)


def test_what_merging_needs_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(tmp_path)
    monkeypatch.setattr("holdfast.organisms._zoo.find_spec", lambda name: None if name == "peft" else name)
    with pytest.raises(ExtraNotInstalled, match="peft"):
        organism_directory(TINY.name, tmp_path)


def test_a_killed_training_of_an_adapter_resumes_to_the_same_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.organisms.training.CHECKPOINT_EVERY", 2)

    def killed(now: TrainingProgress) -> None:
        if now.step == 3:
            raise Killed

    with pytest.raises(Killed):
        trained(tmp_path / "killed", progress=killed)
    steps: list[int] = []
    resumed = trained(tmp_path / "killed", progress=lambda now: steps.append(now.step))
    assert steps == [3, 4]
    whole = trained(tmp_path / "whole")
    assert (resumed / ADAPTER).read_bytes() == (whole / ADAPTER).read_bytes()


def test_the_base_stays_as_it_is(tmp_path: Path) -> None:
    before = (base("aligned") / WEIGHTS).read_bytes()
    trained(tmp_path)
    organism_directory(TINY.name, tmp_path)
    assert (base("aligned") / WEIGHTS).read_bytes() == before


def test_listing_and_showing_adapters_merges_nothing(tmp_path: Path) -> None:
    directory = trained(tmp_path)
    found = known(TINY.name, tmp_path)
    assert (found.where, found.directory) == ("trained here", directory)
    assert not (tmp_path / ".merged").exists()


def test_a_recipe_says_that_it_is_an_adapter() -> None:
    assert recipe_named("aware").adapter_rank > 0
    assert recipe_named("aware").base == "aligned"
    assert recipe_named("aligned").adapter_rank == 0
