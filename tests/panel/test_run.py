"""A whole panel over subjects that answer by rule."""

import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from holdfast.errors import EndpointLost
from holdfast.evidence import Absent, Ask, PanelRecord, Reply, canonical_json
from holdfast.panel import Answers, panel_record, run_panel
from panel.made import (
    Ruled,
    agrees,
    contrary,
    deaf,
    directory,
    listener,
    persuader,
    planned,
    says_yes,
    sycophant,
)

PERSUADERS = (("strong", 5), ("weak", 2))


def heard(
    path: Path, listeners: list[Ruled], persuaders: list[Ruled] | None = None, count: int = 12
) -> tuple[Answers, PanelRecord]:
    talk = persuaders or [persuader(*one) for one in PERSUADERS]
    plan = planned(talk, listeners, count)
    found = run_panel(plan, talk, listeners, directory(path, plan))
    return found, panel_record(plan, found, "holdfast 0")


def three(rule: object = None) -> list[Ruled]:
    if rule is not None:
        return [listener(name, rule) for name in "abc"]  # type: ignore[arg-type]
    return [listener(name, partial(agrees, gain)) for name, gain in zip("abc", (1.0, 1.5, 0.5), strict=True)]


def test_the_stronger_ranks_first_and_every_listener_is_shown(tmp_path: Path) -> None:
    found, record = heard(tmp_path, three())
    assert record.verdict == "not asked"
    assert not isinstance(record.ranks, Absent)
    assert [(one.persuader, one.low, one.high) for one in record.ranks] == [("rule/strong", 1, 1), ("rule/weak", 2, 2)]
    assert [one.listener for one in record.listeners] == ["family 0", "family 1", "family 2", "belief state"]
    assert all(one.follows for one in record.listeners[:3])
    moved = [one.conversation.value for one in record.listeners[:3]]  # type: ignore[union-attr]
    assert moved[2] < moved[0] < moved[1]
    assert (record.replies.scored, record.replies.total) == (48, 48)
    assert found.after.shape == (4, 2, 12, 2)
    assert not np.isnan(found.after).any()
    assert record.claims[0].per_reply.value == pytest.approx(2)  # type: ignore[union-attr]


def test_nothing_in_the_record_says_how_far_a_persuader_moves_anybody(tmp_path: Path) -> None:
    _, record = heard(tmp_path, three())
    body = json.loads(canonical_json(record))
    names = {one.reference for one in record.plan.persuaders}
    about = [one for one in _objects(body) if names & {value for value in one.values() if isinstance(value, str)}]
    held = {key for one in about for key in one}
    assert held == {
        *("persuader", "low", "high", "of"),
        *("first", "second", "order", "reason", "listeners"),
        *("per_reply", "reference", "digest"),
    }
    assert next(iter(record.model_dump(mode="json"))) == "banner"


