"""Damage to garak's and lm-eval's logs: a coded error, or fewer values; never a run that looks better than it was."""

import copy
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from holdfast.errors import BrokenLog, HoldfastError, LogDrift
from holdfast.evidence import Absent, Log
from holdfast.readers import _garak, _lm_eval

FIXTURES = Path(__file__).parent / "fixtures"
GARAK = FIXTURES / "garak"
DATE = "2026-01-01T00-00-00.000000"
OTHER_KINDS = (None, "x", 7, [{"x": 1}])
NEVER_READ = {
    *("conversations", "generators", "harnesses"),
    *("fewshot_config", "metadata", "generation_kwargs", "dataset_kwargs", "doc", "sample_count"),
}

Place = tuple[Any, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in the object, but for what is inside the parts that no reader needs."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        if key not in NEVER_READ:
            yield from places(part, (*path, key))


def edits(whole: Any) -> Iterator[tuple[Place, str]]:
    """The object with one field gone, or of another kind, for every field."""
    for place in places(whole):
        for other in ("gone", *OTHER_KINDS):
            edited = copy.deepcopy(whole)
            holder = edited
            for key in place[:-1]:
                holder = holder[key]
            if other == "gone":
                del holder[place[-1]]
            elif type(holder[place[-1]]) is type(other):
                continue
            else:
                holder[place[-1]] = other
            yield place, json.dumps(edited)


def measured(log: Log) -> tuple[int, int]:
    """How many values there are, and how many of them are to the subject's favour."""
    values = [row.value for row in log.rows if not isinstance(row.value, Absent)]
    return len(values), values.count(0.0 if log.facts.format == "garak" else 1.0)


class Sweep:
    """Reads a log again after each edit, and compares."""

    def __init__(self, read: Callable[[], Log]) -> None:
        self._read = read
        self._sound = measured(read())
        self.outcomes: Counter[str] = Counter()

    def tried(self, edit: object) -> None:
        try:
            log = self._read()
        except HoldfastError as error:
            self.outcomes[error.code] += 1
        else:
            self.outcomes["read"] += 1
            assert all(ours <= whole for ours, whole in zip(measured(log), self._sound, strict=True)), edit


def test_no_field_that_is_gone_or_of_another_kind_makes_a_garak_report_look_better(tmp_path: Path) -> None:
    path = tmp_path / "edited.report.jsonl"
    text = [line for line in (GARAK / "unloaded.report.jsonl").read_text().splitlines() if '"digest"' not in line[:32]]
    path.write_text("\n".join(text))
    sweep = Sweep(lambda: _garak.read(path, texts=True)[0])
    for number, line in enumerate(text):
        for place, edited in edits(json.loads(line)):
            path.write_text("\n".join([*text[:number], edited, *text[number + 1 :]]))
            sweep.tried((place, edited))
    assert sweep.outcomes.keys() == {"H414", "read"}


def test_a_garak_report_that_is_cut_anywhere_is_broken_or_shorter(tmp_path: Path) -> None:
    whole = (GARAK / "halfway.report.jsonl").read_bytes()
    path = tmp_path / "cut.report.jsonl"
    for size in range(0, len(whole), 211):
        path.write_bytes(whole[:size])
        with pytest.raises((BrokenLog, LogDrift)):
            _garak.read(path, texts=False)
    path.write_bytes(whole)
    sweep = Sweep(lambda: _garak.read(path, texts=False)[0])
    ends = [number + 1 for number, byte in enumerate(whole) if byte == ord("\n")]
    for end in ends[2:-1]:
        path.write_bytes(whole[:end])
        sweep.tried(end)
        assert _garak.read(path, texts=False)[0].facts.status == "unfinished"
    assert sweep.outcomes.keys() == {"read"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A copy of lm-eval's sound run."""
    return Path(shutil.copytree(FIXTURES / "lm_eval/healthy", tmp_path / "run"))


@pytest.mark.untraced
def test_no_field_that_is_gone_or_of_another_kind_makes_an_lm_eval_run_look_better(run: Path) -> None:
    sweep = Sweep(lambda: _lm_eval.read(run, texts=True)[0])
    for name in (f"results_{DATE}.json", *(f"samples_{task}_{DATE}.jsonl" for task in ("soups", "sums"))):
        text = (run / name).read_text()
        first, rest = text.split("\n", 1) if name.endswith("l") else (text, "")
        for place, edited in edits(json.loads(first)):
            if place[0] == "configs" and "sums" not in place:
                continue  # The settings of one task are as good as those of all.
            (run / name).write_text(f"{edited}\n{rest}")
            sweep.tried((place, edited))
        (run / name).write_text(text)
    assert sweep.outcomes.keys() == {"H414", "read"}


def test_lm_eval_files_that_are_cut_anywhere_are_broken_or_shorter(run: Path) -> None:
    sweep = Sweep(lambda: _lm_eval.read(run, texts=False)[0])
    for file in sorted(run.iterdir()):
        whole = file.read_bytes()
        for size in range(1, len(whole) - 2, 97):
            file.write_bytes(whole[:size])
            if b"\n" not in whole[size - 1 : size + 1]:
                with pytest.raises((BrokenLog, LogDrift)):
                    _lm_eval.read(run, texts=False)
        ends = [number + 1 for number, byte in enumerate(whole) if byte == ord("\n")]
        for end in ends[:-1] if file.suffix == ".jsonl" else ():
            file.write_bytes(whole[:end])
            sweep.tried((file.name, end))
            assert _lm_eval.read(run, texts=False)[0].facts.status == "unfinished"
        file.write_bytes(whole)
    assert sweep.outcomes.keys() == {"read"}


def test_ten_thousand_answers_in_a_garak_report_are_read_in_seconds(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (GARAK / "second.report.jsonl").read_text().splitlines()]
    twins = [next(line for line in lines if line.get("status") == status) for status in (1, 2)]
    path = tmp_path / "long.report.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines[:4])
        for number in range(2_500):
            file.writelines(json.dumps({**line, "uuid": str(number)}) + "\n" for line in twins)
        for line in (line for line in lines if line["entry_type"] == "eval"):
            file.write(json.dumps({**line, "passed": 5_000}) + "\n")
    begun = perf_counter()
    (log,) = _garak.read(path, texts=False)
    assert len(log.rows) == 10_000
    assert perf_counter() - begun < 10


def test_ten_thousand_lm_eval_documents_are_read_in_seconds(tmp_path: Path) -> None:
    run = Path(shutil.copytree(FIXTURES / "lm_eval/empty", tmp_path / "long"))
    file = run / f"samples_sums_{DATE}.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    with file.open("w") as target:
        for number in range(10_000):
            target.write(json.dumps({**lines[number % 12], "doc_hash": f"{number:064x}"[::-1]}) + "\n")
    begun = perf_counter()
    assert len(_lm_eval.read(run, texts=False)[0].rows) == 10_000
    assert perf_counter() - begun < 10
