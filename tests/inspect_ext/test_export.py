"""An audit as logs of Inspect: Inspect's own reader finds every sample, label and reason."""

import stat
from functools import cache
from pathlib import Path

import pytest
from inspect_ai.log import EvalSample, list_eval_logs, read_eval_log

from audited import Memory, plain, small_suites
from holdfast.assure import assess
from holdfast.audit import Collected, Prepared, collect, prepare, scored
from holdfast.errors import StorageFailed
from holdfast.evidence import Ask, Record, Reply, Row
from holdfast.inspect_ext import write_eval_logs
from inspect_runs import warnings_of_inspect
from scripted import QUICK, Scripted


@cache
def audited() -> tuple[Prepared, Collected, tuple[Row, ...], Record]:
    """An audit of the checks that the logs are looked at for, in which some replies failed; done once."""

    def spoil(ask: Ask, reply: Reply, seed: int) -> Reply:
        bad = "capability/subject/1/charm" in ask.id
        return (
            Reply(request_digest=reply.request_digest, error="HTTP 503", stop="none", leading_bos=-1).sealed()
            if bad
            else reply
        )

    whole, subject = plain(), Scripted(fulfils=0.1, spoil=spoil)
    claims = tuple(claim for claim in whole.claim if claim.check in ("misuse", "capability"))
    framework = whole.model_copy(update={"claim": claims})
    # More samples of misuse than one log takes.
    suites = {"misuse": small_suites(25)["misuse"], "capability": small_suites(10)["capability"]}
    prepared = prepare(subject.facts, framework, suites, 0, designs=QUICK)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    rows = scored(prepared, collected)
    return prepared, collected, rows, assess(rows, prepared.plan, {})


def exported(folder: Path) -> tuple[Path, ...]:
    prepared, collected, rows, record = audited()
    with warnings_of_inspect():
        return write_eval_logs(folder, record, prepared.asks, prepared.suites, collected.replies, rows)


def test_inspect_reads_every_sample_back(tmp_path: Path) -> None:
    written = exported(tmp_path / "logs")
    assert {path.name for path in written} >= {"misuse-1.eval", "misuse-2.eval", "capability-1.eval"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in written)
    samples: list[EvalSample] = []
    with warnings_of_inspect():
        assert len(list_eval_logs(str(tmp_path / "logs"))) == len(written)
        for path in written:
            log = read_eval_log(str(path))
            assert log.status == "success"
            assert len(log.samples or ()) <= 1_000
            samples += log.samples or ()
    by_id = {str(sample.id): sample for sample in samples}
    assert len(by_id) == len(samples) == sum(len(asks) for asks in audited()[0].asks.values())
    broken = next(sample for key, sample in by_id.items() if key.startswith("capability/subject/1/charm"))
    assert broken.output.error == "HTTP 503"
    assert broken.scores is not None
    assert broken.scores["capability"].value == "unscorable"
    assert "HTTP 503" in str(broken.scores["capability"].explanation)
    fine = next(sample for key, sample in by_id.items() if key.startswith("capability/subject/1/stew"))
    assert fine.output.completion == fine.target
    assert fine.scores is not None
    assert fine.scores["capability"].value == "fulfilled"


def test_a_disk_that_refuses_is_a_coded_error_and_the_record_stays(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("not a folder")
    with pytest.raises(StorageFailed, match="cannot be written") as caught:
        exported(tmp_path / "logs")
    assert "record" in caught.value.state
