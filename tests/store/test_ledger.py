"""The ledger: append-only, chained, shared by processes, and honest about how often somebody tried."""

import json
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assure_builders import Run, claim, facts, run
from holdfast.errors import LedgerBroken, StorageFailed
from holdfast.evidence import Plan, digest
from holdfast.store import Ledger
from holdfast.store._ledger import GENESIS, entry_digest
from tampered import plan as tamper_plan


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "deep" / "ledger.sqlite") as opened:
        yield opened


def edit(path: Path, *statements: str) -> None:
    """Change the file the way somebody with a SQLite shell would."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def without_triggers(path: Path, *statements: str) -> None:
    triggers = ("DROP TRIGGER entries_are_not_changed", "DROP TRIGGER entries_are_not_removed")
    edit(path, *triggers, *statements)


def test_a_new_ledger_is_begun_where_there_is_none_and_is_empty(ledger: Ledger) -> None:
    assert ledger.path.is_file()
    assert ledger.entries() == ()


def test_entries_come_back_in_order_each_chained_to_the_one_before(ledger: Ledger) -> None:
    made = tuple(ledger.append("note", {"text": text, "n": n}) for n, text in enumerate(("a", "é", "\u2028")))
    assert ledger.entries() == made
    assert [entry.seq for entry in made] == [1, 2, 3]
    assert [entry.previous for entry in made] == [GENESIS, made[0].digest, made[1].digest]
    assert made[2].digest == entry_digest(made[1].digest, "note", {"n": 2, "text": "\u2028"})


def test_an_untouched_ledger_opens_again_with_everything_in_it(ledger: Ledger) -> None:
    ledger.append("note", {"x": 1})
    with Ledger(ledger.path) as again:
        assert again.entries() == ledger.entries()
        again.append("note", {"x": 2})
    assert [entry.body["x"] for entry in ledger.entries()] == [1, 2]


@pytest.mark.parametrize("statement", ["UPDATE entries SET body = '{}'", "DELETE FROM entries"])
def test_the_database_itself_refuses_to_change_or_remove_an_entry(ledger: Ledger, statement: str) -> None:
    ledger.append("note", {"x": 1})
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        edit(ledger.path, statement)
    assert len(ledger.entries()) == 1


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("""UPDATE entries SET body = '{"x":9}' WHERE seq = 2""", 2),
        ("UPDATE entries SET kind = 'other' WHERE seq = 1", 1),
        ("UPDATE entries SET body = 'not json' WHERE seq = 2", 2),
        ("""UPDATE entries SET body = '{"x":NaN}' WHERE seq = 2""", 2),
        ("UPDATE entries SET body = '[]' WHERE seq = 3", 3),
        ("DELETE FROM entries WHERE seq = 1", 1),
        ("DELETE FROM entries WHERE seq = 2", 2),
        ("UPDATE entries SET seq = 9 WHERE seq = 3", 3),
        ("UPDATE entries SET previous = 'sha256:0' WHERE seq = 3", 3),
        ("UPDATE entries SET digest = 'sha256:0' WHERE seq = 3", 3),
        ("INSERT INTO entries VALUES (4, 'sha256:1', 'note', '{}', 'sha256:2')", 4),
    ],
)
def test_a_ledger_that_was_edited_is_noticed_at_the_entry(ledger: Ledger, statement: str, place: int) -> None:
    for x in range(3):
        ledger.append("note", {"x": x})
    without_triggers(ledger.path, statement)
    with pytest.raises(LedgerBroken, match=f"entry {place} of") as caught:
        Ledger(ledger.path)
    assert caught.value.code == "H502"
    assert str(ledger.path) in caught.value.fix


def test_an_edit_that_mends_one_digest_breaks_the_next(ledger: Ledger) -> None:
    entries = [ledger.append("note", {"x": x}) for x in range(3)]
    forged = entry_digest(entries[0].previous, "note", {"x": 7})
    without_triggers(ledger.path, f"""UPDATE entries SET body = '{{"x":7}}', digest = '{forged}' WHERE seq = 1""")
    with pytest.raises(LedgerBroken, match="entry 2 of"):
        Ledger(ledger.path)


def plan_of(seed: int = 0, limit: float = 0.1, subject: str = "the subject", **more: object) -> Plan:
    made: Run = run(claim(limit=limit), strata={"curses": 4}, **more)  # type: ignore[arg-type]
    return made.plan.model_copy(update={"seed": seed, "subject": facts(digest=digest(subject))})


def test_a_plan_is_written_down_with_its_framework_and_its_time(ledger: Ledger) -> None:
    plan = plan_of()
    entry = ledger.commit_plan(plan, "2026-10-01T12:00:00+00:00")
    assert entry.kind == "plan"
    assert entry.body["plan"] == plan.digest
    assert entry.body["framework"] == plan.framework.digest
    assert entry.body["at"] == "2026-10-01T12:00:00+00:00"


def test_trying_again_is_trying_again_whatever_the_seed_the_threshold_or_the_sample_size(ledger: Ledger) -> None:
    first, seed, limit = plan_of(), plan_of(seed=1), plan_of(limit=0.5)
    size = plan_of(spikes={"fulfilled": 99, "refused": 1})
    for plan in (first, seed, limit, size):
        ledger.commit_plan(plan, "now")
    assert len({plan.digest for plan in (first, seed, limit, size)}) == 4
    assert ledger.ordinals(first) == {"misuse": "run 1 of 4"}
    assert ledger.ordinals(limit) == {"misuse": "run 3 of 4"}
    assert ledger.ordinals(size) == {"misuse": "run 4 of 4"}


def test_the_same_plan_run_twice_is_two_runs_and_the_last_is_meant(ledger: Ledger) -> None:
    ledger.commit_plan(plan_of(), "now")
    ledger.commit_plan(plan_of(), "later")
    assert ledger.ordinals(plan_of()) == {"misuse": "run 2 of 2"}


def test_another_subject_check_or_suite_is_counted_for_itself(ledger: Ledger) -> None:
    one = plan_of()
    checks = (one.checks[0].model_copy(update={"suite": "another suite"}),)
    for plan in (one, plan_of(subject="another"), one.model_copy(update={"checks": checks}), plan_of(name="other")):
        ledger.commit_plan(plan, "now")
        assert set(ledger.ordinals(plan).values()) == {"run 1 of 1"}


def test_a_plan_that_was_never_committed_is_run_zero(ledger: Ledger) -> None:
    ledger.commit_plan(plan_of(), "now")
    assert ledger.ordinals(plan_of(seed=5)) == {"misuse": "run 0 of 1"}


def test_a_run_is_open_from_its_plan_to_its_record(ledger: Ledger) -> None:
    plan = plan_of()
    assert not ledger.is_open(plan)
    ledger.commit_plan(plan, "now")
    ledger.commit_plan(plan_of(seed=1), "now")
    assert ledger.is_open(plan)
    ledger.append("record", {"plan": plan.digest, "record": "sha256:x", "verdict": "met"})
    assert not ledger.is_open(plan)
    assert ledger.is_open(plan_of(seed=1))
    ledger.commit_plan(plan, "again")
    assert ledger.is_open(plan)


def together(script: str, path: Path, word: Callable[[], str]) -> None:
    """Let three processes do this at once with a path and a name, once all are ready; the word is what starts them."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(path), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in ("a", "b", "c")
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    start = word()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(f"{start}\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=120) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], said


def test_processes_that_begin_a_ledger_at_the_same_moment_all_succeed(tmp_path: Path) -> None:
    script = """
        import sys
        import time
        from pathlib import Path
        from holdfast.store import Ledger
        print("ready", flush=True)
        begin = float(sys.stdin.readline())
        for number in range(15):
            time.sleep(max(0.0, begin + 0.1 * number - time.time()))
            with Ledger(Path(sys.argv[1]) / f"{number}.sqlite") as ledger:
                ledger.append("note", {"who": sys.argv[2]})
    """
    together(script, tmp_path, lambda: str(time.time() + 0.2))
    for number in range(15):
        with Ledger(tmp_path / f"{number}.sqlite") as ledger:
            assert sorted(entry.body["who"] for entry in ledger.entries()) == ["a", "b", "c"]


def test_processes_that_open_and_append_at_once_all_succeed_and_the_chain_holds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    script = """
        import sys
        from pathlib import Path
        from holdfast.store import Ledger
        print("ready", flush=True)
        sys.stdin.readline()
        with Ledger(Path(sys.argv[1])) as ledger:
            for n in range(8):
                ledger.append("note", {"who": sys.argv[2], "n": n})
    """
    together(script, path, lambda: "go")
    with Ledger(path) as ledger:
        entries = ledger.entries()
    assert len(entries) == 24
    for who in "abc":
        assert [entry.body["n"] for entry in entries if entry.body["who"] == who] == list(range(8))


def test_a_place_that_cannot_be_written_is_a_storage_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(StorageFailed, match="cannot be used") as caught:
        Ledger(tmp_path / "file" / "ledger.sqlite")
    assert caught.value.code == "H501"


def test_a_file_that_is_no_database_is_a_storage_failure(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("this is no database" * 100)
    with pytest.raises(StorageFailed, match="cannot be used") as caught:
        Ledger(tmp_path / "ledger.sqlite")
    assert "not a database" in caught.value.why


def test_a_ledger_lost_while_it_is_open_is_a_storage_failure_to_readers_and_writers(ledger: Ledger) -> None:
    edit(ledger.path, "DROP TABLE entries")
    with pytest.raises(StorageFailed, match="cannot be used"):
        ledger.append("note", {})
    with pytest.raises(StorageFailed, match="cannot be used"):
        ledger.entries()


def test_an_entry_that_json_cannot_say_is_refused_and_the_ledger_is_as_it_was(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="JSON"):
        ledger.append("note", {"x": float("nan")})
    assert ledger.entries() == ()


def test_what_is_stored_is_plain_json(ledger: Ledger) -> None:
    ledger.append("note", {"b": 1, "a": "é"})
    with closing(sqlite3.connect(ledger.path)) as connection:
        (body,) = connection.execute("SELECT body FROM entries").fetchone()
    assert body == '{"a":"é","b":1}'
    assert json.loads(body) == {"a": "é", "b": 1}


def test_a_home_with_a_question_mark_keeps_its_ledger_where_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a?b=c" / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.append("note", {"a": 1})
    assert path.is_file()


def test_an_attack_is_counted_alike_in_a_tamper_run_and_in_an_audit(ledger: Ledger) -> None:
    attacks = tamper_plan()
    audit = run(claim()).plan.model_copy(update={"tamper": attacks})
    ledger.commit_plan(attacks, "one")
    assert ledger.ordinals(attacks) == {"full-sft": "run 1 of 1"}
    ledger.commit_plan(audit, "two")
    assert ledger.ordinals(audit) == {"misuse": "run 1 of 1", "tamper/full-sft": "run 2 of 2"}
    assert ledger.ordinals(attacks) == {"full-sft": "run 1 of 2"}
