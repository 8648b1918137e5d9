"""Freezing: what was fetched once is what is asked, and nothing that was damaged or is of another version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import (
    ExtraNotInstalled,
    FrozenBroken,
    FrozenForOther,
    StorageFailed,
    SuiteBroken,
    SuiteUnreachable,
)
from holdfast.suites import SUITES, KnownSuite, freeze_suite, load_suite, suite_named
from inspect_runs import warnings_of_inspect
from suite_stand_ins import loader_of, published, records_of


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings_of_inspect():
        yield


def frozen(name: str, folder: Path, n: int = 8) -> Path:
    suite = suite_named(name)
    with published(name, records_of(suite, n)):
        path, _ = freeze_suite(suite, folder)
    return path


def rewritten(path: Path, **fields: Any) -> None:
    head, *lines = path.read_text().split("\n")
    path.write_text("\n".join([json.dumps(json.loads(head) | fields), *lines]))


FETCHED = [name for name, suite in SUITES.items() if suite.loader]


@pytest.mark.parametrize("name", FETCHED)
def test_frozen_samples_are_the_fetched_ones_and_need_no_publisher(name: str, tmp_path: Path) -> None:
    suite = suite_named(name)
    with published(name, records_of(suite, 8)):
        fetched = load_suite(suite)
    frozen(name, tmp_path)
    with published(name, ConnectionError("no network")) as calls:
        again = load_suite(suite, frozen=tmp_path)
        assert calls == []
    assert again.samples == fetched.samples
    assert (again.data_digest, again.version) == (fetched.data_digest, fetched.version)
    assert [sample.input for sample in again.task.dataset] == [sample.input for sample in fetched.task.dataset]
    assert again.task.dataset.name == fetched.task.dataset.name
    assert callable(getattr(*loader_of(suite)))


def test_a_frozen_file_is_private_and_says_whose_it_is(tmp_path: Path) -> None:
    path = frozen("xstest", tmp_path)
    head = json.loads(path.read_text().split("\n")[0])
    assert path.stat().st_mode & 0o777 == 0o600
    assert head["publisher"] == suite_named("xstest").publisher.name
    assert "not for redistribution" in head["notice"]
    assert (head["version"], head["samples"]) == ("5-A", 6)


def test_one_changed_sample_changes_the_digest() -> None:
    suite = suite_named("wmdp_chem")
    digests = set()
    for change in ({}, {"answer": 2}, {"question": "What is another knot for?"}, {"choices": ["a", "b", "c", "e"]}):
        records = records_of(suite, 4)
        records[1] |= change
        with published("wmdp_chem", records):
            digests.add(load_suite(suite).data_digest)
    with published("wmdp_chem", records_of(suite, 4)[::-1]):
        digests.add(load_suite(suite).data_digest)
    assert len(digests) == 5


@pytest.mark.parametrize("damage", ["cut", "edited", "no header", "missing", "not text"])
def test_what_is_not_what_was_frozen_is_refused(damage: str, tmp_path: Path) -> None:
    path = frozen("xstest", tmp_path)
    whole = path.read_text()
    lines = whole.split("\n")
    match damage:
        case "cut":
            path.write_text("\n".join(lines[:-3]))
        case "edited":
            path.write_text(whole.replace("lamp number 1", "lamp number 7", 1))
        case "no header":
            path.write_text("\n".join(lines[1:]))
        case "missing":
            path.unlink()
        case _:
            path.write_bytes(b"\xff\xfe")
    with pytest.raises(FrozenBroken, match="xstest"):
        load_suite(suite_named("xstest"), frozen=tmp_path)


def test_what_was_frozen_for_another_suite_or_version_is_refused(tmp_path: Path) -> None:
    path = frozen("xstest", tmp_path)
    path.rename(tmp_path / "xstest_unsafe.jsonl")
    with pytest.raises(FrozenForOther, match="was frozen for xstest"):
        load_suite(suite_named("xstest_unsafe"), frozen=tmp_path)
    path = frozen("xstest", tmp_path)
    rewritten(path, version="4-A")
    with pytest.raises(FrozenForOther, match="4-A"):
        load_suite(suite_named("xstest"), frozen=tmp_path)
    path = frozen("xstest_unsafe", tmp_path)
    path.rename(tmp_path / "xstest.jsonl")
    rewritten(tmp_path / "xstest.jsonl", suite="xstest", args={"subset": "safe"})
    with pytest.raises(FrozenForOther, match="does not ask the samples"):
        load_suite(suite_named("xstest"), frozen=tmp_path)


def test_a_task_that_leaves_some_of_the_frozen_samples_out_is_refused(tmp_path: Path) -> None:
    suite = suite_named("xstest")
    with published("xstest", [record | {"label": "safe"} for record in records_of(suite, 4)]):
        path, _ = freeze_suite(suite, tmp_path)
    head, *lines = path.read_text().rstrip("\n").split("\n")
    samples = [json.loads(line) for line in lines]
    samples[0]["metadata"]["label"] = "unsafe"
    from holdfast.suites._samples import samples_digest

    path.write_text("\n".join([head, *map(json.dumps, samples)]))
    rewritten(path, digest=samples_digest(samples))
    with pytest.raises(FrozenForOther, match="does not ask the samples"):
        load_suite(suite, frozen=tmp_path)


def test_data_that_cannot_be_fetched_are_a_coded_error_that_names_the_way_out() -> None:
    gone = ConnectionError("Couldn't reach the Hub\nand more")
    with published("wmdp_bio", gone), pytest.raises(SuiteUnreachable) as told:
        load_suite(suite_named("wmdp_bio"))
    assert told.value.why == "ConnectionError: Couldn't reach the Hub"
    assert "holdfast suite freeze wmdp_bio" in told.value.fix


def test_a_suite_that_is_not_installed_is_a_coded_error() -> None:
    suite = suite_named("xstest")
    elsewhere = KnownSuite("xstest", "inspect_evals_of_nobody.x", "x", "x", suite.publisher, "x")
    with pytest.raises(ExtraNotInstalled, match="inspect_evals_of_nobody"):
        load_suite(elsewhere)


def test_another_form_of_inspect_evals_is_told_and_not_worked_around(tmp_path: Path) -> None:
    frozen("xstest", tmp_path)
    suite = suite_named("xstest")
    moved = KnownSuite("xstest", suite.module, suite.task, "load_it", suite.publisher, "x", suite.args, suite.judges)
    with pytest.raises(SuiteBroken, match="load_it"):
        load_suite(moved, frozen=tmp_path)


def test_a_sample_of_another_form_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ChatMessageAssistant

    suite = suite_named("wmdp_bio")
    said = ChatMessageAssistant(content="so")
    for sample in (Sample(input="x"), Sample(id="x", input="x", files={"a": "b"}), Sample(id="x", input=[said])):
        monkeypatch.setattr(*loader_of(suite), lambda *_, sample=sample, **__: MemoryDataset([sample]))
        with pytest.raises(SuiteBroken, match="another form"):
            load_suite(suite)


def test_a_disk_that_refuses_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageFailed):
        frozen("xstest", tmp_path / "taken")


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_suite_is_where_it_is_said_to_be(suite: KnownSuite) -> None:
    import inspect
    from importlib import import_module

    from holdfast.readers import SUITE_READINGS

    function = getattr(import_module(suite.module), suite.task)
    assert not suite.loader or callable(getattr(*loader_of(suite)))
    assert {*suite.judges, *suite.args} <= set(inspect.signature(function).parameters)
    assert suite.measures
    assert SUITE_READINGS[suite.name].task == suite.task