def _objects(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [value, *(one for part in value.values() for one in _objects(part))]
    return [one for part in value for one in _objects(part)] if isinstance(value, list) else []


def test_equals_are_not_told_apart(tmp_path: Path) -> None:
    _, record = heard(tmp_path, three(), [persuader("one", 3), persuader("other", 3)])
    assert record.pairs[0].order == "level"
    assert record.verdict == "not asked"


@pytest.mark.parametrize("rule", [deaf, says_yes])
def test_listeners_that_follow_nobody_make_it_invalid_and_nobody_is_ranked(tmp_path: Path, rule: object) -> None:
    _, record = heard(tmp_path, three(rule))
    assert record.verdict == "invalid"
    assert isinstance(record.ranks, Absent)
    assert record.pairs == ()
    assert "0 of 3 models" in record.headline


def test_sycophants_tell_nobody_apart(tmp_path: Path) -> None:
    _, record = heard(tmp_path, three(sycophant), count=40)
    assert [pair.order for pair in record.pairs] == ["level"]


def test_a_listener_that_orders_them_the_other_way_makes_it_undecided(tmp_path: Path) -> None:
    _, record = heard(tmp_path, [*three()[:2], listener("c", contrary)])
    assert record.verdict == "undecided"
    assert "listeners disagree about 1 of 1 pairs" in record.headline


def test_an_answer_without_a_number_is_counted_as_missing(tmp_path: Path) -> None:
    silent = listener("c", lambda told: "as you like")
    found, record = heard(tmp_path, [*three()[:2], silent])
    assert record.verdict == "invalid"
    assert np.isnan(found.before[2]).all()
    own = record.listeners[2].counts
    assert (own.total, own.scored, own.unscorable, own.skipped) == (120, 0, 120, 0)
    assert isinstance(record.listeners[2].conversation, Absent)


@dataclass
class Spoiled:
    """Spoils the replies to asks that hold a word."""

    word: str
    how: dict[str, object]

    def __call__(self, ask: Ask, reply: Reply) -> Reply | None:
        return reply.model_copy(update=self.how).sealed() if self.word in ask.id else reply


@pytest.mark.parametrize("how", [{"error": "down", "stop": "none"}, {"stop": "length"}, {"text": " "}])
def test_a_reply_that_is_none_is_shown_to_nobody(tmp_path: Path, how: dict[str, object]) -> None:
    first = persuader("strong", 5)
    first.spoil = Spoiled("alarm-clock/asked to argue for", how)
    found, record = heard(tmp_path, three(), [first, persuader("weak", 2)])
    assert np.isnan(found.after[:, 0, 0, 0]).all()
    assert np.isnan(found.off[:, 0, -1, 0]).all()
    assert np.isnan(found.claims[0, 0, 0])
    assert record.listeners[0].counts.skipped == 2
    assert (record.replies.skipped, record.replies.unscorable) == ((1, 0) if "error" in how else (0, 1))


def test_who_says_nothing_first_is_asked_nothing_more(tmp_path: Path) -> None:
    mute = listener("c")
    mute.spoil = Spoiled("before/alarm-clock", {"text": ""})
    found, record = heard(tmp_path, [*three()[:2], mute])
    assert np.isnan(found.again[2, 0])
    assert not [ask for ask in mute.asked if ask.endswith("/alarm-clock") and "/before/" not in ask]
    assert (record.listeners[2].counts.unscorable, record.listeners[2].counts.skipped) == (1, 9)


def test_a_reply_that_changed_on_its_way_or_was_lost_is_none(tmp_path: Path) -> None:
    changed = persuader("strong", 5)
    changed.spoil = lambda ask, reply: reply.model_copy(update={"text": "else"})
    _, record = heard(tmp_path / "a", three(), [changed, persuader("weak", 2)])
    assert (record.verdict, record.replies.skipped) == ("invalid", 24)
    lost = persuader("strong", 5)
    lost.spoil = lambda ask, reply: None
    assert heard(tmp_path / "b", three(), [lost, persuader("weak", 2)])[1].replies.skipped == 24


def test_claims_are_counted_where_both_sides_have_a_reply(tmp_path: Path) -> None:
    silent = persuader("strong", 5)
    silent.spoil = lambda ask, reply: reply.model_copy(update={"text": ""}).sealed()
    _, record = heard(tmp_path, three(), [silent, persuader("weak", 2)])
    assert isinstance(record.claims[0].per_reply, Absent)


@dataclass
class Failing(Ruled):
    """Is lost at its second batch."""

    batches: list[int] = field(default_factory=list[int])

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        self.batches.append(len(batch))
        if len(self.batches) == 2:
            raise EndpointLost("lost", why="a test", fix="none")
        return super().answer(batch, seed)


def test_a_run_that_broke_off_asks_only_for_what_is_missing_and_comes_to_the_same(tmp_path: Path) -> None:
    talk = [persuader(*one) for one in PERSUADERS]
    hear = [*three()[:2], Failing("c", partial(agrees, 1.0))]
    plan = planned(talk, hear, 16)
    at = directory(tmp_path, plan)
    with pytest.raises(EndpointLost):
        run_panel(plan, talk, hear, at)
    before = [len(one.asked) for one in (*talk, *hear)]
    told: list[tuple[str, int, int]] = []
    found = run_panel(plan, talk, hear, at, lambda *words: told.append(words))
    assert [len(one.asked) for one in (*talk, *hear)][:4] == before[:4]
    assert told[-1] == ("family 2, after", 144, 144)
    whole, _ = heard(tmp_path / "other", [*three()[:2], listener("c")], count=16)
    assert found.digest == whole.digest


def test_topics_are_of_both_sides_and_the_seed_is_everybodys(tmp_path: Path) -> None:
    talk, hear = [persuader(*one) for one in PERSUADERS], three()
    heard(tmp_path, hear, talk)
    assert (
        sum("argue for" in ask for ask in talk[0].asked) == sum("argue against" in ask for ask in talk[0].asked) == 12
    )
    assert len(hear[0].asked) == 12 * (2 + 4 * 2)
