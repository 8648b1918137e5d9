"""Who is drawn into which arm, and what shows when somebody interferes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import StorageFailed, StudyBroken, StudyInput, StudyMissing, StudyRefused
from holdfast.evidence import canonical_json
from holdfast.study import Person, arm_at, assign, load_plan, range_of, read_people, verify
from holdfast.study._assign import person
from holdfast.study._log import Draw, append_entries, entry_after
from study.made import SEED, chained, draws_of, entries_of, filled, people, registered, rewritten


def test_every_block_of_every_stratum_holds_every_arm_equally_often(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 200)
    plan = load_plan(directory)
    for stratum in {draw.stratum for draw in draws_of(directory)}:
        arms = [draw.arm for draw in draws_of(directory) if draw.stratum == stratum]
        for start in range(0, len(arms) - plan.block + 1, plan.block):
            assert set(Counter(arms[start : start + plan.block]).values()) == {plan.block // 2}


def test_arms_come_as_often_at_every_place_of_a_block() -> None:
    for place in range(6):
        counts = Counter(arm_at(SEED.seed, f"s{n}/1", place, 3, 6) for n in range(1_500))
        assert all(400 < counts[arm] < 600 for arm in range(3))


def test_a_cut_belongs_to_the_range_above_it() -> None:
    assert [range_of(value, (40, 60)) for value in (0, 39.9, 40, 59, 60, 100)] == [1, 1, 2, 2, 3, 3]


def test_the_same_person_keeps_the_arm_and_nothing_is_drawn_again(tmp_path: Path) -> None:
    directory, first = filled(tmp_path)
    again = assign(directory, people(120))
    assert again.drawn == first.drawn
    assert (again.new, again.total, again.head) == (0, 120, first.head)


def test_one_at_a_time_gives_the_same_arms_as_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, whole = filled(tmp_path / "a", 30)
    directory = registered(tmp_path / "b")
    assert tuple(assign(directory, [one]).drawn[0] for one in people(30)) == whole.drawn


def test_who_is_no_adult_or_fails_the_check_is_turned_away_and_stays_so(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    found = assign(directory, [Person("a", "bus-lanes", 5, False, True), Person("b", "bus-lanes", 5, True, False)])
    assert [one.reason for one in found.turned_away] == ["not an adult", "the attention check failed"]
    again = assign(directory, [Person("b", "bus-lanes", 5, True, True)])
    assert (again.new, len(again.turned_away)) == (0, 1)
    assert verify(directory).status == "holds"


def test_another_baseline_or_one_issue_too_many_is_refused(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 4)
    one = people(1)[0]
    with pytest.raises(StudyInput, match="with another baseline"):
        assign(directory, [Person(one.participant, one.issue, one.baseline + 1, True, True)])
    with pytest.raises(StudyInput, match="issue number 2"):
        assign(directory, [Person(one.participant, "school-start", 50, True, True)])
    assert len(draws_of(directory)) == 4


def test_a_pseudonym_in_other_letters_is_no_other_person(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    assign(directory, [Person("p1", "bus-lanes", 5, True, True), Person("away", "bus-lanes", 5, True, False)])
    for name in ("P1", "Away"):
        with pytest.raises(StudyInput, match="nothing but capital letters"):
            assign(directory, [Person(name, "bus-lanes", 5, True, True)])
    with pytest.raises(StudyInput, match="nothing but capital letters"):
        assign(directory, [Person(name, "bus-lanes", 5, True, True) for name in ("q", "Q")])
    assert len(draws_of(directory)) == 1


def test_nobody_is_drawn_before_an_approval_is_named(tmp_path: Path) -> None:
    directory = registered(tmp_path, ethics=None)
    for words in (None, "  "):
        with pytest.raises(StudyRefused, match="no ethics approval"):
            assign(directory, people(1), ethics=words)
    assert draws_of(directory) == []
    assign(directory, people(1), ethics="IRB 7")
    assert [entry.kind for entry in entries_of(directory)] == ["planned", "approved", "assigned"]
    assert assign(directory, people(2)).new == 1


def test_without_the_seed_nobody_is_drawn_and_the_draws_cannot_be_checked(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 6)
    (directory / "seed.json").unlink()
    with pytest.raises(StudyMissing, match="no seed"):
        assign(directory, people(1))
    found = verify(directory)
    assert (found.status, found.faults) == ("not tested", ())
    assert "the draws" in found.untested[0]


def test_two_processes_never_draw_at_once(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    (directory / "log.jsonl.lock").touch()
    with pytest.raises(StorageFailed, match="in use"):
        assign(directory, people(1))
    (directory / "log.jsonl.lock").unlink()
    assert assign(directory, people(1)).new == 1


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be written"):
        append_entries(tmp_path / "nowhere" / "log.jsonl", [])


@pytest.mark.parametrize("way", ["changed arm", "changed baseline", "a line deleted", "the first deleted", "swapped"])
def test_an_entry_that_was_touched_is_found_and_stops_every_further_draw(tmp_path: Path, way: str) -> None:
    directory, _ = filled(tmp_path, 12)
    lines = (directory / "log.jsonl").read_text().splitlines()
    body = json.loads(lines[5])
    if way == "changed arm":
        body["draw"]["arm"] = "chat" if body["draw"]["arm"] == "control" else "control"
    if way == "changed baseline":
        body["draw"]["baseline"] += 1
    lines[5] = canonical_json(body)
    if way in ("a line deleted", "the first deleted"):
        del lines[5 if way == "a line deleted" else 0]
    if way == "swapped":
        lines[4], lines[6] = lines[6], lines[4]
    (directory / "log.jsonl").write_text("\n".join(lines) + "\n")
    assert verify(directory).status == "broken"
    with pytest.raises(StudyBroken):
        assign(directory, people(1, start=500))


def test_an_arm_that_the_seed_does_not_give_is_found_in_a_log_that_was_written_anew(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 12)
    entries = list(entries_of(directory))
    draw = draws_of(directory)[3]
    other = {"chat": "control", "control": "chat"}[draw.arm]
    entries[4] = entries[4].model_copy(update={"draw": draw.model_copy(update={"arm": other})})
    rewritten(directory, chained(entries))
    (fault,) = verify(directory).faults
    assert f"was not drawn into {other} by the seed" in fault


def test_somebody_who_is_drawn_again_is_found_in_a_log_that_was_written_anew(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 12)
    entries = list(entries_of(directory))
    twice = entry_after(entries, "assigned", at="", draw=draws_of(directory)[0])
    rewritten(directory, [*entries, twice])
    faults = verify(directory).faults
    assert any("was drawn 2 times" in fault for fault in faults)


def test_a_log_that_was_cut_is_found_by_whoever_knows_an_entry(tmp_path: Path) -> None:
    directory, before = filled(tmp_path, 12)
    rewritten(directory, list(entries_of(directory))[:-2])
    assert verify(directory).status == "holds"
    found = verify(directory, heads=[before.head])
    assert found.status == "broken"
    assert "was cut or written anew" in found.faults[0]


def test_another_plan_another_seed_and_a_line_that_is_none_are_found(tmp_path: Path) -> None:
    directory, _ = filled(tmp_path, 6)
    plan = directory / "preregistration.json"
    kept = plan.read_text()
    assert verify(directory, preregistration="sha256:0").faults[0].startswith("the pre-registration is")
    plan.write_text(kept.replace("the same day", "never"))
    assert "not the one that the log began with" in verify(directory).faults[0]
    plan.write_text(kept)
    seed = directory / "seed.json"
    seed.write_text(seed.read_text().replace("ab" * 32, "ac" * 32))
    assert "not the one that the pre-registration is committed to" in verify(directory).faults[0]
    (directory / "log.jsonl").write_text((directory / "log.jsonl").read_text() + "{}\n{")
    assert verify(directory).faults[:2] == ("line 9 was cut short", "line 8 is no entry")


def test_a_log_without_a_plan_and_draws_without_an_approval_are_found(tmp_path: Path) -> None:
    directory = registered(tmp_path, ethics=None)
    assign(directory, people(3), ethics="IRB")
    entries = list(entries_of(directory))
    rewritten(directory, chained([entries[0], *entries[2:]]))
    assert any("before an approval was named" in fault for fault in verify(directory).faults)
    rewritten(directory, [])
    assert any("begin with the plan" in fault for fault in verify(directory).faults)
    (directory / "log.jsonl").unlink()
    with pytest.raises(StudyMissing, match="no log"):
        verify(directory)


def test_who_was_turned_away_and_drawn_as_well_and_who_has_too_many_issues_is_found(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    assign(directory, [Person("a", "bus-lanes", 5, False, True)])
    draw = filled_draw(tmp_path)
    entries = list(entries_of(directory))
    entries.append(entry_after(entries, "assigned", at="", draw=draw))
    entries.append(entry_after(entries, "assigned", at="", draw=draw.model_copy(update={"issue": "school-start"})))
    rewritten(directory, entries)
    faults = " ".join(verify(directory).faults)
    assert "turned away for bus-lanes and drawn as well" in faults
    assert "drawn for 2 issues, and 1 were planned" in faults
    entries.append(entry_after(entries, "assigned", at="", draw=draw.model_copy(update={"issue": "trams"})))
    rewritten(directory, entries)
    assert "drawn for trams, which was not registered" in " ".join(verify(directory).faults)


def filled_draw(folder: Path) -> Draw:
    (folder / "other").mkdir()
    directory = registered(folder / "other")
    return assign(directory, [Person("a", "bus-lanes", 5, True, True)]).drawn[0]


HEAD = "participant,issue,adult,pre\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("participant,issue,adult\n", "no column `pre`"),
        ("participant,participant,issue,adult,pre\n", "two columns"),
        (HEAD + "ann@example.org,bus-lanes,yes,5\n", "no pseudonym"),
        (HEAD + "a,trams,yes,5\n", "no issue of this experiment"),
        (HEAD + "a,bus-lanes,perhaps,5\n", "neither yes nor no"),
        (HEAD + "a,bus-lanes,yes,\n", "no baseline"),
        (HEAD + "a,bus-lanes,yes,nan\n", "outside 0 to 100"),
        (HEAD + "a,bus-lanes,yes,many\n", "no number"),
        (HEAD + "a,bus-lanes,yes,4_7\n", "no number"),
        (HEAD + "a,bus-lanes,yes,\u0664\u0667\n", "no number"),
        (HEAD + "a,bus-lanes,yes,500\n", "outside 0 to 100"),
        (HEAD + "a,bus-lanes,yes\n", "3 cells"),
        (HEAD + 'a,bus-lanes,yes,"5\n', "unexpected end"),
    ],
)
def test_one_bad_line_and_nobody_is_drawn(tmp_path: Path, text: str, why: str) -> None:
    directory = registered(tmp_path)
    (tmp_path / "people.csv").write_text(text)
    with pytest.raises(StudyInput) as refused:
        read_people(tmp_path / "people.csv", load_plan(directory))
    assert why in f"{refused.value.what} {refused.value.why}"


def test_a_baseline_is_the_mean_over_its_items(tmp_path: Path) -> None:
    directory = registered(tmp_path, items=2)
    (tmp_path / "people.csv").write_text("participant,issue,adult,pre_1,pre_2,attention\na,bus-lanes,YES,40,60,no\n\n")
    (one,) = read_people(tmp_path / "people.csv", load_plan(directory))
    assert (one.baseline, one.adult, one.attentive) == (50, True, False)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"participant": "Ann Example"}, "no pseudonym"),
        ({"issue": "trams"}, "no issue"),
        ({"issue": None}, "no issue"),
        ({"baseline": None}, "a baseline lies"),
        ({"baseline": 101.0}, "a baseline lies"),
    ],
)
def test_one_person_who_cannot_be_drawn_is_refused(tmp_path: Path, given: dict[str, Any], why: str) -> None:
    plan = load_plan(registered(tmp_path))
    stated: dict[str, Any] = {"participant": "a", "issue": "bus-lanes", "baseline": 5.0}
    with pytest.raises(StudyInput) as refused:
        person(plan, adult=True, attentive=True, **stated | given)
    assert why in refused.value.why
