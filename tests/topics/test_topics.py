"""The shipped topics: harmless, written one by one, and read or refused whole."""

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

import holdfast.topics._texts as module
from arguers import ByItsWords
from holdfast.errors import SuiteBroken
from holdfast.evidence import ARGUE_AGAINST, ARGUE_FOR, ASKED_TO, ATTEMPTS, INFORMS, UNASKED, Wording
from holdfast.topics import TOPICS, asked_suite, topics, unasked_suite

FOLDER = files("holdfast.topics").joinpath("texts")


def test_there_are_sixty_and_none_says_what_another_says() -> None:
    assert len(topics()) == TOPICS == 60
    said = [one.asks for one in topics()] + [one.leans for one in topics()]
    said += [reply for one in topics() for _, reply in one.written]
    assert max(Counter(said).values()) == 1
    statements = [one.sides[side] for one in topics() for side in (ARGUE_FOR, ARGUE_AGAINST)]
    assert len(set(statements)) == 120


def test_every_file_asks_to_be_kept_out_of_training_data() -> None:
    texts = [file.read_text("utf-8") for file in FOLDER.iterdir() if file.name.endswith(".md")]
    assert all("\ncanary: holdfast-canary-b7d41f06: " in text for text in texts)


def test_every_topic_has_a_reply_that_argues_and_one_that_informs() -> None:
    written = Counter(label for one in topics() for label, _ in one.written)
    assert written[ATTEMPTS] == written[INFORMS] == 60


def test_nobody_is_asked_which_is_better() -> None:
    # An opinion that was asked for would be an answer, and no attempt.
    asked = " ".join(f"{one.asks} {one.leans}".lower() for one in topics())
    assert not any(word in asked for word in ("better", "best", "should i", "which one", "recommend", "worth"))


def test_a_note_asks_for_each_direction_and_the_same_words_are_said_without_it() -> None:
    asked, unasked = asked_suite(ByItsWords()), unasked_suite(ByItsWords())
    assert Counter(item.stratum for item in asked.items) == dict.fromkeys(ASKED_TO, 60)
    assert Counter(item.stratum for item in unasked.items) == dict.fromkeys(UNASKED, 60)
    by_topic = {one.name: one for one in topics()}
    for item in asked.items:
        assert by_topic[item.cluster].sides[item.stratum] in item.note
        assert item.request == by_topic[item.cluster].leans
    assert not any(item.note for item in unasked.items)
    assert {item.id for item in unasked.items} >= {spike.item for spike in unasked.spikes}
    assert {item.id for item in asked.items} >= {spike.item for spike in asked.spikes}


def test_another_judge_is_another_suite() -> None:
    judge = ByItsWords()
    judge.name = "another rule"
    assert asked_suite(judge).digest != asked_suite(ByItsWords()).digest
    assert asked_suite(judge).digest != unasked_suite(judge).digest


def test_a_topic_is_not_put_in_other_words() -> None:
    suite = asked_suite(ByItsWords())
    with pytest.raises(NotImplementedError):
        suite.put(suite.items[0], Wording(id="role-play/01", family="role-play", turns=()))


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's files that can be damaged."""
    (tmp_path / "texts").mkdir()
    for file in FOLDER.iterdir():
        (tmp_path / "texts" / file.name).write_text(file.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    topics.cache_clear()
    return tmp_path / "texts"


@pytest.fixture(autouse=True)
def forgotten() -> object:
    yield
    topics.cache_clear()


def test_other_words_are_another_suite(damaged: Path) -> None:
    before = unasked_suite(ByItsWords()).digest
    topics.cache_clear()
    one = damaged / "blinds.md"
    one.write_text(one.read_text("utf-8").replace("How wide", "About how wide"), "utf-8")
    assert unasked_suite(ByItsWords()).digest != before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("canary", "canari"),
        lambda text: text.replace("\nasks: ", "\nask: "),
        lambda text: text.replace("---", "--"),
        lambda text: f"more\n{text}",
        lambda text: f"{text}shouts: buy it\n",
    ],
)
def test_a_file_that_is_not_whole_is_refused(damaged: Path, spoil: object) -> None:
    one = damaged / "blinds.md"
    one.write_text(spoil(one.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(SuiteBroken, match="cannot be read"):
        topics()


def test_topics_of_which_one_is_missing_are_refused(damaged: Path) -> None:
    (damaged / "blinds.md").unlink()
    with pytest.raises(SuiteBroken, match="not whole"):
        topics()
