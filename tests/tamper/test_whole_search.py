"""A search from plan to page, sealed for real: settings, then the worst anew; nothing kept tells which it was."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.audit import Finished, Tunable, _tampering, open_subject, prepare_tampering, tamper
from holdfast.audit import _tamper as audit_tamper
from holdfast.errors import TamperUnfit
from holdfast.evidence import Absent
from holdfast.store import load_tampered
from holdfast.tamper import PreparedTamper
from holdfast.tamper._designs import FEW_SHOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")

ZOO = Path("src/holdfast/organisms/zoo").resolve()
NONE = Absent(absent="not tested", reason="none was given")
SHORT = FEW_SHOT.model_copy(update={"grid": (1.0, 2.0, 4.0)})


@dataclass
class Ran:
    """What a search left."""

    place: Path
    prepared: PreparedTamper
    done: Finished


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    place = tmp_path_factory.mktemp("searched")
    with pytest.MonkeyPatch.context() as there:
        there.setenv("HOLDFAST_HOME", str(place / "home"))
        for name, number in (("_CATEGORY", 4), ("_KIND", 15), ("_DOMAIN", 2)):
            there.setattr(_tampering, name, number)
        subject = open_subject(str(ZOO / "leaky"), device="cpu")
        assert isinstance(subject, Tunable)
        with there.context() as cut:
            cut.setattr(audit_tamper, "designs_named", lambda names, quick: (SHORT,))
            prepared = prepare_tampering(subject, seeds=2, ceiling=NONE, search=2)
        done = tamper(prepared, subject, None, reference="s", out=place / "run", processes=2)
        yield Ran(place, prepared, done)


def test_both_settings_were_run_from_two_seeds_and_the_worst_from_two_more(ran: Ran) -> None:
    kept = {file.stem for file in (ran.place / "run" / "pieces").iterdir()}
    cells = ran.prepared.plan.attacks[0].cells
    assert len(cells) == 2
    assert {f"{cell}-{seed}" for cell in cells for seed in range(2)} | {"few-shot-sft-2", "few-shot-sft-3"} <= kept
    (result,) = ran.done.record.attacks
    assert result.runs.total == 2
    assert result.search is not None
    assert result.search.settings == 2
    assert isinstance(result.search.commitment, str)


def test_no_file_says_how_far_weights_went_or_how_many_tokens_it_took(ran: Ran) -> None:
    kept = list((ran.place / "run" / "pieces").glob("few-shot-sft-*[0-9].jsonl"))
    assert len(kept) == 6
    for file in kept:
        text = file.read_text("utf-8")
        assert set(re.findall(r'"weight_change":([^,}]+)', text)) <= {"1", "1.0"}
        assert set(re.findall(r'"tokens":([^,}]+)', text)) == {"0"}


def test_the_run_reads_back_as_the_record_was_made(ran: Ran) -> None:
    found = load_tampered(ran.place / "run")
    (result,) = ran.done.record.attacks
    assert result.search is not None
    assert found.seen.commitments == {"few-shot-sft": result.search.commitment}
    assert found.record == ran.done.record


def test_the_secret_is_in_the_home_and_in_no_file_of_the_run(ran: Ran) -> None:
    secret = (ran.place / "home" / "secret.key").read_bytes()
    for file in (ran.place / "run").rglob("*.*"):
        content = file.read_bytes()
        assert secret not in content
        assert ran.prepared.secret.hex().encode() not in content


def test_how_long_settings_took_is_not_kept(ran: Ran) -> None:
    assert not list((ran.place / "run" / "pieces").glob("*-took*"))
    assert ran.done.run.spent == ()


@pytest.mark.parametrize(
    ("seeds", "search", "said"), [(1, 2, "two runs of each setting"), (2, 1, "a search of one setting is none")]
)
def test_a_search_that_could_show_nothing_is_refused(seeds: int, search: int, said: str) -> None:
    subject = open_subject(str(ZOO / "leaky"), device="cpu")
    with pytest.raises(TamperUnfit, match=said):
        prepare_tampering(subject, seeds=seeds, ceiling=NONE, search=search)
