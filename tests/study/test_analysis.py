"""What an experiment came to, and what was done otherwise than registered."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import StudyBroken, StudyInput, StudyMissing
from holdfast.evidence import Absent, ArmFinding, Estimate, StudyRecord, Threshold, readable_json
from holdfast.report import render_study_html, render_study_markdown, study_lines
from holdfast.study import Person, analyse, assign, judged, latest_record, load_plan, result_of
from holdfast.study._log import Draw, append_entries, entry_after
from study.made import SEED, chained, draws_of, entries_of, filled, people, registered, responses, rewritten


def analysed(directory: Path, data: Path, **more: Any) -> StudyRecord:
    return analyse(directory, data, "holdfast test", **more)


def whole(tmp_path: Path, **more: Any) -> Path:
    """An experiment with as many people as planned."""
    directory = registered(tmp_path, **more)
    assign(directory, people(load_plan(directory).people))
    return directory


def only(record: StudyRecord) -> ArmFinding:
    (finding,) = record.findings
    return finding


def test_no_effect_is_within_its_margin_and_a_planted_one_is_inside_its_interval(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    still = only(analysed(directory, responses(directory, tmp_path / "still.csv")))
    assert (still.verdict, still.threshold) == ("met", Threshold(op="within", value=0.06))
    moved = analysed(directory, responses(directory, tmp_path / "moved.csv", effect=20))
    found = only(moved)
    assert found.verdict == moved.verdict == "not met"
    assert isinstance(found.estimate, Estimate)
    assert found.estimate.low < 0.20 < found.estimate.high
    assert moved.revealed == SEED
    assert moved.ethics == "IRB 14"


def test_a_plan_to_find_an_effect_judges_no_claim(tmp_path: Path) -> None:
    directory = whole(tmp_path, margin=None, effect=8.0)
    record = analysed(directory, responses(directory, tmp_path / "r.csv", effect=20))
    assert (record.verdict, only(record).verdict) == ("not asked", "not asked")
    assert only(record).p_holm == only(record).p_value
    assert "points" in record.headline


def test_those_who_left_one_arm_turn_met_into_undecided(tmp_path: Path) -> None:
    directory = whole(tmp_path, attrition=0.4)
    path = responses(directory, tmp_path / "r.csv")
    lines = path.read_text().splitlines()
    chat = [draw.participant for draw in draws_of(directory) if draw.arm == "chat"]
    kept = [line for line in lines if line.split(",")[0] not in chat[: len(chat) // 3]]
    path.write_text("\n".join(kept) + "\n")
    found = only(analysed(directory, path))
    assert found.verdict == "undecided"
    assert "no more when those who did not answer are allowed for" in found.reason
    assert isinstance(found.attrition_p, float)
    assert found.attrition_p < 0.05
    assert found.counts.skipped == len(chat) // 3


def test_holm_corrects_over_every_arm(tmp_path: Path) -> None:
    directory = whole(tmp_path, arms=("control", "text", "chat=organism:aligned"))
    record = analysed(directory, responses(directory, tmp_path / "r.csv", effect=3))
    text, chat = record.findings
    values = [finding.p_value for finding in (text, chat) if isinstance(finding.p_value, float)]
    assert min(1.0, 2 * min(values)) in (text.p_holm, chat.p_holm)


def test_several_answers_of_a_person_are_clustered_and_have_no_bounds(tmp_path: Path) -> None:
    directory = registered(tmp_path, answers=2, attrition=0.3)
    both = [one for one in people(load_plan(directory).people) for one in (one, _other(one))]
    assign(directory, both)
    whole_record = analysed(directory, responses(directory, tmp_path / "all.csv"))
    assert "allowed for" not in study_lines(whole_record)[1]
    kept = only(whole_record)
    assert isinstance(kept.estimate, Estimate)
    assert kept.estimate.clusters < kept.estimate.n
    assert "CR2" in kept.estimate.method
    assert kept.counts.skipped == 0
    assert kept.verdict in ("met", "undecided")
    assert "hide" not in kept.reason
    assert isinstance(kept.bounds, Absent)
    left = only(analysed(directory, responses(directory, tmp_path / "some.csv", gone=0.1)))
    assert (left.verdict, "nothing bounds what they hide" in left.reason) == ("undecided", True)
    assert isinstance(left.attrition, Estimate)
    assert left.attrition.low < 0 < left.attrition.high


def _other(one: Person) -> Person:
    return replace(one, issue={"bus-lanes": "school-start", "school-start": "bus-lanes"}[one.issue])


def _ten(draw: Draw) -> int:
    return 0 if draw.arm == "control" else 10


def _seven(draw: Draw) -> int:
    return 0 if draw.arm == "control" else 7


def test_claims_and_a_second_wave_stand_beside_the_effect(tmp_path: Path) -> None:
    directory = whole(tmp_path, accuracy=True, follow_up_days=28)
    data = responses(
        directory,
        tmp_path / "r.csv",
        follow_up=_something,
        claims=_ten,
        accurate=_seven,
    )
    found = only(analysed(directory, data))
    assert isinstance(found.accuracy, Estimate)
    assert found.accuracy.value == pytest.approx(0.7)
    assert isinstance(found.follow_up, Estimate)
    assert found.follow_up.low < 0 < found.follow_up.high


def test_an_analysis_before_the_end_gives_no_verdict_and_says_so(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 60)
    record = analysed(directory, responses(directory, tmp_path / "r.csv"))
    assert (record.verdict, only(record).reason) == ("undecided", "the experiment is not at its end")
    assert record.deviations[0].startswith("analysed before the end")
    assert f"60 of {load_plan(directory).people} planned people were drawn" in record.deviations


def test_a_day_that_is_over_is_an_end_too_and_who_is_drawn_later_does_not_count(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 70, closes="2020-01-01")
    data = responses(directory, tmp_path / "r.csv")
    late = analysed(directory, data)
    assert late.verdict == "not tested"
    assert "70 people were drawn after the day on which collection ends; they are left out" in late.deviations
    early = [entry.model_copy(update={"at": "2019-12-31T10:00:00+00:00"}) for entry in entries_of(directory)[:61]]
    rewritten(directory, chained(early))
    found = analysed(directory, responses(directory, tmp_path / "r.csv"))
    assert only(found).withheld == ""
    assert only(found).counts.total + only(found).control_counts.total == 60


def test_people_beyond_the_plan_are_left_out_and_named(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    planned = load_plan(directory).people
    before = only(analysed(directory, responses(directory, tmp_path / "r.csv")))
    assign(directory, people(20, start=5_000))
    record = analysed(directory, responses(directory, tmp_path / "r.csv"))
    assert only(record).estimate == before.estimate
    assert (
        f"20 more people than the {planned} planned were drawn; those beyond the plan are left out" in record.deviations
    )
    assert "people were drawn after the first analysis" in record.deviations
    assert any(words.startswith("this is analysis 2; 2 different files") for words in record.deviations)


def _something(draw: Draw) -> float:
    """A number that the baseline does not determine."""
    return round(draw.baseline / 2 + 3 * (draw.place % 4), 1)


def test_another_outcome_than_registered_gives_no_verdict(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    data = responses(directory, tmp_path / "r.csv", liked=_something)
    record = analysed(directory, data, outcome="liked")
    assert only(record).verdict == "undecided"
    assert any("`liked`, and `post` was registered" in words for words in record.deviations)


def test_an_arm_that_nobody_was_in_is_not_tested_and_named(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    path = responses(directory, tmp_path / "r.csv")
    chat = {draw.participant for draw in draws_of(directory) if draw.arm == "chat"}
    path.write_text("\n".join(line for line in path.read_text().splitlines() if line.split(",")[0] not in chat) + "\n")
    record = analysed(directory, path)
    assert (record.verdict, only(record).verdict) == ("not tested", "not tested")
    assert "nobody in chat answered" in record.deviations
    (tmp_path / "three").mkdir()
    three = whole(tmp_path / "three", arms=("control", "text", "chat=m"))
    data = responses(three, tmp_path / "three.csv")
    text = {draw.participant for draw in draws_of(three) if draw.arm == "text"}
    data.write_text("\n".join(line for line in data.read_text().splitlines() if line.split(",")[0] not in text) + "\n")
    missing, there = analysed(three, data).findings
    assert missing.verdict == "not tested"
    assert isinstance(there.estimate, Estimate)
    assert "nobody in text answered" in missing.reason


def test_strangers_crossers_and_unregistered_columns_are_named(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    data = responses(
        directory,
        tmp_path / "r.csv",
        follow_up=_something,
        claims="",
        accurate="",
        arm="chat",
    )
    data.write_text(data.read_text() + "stranger,bus-lanes,50,,,,chat\n")
    said = " ".join(analysed(directory, data).deviations)
    assert "1 responses are of people" in said
    assert "had another arm than they were drawn into" in said
    assert "a second wave, and none was registered" in said
    assert "claims were counted" in said


def _as_drawn(draw: Draw) -> str:
    return draw.arm


def test_people_who_had_another_arm_turn_met_into_undecided_and_leave_not_met(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    chat = sum(draw.arm == "chat" for draw in draws_of(directory))
    still = only(analysed(directory, responses(directory, tmp_path / "r.csv", arm="control")))
    assert (still.verdict, still.crossed) == ("undecided", chat)
    assert f"but {chat} of them had another arm than they were drawn into" in still.reason
    moved = only(analysed(directory, responses(directory, tmp_path / "r.csv", effect=20, arm="control")))
    assert moved.verdict == "not met"
    said = only(analysed(directory, responses(directory, tmp_path / "r.csv", arm=_as_drawn)))
    assert (said.verdict, said.crossed, said.doubts) == ("met", 0, ())


def closed(tmp_path: Path, **more: Any) -> Path:
    """An experiment whose last day is over, with everybody drawn before."""
    directory = whole(tmp_path, closes="2020-01-01", **more)
    early = [entry.model_copy(update={"at": "2019-12-31T10:00:00+00:00"}) for entry in entries_of(directory)]
    rewritten(directory, chained(early))
    return directory


def test_more_people_than_registered_who_did_not_answer_turn_met_into_undecided_and_are_named(tmp_path: Path) -> None:
    directory = closed(tmp_path, margin=20.0, residual_sd=60.0, attrition=0.1)
    few = analysed(directory, responses(directory, tmp_path / "r.csv", gone=0.04))
    assert (only(few).verdict, few.deviations) == ("met", ())
    path = responses(directory, tmp_path / "r.csv")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *(line for line in lines[1:] if 45 < float(line.split(",")[2]) < 65)]) + "\n")
    record = analysed(directory, path)
    assert only(record).verdict == "undecided"
    assert "also when those who did not answer are allowed for; but" in only(record).reason
    assert "and 10.0% were registered" in only(record).reason
    assert sum("did not answer, and 10.0% were registered" in words for words in record.deviations) == 2
    moved = only(analysed(directory, responses(directory, tmp_path / "r.csv", effect=30, gone=0.3)))
    assert moved.verdict in ("not met", "undecided")
    assert "were registered" not in moved.reason


def test_a_draw_whose_day_cannot_be_read_is_not_before_the_last_day(tmp_path: Path) -> None:
    directory = closed(tmp_path)
    rewritten(directory, chained([entry.model_copy(update={"at": "soon"}) for entry in entries_of(directory)]))
    found = only(analysed(directory, responses(directory, tmp_path / "r.csv")))
    assert (found.verdict, found.counts.total) == ("not tested", 0)


def test_every_doubt_is_told(tmp_path: Path) -> None:
    directory = closed(tmp_path, scale=(-1000.0, 1000.0), margin=20.0, residual_sd=50.0, attrition=0.0)
    found = only(analysed(directory, responses(directory, tmp_path / "r.csv", gone=0.05, arm="control")))
    assert (found.verdict, len(found.doubts)) == ("undecided", 3)
    assert all(words in found.reason for words in found.doubts)


def test_a_look_while_answers_come_in_has_no_verdict_and_shows_no_seed(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    early = analysed(directory, responses(directory, tmp_path / "r.csv", gone=0.5))
    assert (only(early).verdict, only(early).reason) == ("undecided", "the experiment is not at its end")
    assert "answers are there, and the end is at" in early.deviations[1]
    assert isinstance(early.revealed, Absent)
    assert SEED.seed not in readable_json(early)
    done = analysed(directory, responses(directory, tmp_path / "r.csv", gone=0.02))
    assert (only(done).withheld, done.revealed) == ("", SEED)


def test_a_scale_that_is_wider_than_what_people_say_turns_met_into_undecided(tmp_path: Path) -> None:
    directory = whole(tmp_path, scale=(-1000.0, 1000.0), margin=20.0, residual_sd=50.0)
    found = only(analysed(directory, responses(directory, tmp_path / "r.csv")))
    assert found.verdict == "undecided"
    assert "of the 2000 points that were registered" in found.reason
    moved = only(analysed(directory, responses(directory, tmp_path / "r.csv", effect=60)))
    assert moved.verdict == "not met"


def test_a_finding_without_doubts_has_the_bytes_that_it_had(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    found = only(analysed(directory, responses(directory, tmp_path / "r.csv")))
    assert not {"doubts", "crossed"} & set(found.model_dump(mode="json"))


def test_a_second_wave_that_never_came_is_named(tmp_path: Path) -> None:
    directory = whole(tmp_path, follow_up_days=28)
    record = analysed(directory, responses(directory, tmp_path / "r.csv"))
    assert any("after 28 days, is not in the file" in words for words in record.deviations)


def test_a_log_that_does_not_hold_makes_everything_invalid(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    data = responses(directory, tmp_path / "r.csv")
    record = analysed(directory, data, heads=["sha256:" + "1" * 64])
    assert (record.verdict, record.check.status) == ("invalid", "broken")
    (directory / "seed.json").unlink()
    assert analysed(directory, data).verdict == "invalid"
    log = directory / "log.jsonl"
    log.write_text(log.read_text() + "{}\n")
    entries = len(entries_of(directory))
    assert analysed(directory, data).verdict == "invalid"
    assert len(entries_of(directory)) == entries


ROW = "participant,issue,post\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("participant,issue,after\n", "no column `post`"),
        (ROW + "a,bus-lanes,5\na,bus-lanes,6\n", "a second row"),
        (ROW + "a,bus-lanes,nan\n", "outside 0 to 100"),
        (ROW + "a,bus-lanes,4_7\n", "no number"),
        ("participant,issue,post,claims,accurate\na,bus-lanes,5,3,4\n", "more accurate claims than claims"),
        ("participant,issue,post,claims,accurate\na,bus-lanes,5,3,\n", "nobody says how many"),
        ("participant,issue,post,claims,accurate\na,bus-lanes,5,3,1.5\n", "no whole number"),
    ],
)
def test_one_bad_line_and_nothing_is_analysed(tmp_path: Path, text: str, why: str) -> None:
    directory, _ = filled(tmp_path, 4)
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(StudyInput) as refused:
        analysed(directory, tmp_path / "r.csv")
    assert why in f"{refused.value.what} {refused.value.why}"
    assert [entry.kind for entry in entries_of(directory)].count("analysed") == 0


def test_nobody_in_the_control_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 1)
    found = only(analysed(directory, responses(directory, tmp_path / "r.csv")))
    assert isinstance(found.estimate, Absent)
    assert isinstance(found.attrition, Absent)
    assert found.verdict == "not tested"
    record = analysed(directory, tmp_path / "r.csv")
    assert "chat against control: undetermined: nobody answered" in "\n".join(study_lines(record))


def estimate(low: float, high: float) -> Estimate:
    return Estimate(value=(low + high) / 2, low=low, high=high, level=0.95, n=9, clusters=9, method="m", unit="u")


@pytest.mark.parametrize(
    ("plain", "left", "missing", "verdict"),
    [
        ((-0.02, 0.02), (-0.03, 0.03), True, "met"),
        ((-0.02, 0.02), (-0.03, 0.09), True, "undecided"),
        ((0.06, 0.09), (0.055, 0.1), True, "not met"),
        ((0.06, 0.09), (0.01, 0.1), True, "undecided"),
        ((-0.02, 0.02), None, True, "undecided"),
        ((-0.02, 0.02), None, False, "met"),
    ],
)
def test_a_verdict_survives_those_who_did_not_answer(
    plain: tuple[float, float], left: tuple[float, float] | None, missing: bool, verdict: str
) -> None:
    nothing = Absent(absent="not applicable", reason="none")
    bounds = estimate(*left) if left else nothing
    assert judged(estimate(*plain), bounds, Threshold(op="within", value=0.05), missing=missing)[0] == verdict


def test_the_page_says_that_it_was_measured_on_people_and_names_every_deviation(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 60)
    record = analysed(directory, responses(directory, tmp_path / "r.csv", gone=0.1))
    html, markdown, lines = render_study_html(record), render_study_markdown(record), "\n".join(study_lines(record))
    for words in ("analysed before the end", "60 of"):
        assert words in html
        assert words in markdown
        assert words in lines
    assert "Measured on people" in html
    assert "<script" not in html
    assert "(stated, not checked)" in html
    assert render_study_html(record) == html


def test_a_hostile_title_stays_text(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 40, title="<script>alert(1)</script>\u202e")
    record = analysed(directory, responses(directory, tmp_path / "r.csv"))
    assert "<script" not in render_study_html(record)
    assert "\u202e" not in "".join(study_lines(record))


def kept(directory: Path, record: StudyRecord, number: int = 1) -> Path:
    folder = directory / f"analysis-{number}"
    folder.mkdir()
    (folder / "record.json").write_text(readable_json(record))
    return folder / "record.json"


def test_an_audit_takes_the_last_record_that_the_log_knows(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    with pytest.raises(StudyMissing, match="no analysis"):
        latest_record(directory)
    for number in (1, 2):
        record = analysed(directory, responses(directory, tmp_path / "r.csv", seed=number))
        path = kept(directory, record, number)
    assert latest_record(directory) == record
    result = result_of(record, ("organism:aligned",))
    assert (result.record_digest, result.findings) == (record.digest, record.findings)
    path.write_text(path.read_text().replace('"verdict": "met"', '"verdict": "not met"'))
    with pytest.raises(StudyBroken, match="the record of the last analysis is not in"):
        latest_record(directory)
    path.write_text("{}")
    with pytest.raises(StudyBroken, match="the record of the last analysis is not in"):
        latest_record(directory)


def test_the_log_and_no_folder_name_says_which_analysis_is_the_last(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    first = kept(directory, analysed(directory, responses(directory, tmp_path / "r.csv")), 1)
    last = analysed(directory, responses(directory, tmp_path / "r.csv", effect=20))
    path = kept(directory, last, 2)
    first.parent.rename(directory / "analysis-9")
    assert latest_record(directory).digest == last.digest
    path.unlink()
    with pytest.raises(StudyBroken, match="the record of the last analysis is not in"):
        latest_record(directory)


@pytest.mark.parametrize(("kind", "why"), [("analysed", "begun and not finished"), ("assigned", "people were drawn")])
def test_what_happened_after_the_last_analysis_asks_for_another(tmp_path: Path, kind: str, why: str) -> None:
    directory = whole(tmp_path)
    kept(directory, analysed(directory, responses(directory, tmp_path / "r.csv")))
    if kind == "assigned":
        assign(directory, people(1, start=5_000))
    else:
        entries = entries_of(directory)
        append_entries(directory / "log.jsonl", [entry_after(entries, "analysed", at="", words="sha256:0")])
    with pytest.raises(StudyMissing) as refused:
        latest_record(directory)
    assert why in refused.value.why


def test_an_audit_takes_nothing_from_a_log_that_lacks_an_entry_somebody_knows(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    kept(directory, analysed(directory, responses(directory, tmp_path / "r.csv")))
    with pytest.raises(StudyBroken, match="does not hold"):
        latest_record(directory, heads=["sha256:" + "1" * 64])


def test_an_audit_takes_nothing_from_a_log_that_does_not_hold(tmp_path: Path) -> None:
    directory = whole(tmp_path)
    kept(directory, analysed(directory, responses(directory, tmp_path / "r.csv")))
    (directory / "seed.json").unlink()
    with pytest.raises(StudyBroken, match="does not hold"):
        latest_record(directory)
