"""From a log to what is replayed: clusters, samples, salted names, and what is kept on disk."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import BrokenLabels, FrozenBroken, OutputInUse, StorageFailed
from holdfast.readers import read_chats
from holdfast.replay import FILE, Taken, is_kept, labelled_spikes, read_kept, take, write_kept
from holdfast.replay import temperature_of as temperature_at
from replays import SALT, taken_of, written


def record(place: int, **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": f"request {place}"}, {"role": "assistant", "content": "reply"}]
    return {"id": f"c{place}", "messages": said} | more


def clusters(taken: Taken) -> list[int]:
    """The clusters by number, in the order in which they come."""
    names = list(dict.fromkeys(one.cluster for one in taken.conversations))
    return [names.index(one.cluster) for one in taken.conversations]


def test_users_are_clusters_and_those_who_name_none_share_one(tmp_path: Path) -> None:
    records = [record(0, user="a"), record(1), record(2, user="a"), record(3, session_id="s"), record(4, user="b")]
    taken = taken_of(tmp_path / "log.jsonl", records)
    assert clusters(taken) == [0, 1, 0, 1, 2]
    assert (taken.source.clustered_by, taken.source.clusters, taken.source.unnamed) == ("users", 3, 2)


def test_losing_a_users_name_never_makes_more_clusters(tmp_path: Path) -> None:
    whole = [record(place, user=f"u{place % 20}") for place in range(60)]
    before = taken_of(tmp_path / "log.jsonl", whole).source.clusters
    for lost in (1, 5, 30, 59):
        damaged = [{k: v for k, v in one.items() if k != "user" or place >= lost} for place, one in enumerate(whole)]
        assert taken_of(tmp_path / "log.jsonl", damaged).source.clusters <= before + 1


def test_sessions_stand_in_for_users_and_conversations_for_sessions(tmp_path: Path) -> None:
    by_session = taken_of(tmp_path / "log.jsonl", [record(0, session_id="s"), record(1, session_id="s"), record(2)])
    assert (by_session.source.clustered_by, clusters(by_session)) == ("sessions", [0, 0, 1])
    alone = taken_of(tmp_path / "log.jsonl", [record(0), record(1)])
    assert (alone.source.clustered_by, clusters(alone), alone.source.unnamed) == ("conversations", [0, 1], 0)


def test_one_conversation_under_many_names_is_one_cluster_and_counts_as_one(tmp_path: Path) -> None:
    copies = [record(0) | {"id": f"c{place}"} for place in range(5)]
    copies[3] = json.loads(json.dumps(copies[3]).replace("request 0", "Request  0"))
    taken = taken_of(tmp_path / "log.jsonl", [*copies, record(1)])
    assert clusters(taken) == [0, 0, 0, 0, 0, 1]
    assert (taken.source.distinct, taken.source.taken, taken.source.repeats) == (2, 6, True)
    by_user = [one | {"user": one["id"]} for one in copies]
    assert taken_of(tmp_path / "log.jsonl", by_user).source.repeats
    assert not taken_of(tmp_path / "log.jsonl", [copies[0], copies[1], record(1), record(2)]).source.repeats


def test_what_counts_as_too_long_is_kept_beside_how_many_were(tmp_path: Path) -> None:
    chats = read_chats(written(tmp_path / "log.jsonl", [record(0), record(10_000)]), longest=9)
    source = take(chats, salt=SALT).source
    assert (source.longest, source.not_replayable) == (9, {"too long": 1})


@pytest.mark.parametrize("said", ["nan", "abc", "-1", "1e308", "inf"])
def test_a_kept_file_with_a_temperature_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    taken = taken_of(tmp_path / "log.jsonl", [record(0)])
    write_kept(
        tmp_path / "own", Taken(taken.conversations, taken.source.model_copy(update={"temperatures": {said: 1}}))
    )
    with pytest.raises(FrozenBroken, match="no conversations"):
        read_kept(tmp_path / "own")


def test_a_kept_conversation_without_a_request_is_refused_though_its_digest_is_right(tmp_path: Path) -> None:
    taken = taken_of(tmp_path / "log.jsonl", [record(0)])
    empty = taken.conversations[0].model_copy(update={"turns": ()})
    write_kept(tmp_path / "own", Taken((empty,), taken.source))
    with pytest.raises(FrozenBroken, match="no conversations"):
        read_kept(tmp_path / "own")


def test_nameless_records_that_say_the_same_share_a_cluster(tmp_path: Path) -> None:
    nameless = [{k: v for k, v in record(place).items() if k != "id"} for place in (0, 0, 1)]
    taken = taken_of(tmp_path / "log.jsonl", nameless)
    assert clusters(taken) == [0, 0, 1]
    assert len({one.id for one in taken.conversations}) == 3


def test_names_are_digests_that_another_salt_changes_and_the_same_salt_repeats(tmp_path: Path) -> None:
    chats = read_chats(written(tmp_path / "log.jsonl", [record(0, user="jane")]))
    ours, again, theirs = (take(chats, salt=salt).conversations[0] for salt in (SALT, SALT, b"another salt"))
    assert ours == again
    assert {ours.id, ours.cluster}.isdisjoint({theirs.id, theirs.cluster})
    assert "jane" not in ours.model_dump_json()


def test_a_sample_is_drawn_by_its_seed_and_kept_in_the_order_of_the_log(tmp_path: Path) -> None:
    records = [record(place) for place in range(50)]
    one, same, other = (taken_of(tmp_path / "log.jsonl", records, sample=10, seed=seed) for seed in (1, 1, 2))
    asked = [[c.turns[-1].content for c in taken.conversations] for taken in (one, same, other)]
    assert asked[0] == asked[1] != asked[2]
    assert asked[0] == sorted(asked[0], key=lambda words: int(words.split()[1]))
    assert (one.source.taken, one.source.replayable, one.source.records) == (10, 50, 50)
    assert taken_of(tmp_path / "log.jsonl", records, sample=99).source.taken == 50


def test_requests_and_replies_are_redacted_and_counted(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "I am Jane, jane@example.com"}, {"role": "assistant", "content": "hi Jane"}]
    taken = taken_of(tmp_path / "log.jsonl", [{"messages": said}], names=["Jane"])
    (kept,) = taken.conversations
    assert (kept.turns[0].content, kept.reply) == ("I am [NAME], [EMAIL]", "hi [NAME]")
    assert (taken.source.redacted, taken.source.names_given) == ({"EMAIL": 1, "NAME": 2}, 1)


def test_what_is_kept_is_read_back_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    taken = taken_of(tmp_path / "log.jsonl", [record(0, temperature=0.5), record(1, temperature=0.5)])
    path = write_kept(tmp_path / "own", taken)
    assert (path.stat().st_mode & 0o777, is_kept(tmp_path / "own"), is_kept(tmp_path)) == (0o600, True, False)
    assert read_kept(tmp_path / "own") == taken
    assert not is_kept(Path("\0"))
    with pytest.raises(OutputInUse):
        write_kept(tmp_path / "own", taken)


def test_a_file_that_does_not_hold_what_was_written_is_refused(tmp_path: Path) -> None:
    taken = taken_of(tmp_path / "log.jsonl", [record(0), record(1)])
    path = write_kept(tmp_path / "own", taken)
    whole = path.read_text("utf-8")
    head, first, _ = whole.split("\n", 2)
    edited = {
        "cut short": f"{head}\n{first}\n",
        "edited": whole.replace("request 1", "request 9"),
        "no header": f"{first}\n",
        "no JSON": f"{head}\nhello\n",
        "empty": "",
        "head edited": whole.replace('"not_replayable":{}', '"not_replayable":{"tools":3}'),
        "too deep": f"{head}\n{'[' * 100_000}\n",
    }
    assert whole not in edited.values()
    for text in edited.values():
        path.write_text(text, "utf-8")
        with pytest.raises(FrozenBroken, match="no conversations can be read"):
            read_kept(tmp_path / "own")
    with pytest.raises(FrozenBroken, match="no conversations"):
        read_kept(tmp_path / "nothing")


def test_a_disk_that_refuses_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    taken = taken_of(tmp_path / "log.jsonl", [record(0)])
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        write_kept(tmp_path / "file" / "own", taken)
    assert not (tmp_path / "own" / FILE).exists()


def test_the_temperature_is_the_operators_else_the_logs_else_one(tmp_path: Path) -> None:
    said = [record(0, temperature=0.5), record(1, temperature=0.5)]
    one = taken_of(tmp_path / "log.jsonl", said).source
    assert temperature_at(one, 0.2) == (0.2, "as the operator says")
    assert temperature_at(one, None) == (0.5, "as all 2 conversations in the log say")
    lone = taken_of(tmp_path / "log.jsonl", [*said[:1], record(1)]).source
    assert temperature_at(lone, None)[0] == 1.0
    assert "only 1 of 2" in temperature_at(lone, None)[1]
    two = taken_of(tmp_path / "log.jsonl", [*said, record(2, temperature=0.9)]).source
    assert temperature_at(two, None)[0] == 1.0
    assert "2 different" in temperature_at(two, None)[1]
    none = taken_of(tmp_path / "log.jsonl", [record(0)]).source
    assert "does not say" in temperature_at(none, None)[1]


def test_labelled_transcripts_are_redacted_and_anything_amiss_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"

    def spikes(*records: Any) -> Any:
        return labelled_spikes(path, read_chats(written(path, records)), ["Jane"])

    harmful, fine = record(0, label="harmful"), record(1, label="harmless")
    harmful["messages"][0]["content"] = "Jane, jane@example.com"
    found = spikes(harmful, fine)
    assert [(one.turns[0].content, one.reply, one.truth) for one in found] == [
        ("[NAME], [EMAIL]", "reply", "harmful"),
        ("request 1", "reply", "harmless"),
    ]
    copies = [harmful | {"id": f"copy {place}"} for place in range(9)]
    assert spikes(harmful, *copies, fine) == found
    unanswered = record(2, label="harmful") | {"messages": [{"role": "user", "content": "x"}]}
    other, twice = record(1, label="bad"), harmful | {"id": "x"}
    for records in ([harmful, unanswered], [harmful, other], [harmful, "{"], [harmful, twice]):
        with pytest.raises(BrokenLabels, match="cannot be used as labelled"):
            spikes(*records)


def test_a_kept_file_says_what_it_is(tmp_path: Path) -> None:
    path = write_kept(tmp_path / "own", taken_of(tmp_path / "log.jsonl", [record(0)]))
    head = json.loads(path.read_text("utf-8").split("\n")[0])
    assert head["schema"] == "holdfast.replay/2"
    assert "not anonymous" in head["notice"]
