"""The foot of a page."""

from holdfast.evidence import Absent, AttackSpend, Band, Prices, Table
from holdfast.report._facts import evidence_facts, grid, post_hoc, which_run
from report.log_records import POST_HOC, about, compared, log, log_plan, logged
from report.records import run_of, small, typical


def test_the_foot_names_every_digest_and_each_run() -> None:
    record, run = small()
    facts = dict(evidence_facts(record, run))
    assert facts["Record"] == record.digest
    assert (facts["Plan"], facts["Rows"]) == (record.plan_digest, record.rows_digest)
    assert facts["Subject"] == record.plan.subject.digest
    assert facts["Framework committed"] == "before the first sample"
    assert facts["Run of misuse"] == "run 3 of 3"
    assert facts["Finished"] == "2026-11-02T09:15:02Z, 55.3 s by the wall clock"
    assert facts["Machine"] == "bench-2, 2 threads"


def test_deviations_are_all_named_and_their_absence_is_said() -> None:
    record, run = typical()
    assert ("Deviation", "threads were 2, the plan says 4") in evidence_facts(record, run)
    assert ("Deviation", "none declared") in evidence_facts(record, run_of(record))


def test_a_resumed_run_says_how_much_it_was_given() -> None:
    record, run = small()
    assert dict(evidence_facts(record, run))["Resumed"] == "no, in one go"
    for batches, words in ((1, "1 batch came"), (3, "3 batches came")):
        resumed = run_of(record, resumed=True, resumed_batches=batches, threads=1)
        facts = dict(evidence_facts(record, resumed))
        assert words in facts["Resumed"]
        assert facts["Machine"].endswith("1 thread")


def test_what_attacks_took_is_there_and_what_they_would_cost_where_prices_are() -> None:
    record, _ = small()
    usd = Band(low=0.001, high=0.02)
    none = Absent(absent="not tested", reason="no price table was given (--prices)")
    spent = AttackSpend(attack="full-sft", run_s=9.04, gpu_s=none, usd=usd)
    prices = Prices(
        dated="2026-11-01",
        source="a list",
        machine="a machine",
        usd_per_hour=(1, 2),
        tflops=1,
        utilisation=(0.2, 0.5),
    )
    said = dict(evidence_facts(record, run_of(record, spent=(spent,), prices=prices)))["Spent by full-sft"]
    assert said.startswith("9.0 s a run")
    assert "USD 0.001 to 0.02 for the operations of a run, on a machine, by a list of 2026-11-01" in said
    bare = spent.model_copy(update={"usd": none})
    facts = dict(evidence_facts(record, run_of(record, spent=(bare,))))
    assert facts["Spent by full-sft"] == "9.0 s a run, with what is asked at every checkpoint"
    free = spent.model_copy(update={"usd": Band(low=0, high=0)})
    assert dict(evidence_facts(record, run_of(record, spent=(free,), prices=prices))) == facts
    assert "Spent by full-sft" not in dict(evidence_facts(record, run_of(record)))


def test_facts_of_another_records_run_are_not_passed_over() -> None:
    record, _ = small()
    names = [name for name, _ in evidence_facts(record, run_of(record, record_digest="sha256:other"))]
    assert "Caution" in names
    assert "Caution" not in dict(evidence_facts(record, run_of(record)))


def test_a_ragged_table_loses_no_cell() -> None:
    columns, rows = grid(Table(caption="", columns=("a",), rows=(("1", "2", "3"), ("4",))))
    assert columns == ("a", "", "")
    assert rows == (("1", "2", "3"), ("4", "", ""))
    assert grid(Table(caption="", columns=("a", "b"), rows=())) == (("a", "b"), ())


def test_the_head_says_which_run_this_was() -> None:
    record, run = small()
    assert which_run(record, run) == (
        "organism:leaky · misuse: run 3 of 3, overrefusal: run 1 of 1 · deviations: none declared"
    )
    alike = run_of(record, ordinals={"a": "run 2 of 2", "b": "run 2 of 2"}, deviations=("one", "two"))
    assert which_run(record, alike) == (
        "organism:leaky · run 2 of 2 of this subject and these checks · deviations: one; two"
    )
    assert " · nothing was run · " in which_run(record, run_of(record, ordinals={}))


def test_the_head_of_an_assessment_speaks_of_logs() -> None:
    assert which_run(*logged()) == "run.eval · assessment 2 of 2 of these logs · deviations: none declared"
    assert " · nothing was run, 2 logs were read · " in which_run(*compared())
    single = about(log_plan((), (log("a"),)), (), "not asked")
    assert " · nothing was run, 1 log was read · " in which_run(single, run_of(single, ordinals={}))


def test_post_hoc_is_what_begins_so_and_nothing_else() -> None:
    record, run = small()
    assert post_hoc(run) == ""
    assert post_hoc(run_of(record, committed="not post hoc")) == ""
    assert post_hoc(run_of(record, committed=POST_HOC)) == POST_HOC.removeprefix("post hoc: ")
    assert post_hoc(run_of(record, committed=" Post hoc – late")) == "late"
