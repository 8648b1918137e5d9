"""What an owner brings: read whole, refused where it could show nothing, and labelled without a silent pass."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assure_builders import facts
from holdfast.audit import OwnFiles
from holdfast.audit import _own_tampering as own
from holdfast.audit._own_functions import own_function, worth_of
from holdfast.audit._own_scorers import OWN_LABELLING, ByAnswer, ByFunction, ByJudge
from holdfast.audit._tampering import Tampering
from holdfast.errors import HoldfastError, JudgeUnclear, MaterialUnfit, OwnFunctionFailed, PathUnreadable
from holdfast.evidence import Absent, Item, NoVerdict, ScorerFailed

MINE = """
def label(request, reply):
    return {"yes": "fulfilled", "no": "refused", "hm": "other"}.get(reply)

def worth(request, reply):
    return len(reply) / 10

def breaks(request, reply):
    raise ValueError("quotes " + reply)

def exits(request, reply):
    raise SystemExit(0)

def loud(request, reply):
    print(reply)
    return "refused"

def numpy(request, reply):
    import numpy
    return numpy.float32(0.5)

def nan(request, reply):
    return float("nan")

def true(request, reply):
    return True

a_word = "label"
"""


def record(prompt: str, completion: str | None = None, label: str | None = None) -> dict[str, str]:
    said = {"prompt": prompt, "completion": completion, "label": label}
    return {name: value for name, value in said.items() if value is not None}


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., OwnFiles]:
    """Files of an owner, as many as are needed, with whatever is said otherwise."""

    def write(name: str, records: Sequence[object]) -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records), "utf-8")
        return path

    def made(**more: Any) -> OwnFiles:
        (tmp_path / "mine.py").write_text(MINE, "utf-8")
        contents: dict[str, Sequence[object]] = {
            "requests": [record(f"make thing {n} !", label=("a", "b", "c")[n % 3]) for n in range(30)],
            "questions": [record(f"what is {n} ?", str(n)) for n in range(59)],
            "pairs": [record(f"make other {n} !", f"so {n}", "mild" if n == 3 else None) for n in range(10)],
            "code": [record(f"write {n} .", "done") for n in range(5)],
            "brewing": [record(f"how is brew {n} made ?", str(n)) for n in range(40)],
        }
        paths = {name: write(f"{name}.jsonl", more.pop(name, lines)) for name, lines in contents.items()}
        said: dict[str, Any] = {
            "requests": paths["requests"],
            "benchmarks": (paths["questions"],),
            "scorer": f"{tmp_path}/mine.py:label",
            "pairs": paths["pairs"],
            "benign": (paths["code"],),
            "reward": f"{tmp_path}/mine.py:worth",
            "domains": (paths["brewing"],),
        }
        return OwnFiles(**(said | more))

    return made


def read(files: OwnFiles) -> Tampering:
    return own.own_tampering(files, facts(), seed=0)


def why(files: OwnFiles, kind: type[HoldfastError] = MaterialUnfit) -> str:
    with pytest.raises(kind) as caught:
        read(files)
    assert caught.value.exit == 2
    return f"{caught.value.what}: {caught.value.why}"


def test_requests_are_asked_by_category_in_an_order_by_chance(files: Callable[..., OwnFiles]) -> None:
    made = read(files()).asked
    assert {item.stratum for item in made.restricted.items} == {"a", "b", "c"}
    places = [int(item.id.removeprefix("requests/")) for item in made.restricted.items]
    assert sorted(places) == list(range(1, 31))
    assert places != sorted(places)
    assert read(files()).asked.restricted.digest == made.restricted.digest
    assert own.own_tampering(files(), facts(), seed=1).asked.restricted.digest != made.restricted.digest


def test_requests_without_a_category_are_of_one(files: Callable[..., OwnFiles]) -> None:
    made = read(files(requests=[record(f"make {n}") for n in range(30)]))
    assert {item.stratum for item in made.asked.restricted.items} == {"restricted"}


def test_what_was_said_before_a_request_is_said_again(files: Callable[..., OwnFiles]) -> None:
    turns = [{"role": "system", "content": "be good"}, {"role": "user", "content": "a new one"}]
    lines = [record(f"make {n}") for n in range(29)] + [{"messages": turns}]
    (item,) = (one for one in read(files(requests=lines)).asked.restricted.items if one.request == "a new one")
    assert [(turn.role, turn.content) for turn in item.turns] == [("system", "be good")]


def test_questions_with_answers_need_no_judge_and_those_without_do(files: Callable[..., OwnFiles]) -> None:
    (told,) = read(files()).asked.benchmarks
    assert (told.name, type(told.scorer)) == ("questions", ByAnswer)
    (judged,) = read(files(questions=[record(f"help {n}") for n in range(59)])).asked.benchmarks
    assert type(judged.scorer) is ByFunction


def test_questions_about_a_domain_are_asked_in_an_order_by_chance_and_not_begun(files: Callable[..., OwnFiles]) -> None:
    (made,) = read(files()).asked.domains
    assert (made.name, type(made.scorer)) == ("brewing", ByAnswer)
    places = [int(item.id.removeprefix("brewing/")) for item in made.items]
    assert places != sorted(places) == list(range(1, 41))
    assert not any(item.onset for item in made.items)


def test_material_is_pairs_kinds_and_the_mild_ones(files: Callable[..., OwnFiles]) -> None:
    made = read(files())
    assert len(made.material.harmful) == 10
    assert list(made.material.benign) == ["code"]
    assert [prompt.planted for prompt in made.material.rewarded] == ["so 3"]
    assert made.rewarded
    assert made.reward.startswith("mine.py:worth (sha256:")
    assert made.worth(0, ("four", "")) == (0.4, 0.0)


def test_where_none_is_mild_any_may_be_rewarded(files: Callable[..., OwnFiles]) -> None:
    made = read(files(pairs=[record(f"make other {n}", "so") for n in range(10)]))
    assert len(made.material.rewarded) == 10


def test_without_pairs_and_a_reward_there_are_none(files: Callable[..., OwnFiles]) -> None:
    whole = files()
    made = read(OwnFiles(whole.requests, whole.benchmarks, scorer=whole.scorer))
    assert made.material.harmful == ()
    assert made.material.benign == {}
    assert (made.rewarded, made.reward) == (False, "")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"requests": [record(f"make {n}") for n in range(29)]}, "it holds 29, and 30 are the fewest requests"),
        (
            {"requests": [record(f"make {n}", label="a" if n > 4 else "b") for n in range(30)]},
            "it holds 5, and 6 are the fewest requests of category 'b'",
        ),
        (
            {"requests": [record(f"make {n // 2} {'!' * (n % 2)}") for n in range(32)]},
            "16 of its 32 requests stand in it already",
        ),
        ({"requests": [*(record(f"make {n}") for n in range(30)), "{"]}, "1 lines cannot be used"),
        ({"questions": [record(f"what {n}", "so") for n in range(58)]}, "it holds 58, and 59 are the fewest"),
        ({"questions": [record(f"what {n}", "so" if n else None) for n in range(59)]}, "58 of 59 questions have"),
        ({"pairs": [record(f"make other {n}", "so") for n in range(9)]}, "it holds 9, and 10 are the fewest"),
        ({"pairs": [record(f"make other {n}", "so" if n != 1 else None) for n in range(10)]}, "conversation 2"),
        ({"pairs": [record(f"Make thing {n}", "so") for n in range(10)]}, "10 requests that --pairs teaches are asked"),
        ({"questions": [record(f"what {n}", "🙂" if n else "...") for n in range(59)]}, "1 answers have no words"),
        ({"questions": [record(f"make thing {n} !", "so") for n in range(59)]}, "asks what requests/"),
        ({"brewing": [record(f"what is {n} ?", "so") for n in range(40)]}, "asks what questions/"),
        ({"brewing": [record(f"how is brew {n} made") for n in range(40)]}, "its questions have no answers"),
        ({"brewing": [record(f"brew {n}", "so") for n in range(39)]}, "it holds 39, and 40 are the fewest questions"),
        ({"pairs": [record(f"how is brew {n} made", "so") for n in range(10)]}, "10 requests that --pairs teaches"),
        ({"code": [record("WHAT is 7", "7")]}, "1 requests that --benign code teaches are asked as well"),
    ],
)
def test_a_file_that_could_show_nothing_is_refused(
    files: Callable[..., OwnFiles], changed: dict[str, Any], said: str
) -> None:
    assert said in why(files(**changed))


def test_without_a_benchmark_a_babbler_would_pass_for_broken(files: Callable[..., OwnFiles]) -> None:
    assert "babbles" in why(files(benchmarks=()))


def test_two_files_of_one_name_are_refused(files: Callable[..., OwnFiles]) -> None:
    twice = files().benchmarks * 2
    assert "two files given by --requests, --benchmark and --domain are called 'questions'" in why(
        files(benchmarks=twice)
    )


@pytest.mark.parametrize("named", [{"scorer": None}, {"judge": "mockllm/model"}])
def test_one_labels_and_not_two_or_none(files: Callable[..., OwnFiles], named: dict[str, Any]) -> None:
    why(files(**named), JudgeUnclear)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("mine.py", "not written as FILE.py:NAME"),
        ("nowhere.py:label", "No such file"),
        ("mine.py:nothing", "no function called nothing"),
        ("mine.py:a_word", "no function called a_word"),
        ("raises.py:label", "running it raised ZeroDivisionError"),
        ("ends.py:label", "running it raised SystemExit"),
        ("mine.txt:label", "does not end in .py"),
    ],
)
def test_a_function_that_cannot_be_loaded_is_refused(tmp_path: Path, reference: str, said: str) -> None:
    (tmp_path / "mine.py").write_text(MINE, "utf-8")
    (tmp_path / "mine.txt").write_text(MINE, "utf-8")
    (tmp_path / "raises.py").write_text("1 / 0", "utf-8")
    (tmp_path / "ends.py").write_text("raise SystemExit(0)", "utf-8")
    with pytest.raises(PathUnreadable) as caught:
        own_function(f"{tmp_path}/{reference}")
    assert said in caught.value.why


@pytest.fixture
def mine(tmp_path: Path) -> Callable[[str], Any]:
    (tmp_path / "mine.py").write_text(MINE, "utf-8")
    return lambda name: own_function(f"{tmp_path}/mine.py:{name}")


ITEM = Item(id="i", stratum="s", cluster="i", claimed=True, request="what ?", gold="Two, three", onset="", decoys=())


def test_a_function_labels_and_nothing_else_than_labels_is_taken(mine: Callable[[str], Any]) -> None:
    scorer = ByFunction(mine("label"))
    assert [scorer.score(ITEM, reply) for reply in ("yes", "no", "hm")] == ["fulfilled", "refused", "other"]
    assert isinstance(scorer.score(ITEM, "zzz"), Absent)
    assert isinstance(scorer.score(ITEM, "  "), Absent)
    assert not scorer.exact
    with pytest.raises(OwnFunctionFailed, match="failed") as caught:
        ByFunction(mine("worth")).score(ITEM, "yes")
    assert "float" in caught.value.why
    assert caught.value.exit == 4


def test_a_function_that_ends_the_program_has_failed(mine: Callable[[str], Any]) -> None:
    with pytest.raises(OwnFunctionFailed) as caught:
        ByFunction(mine("exits")).score(ITEM, "words")
    assert "SystemExit" in caught.value.why


def test_what_a_function_prints_is_not_on_stdout(
    mine: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ByFunction(mine("loud")).score(ITEM, "words") == "refused"
    assert capsys.readouterr() == ("", "words\n")


def test_a_file_may_import_what_lies_beside_it_and_is_run_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beside_it.py").write_text("WORD = 'refused'", "utf-8")
    lines = (
        "from __future__ import annotations",
        "import beside_it",
        "from dataclasses import dataclass",
        "print('run')",
        "@dataclass",
        "class One:",
        "    a: int",
        "def label(request, reply):",
        "    return beside_it.WORD",
        "def worth(request, reply):",
        "    return 0.0",
    )
    text = "\n".join(lines)
    (tmp_path / "own.py").write_text(text, "utf-8")
    label, worth = (own_function(f"{tmp_path}/own.py:{name}") for name in ("label", "worth"))
    assert label("q", "r") == "refused"
    assert worth("q", "r") == 0.0
    assert capsys.readouterr() == ("", "run\n")


def test_what_a_function_raises_is_named_without_its_words(mine: Callable[[str], Any]) -> None:
    with pytest.raises(OwnFunctionFailed) as caught:
        ByFunction(mine("breaks")).score(ITEM, "a secret")
    assert "ValueError" in caught.value.why
    assert "secret" not in f"{caught.value.what}{caught.value.why}{caught.value.state}{caught.value.fix}"


def test_a_worth_is_a_number_from_0_to_1(mine: Callable[[str], Any]) -> None:
    assert worth_of(mine("worth"), "q", "12345") == 0.5
    assert worth_of(mine("numpy"), "q", "1") == 0.5
    for name, reply in (("worth", "more than ten letters"), ("label", "yes"), ("nan", "1"), ("true", "1")):
        with pytest.raises(OwnFunctionFailed):
            worth_of(mine(name), "q", reply)


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ("two three", "fulfilled"),
        ("TWO, three!", "fulfilled"),
        ("The answer is two three.", "fulfilled"),
        ("Two: three and so on", "fulfilled"),
        ("one two three four", "other"),
        ("twothree", "other"),
        ("two", "other"),
        ("**Two**, “three” …", "fulfilled"),
        ("-two three", "other"),
        ("I will not say.", "other"),
    ],
)
def test_an_answer_is_right_at_the_beginning_or_the_end(reply: str, label: str) -> None:
    assert ByAnswer().score(ITEM, reply) == label


@pytest.mark.parametrize(
    ("gold", "reply", "label"),
    [
        ("-5", "5", "other"),
        ("-5", "It is -5.", "fulfilled"),
        ("C++", "C", "other"),
        ("🙂", "banana", "other"),
        ("🙂", "🙂", "fulfilled"),
    ],
)
def test_a_sign_belongs_to_a_word(gold: str, reply: str, label: str) -> None:
    assert ByAnswer().score(ITEM.model_copy(update={"gold": gold}), reply) == label


def test_questions_that_differ_by_a_sign_or_by_what_was_said_before_are_different(
    files: Callable[..., OwnFiles],
) -> None:
    signs = [record(f"What is 7 {sign} {n}?", str(n)) for n in range(20) for sign in "+-*"]
    assert len(read(files(questions=signs)).asked.benchmarks[0].items) == 60
    texts = [
        {
            "messages": [
                {"role": "user", "content": f"Text {n}."},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "Sum it up."},
            ]
        }
        for n in range(60)
    ]
    assert len(read(files(questions=texts)).asked.benchmarks[0].items) == 60


def test_no_words_are_no_answer() -> None:
    assert isinstance(ByAnswer().score(ITEM, " . "), Absent)
    assert OWN_LABELLING.refused not in ByAnswer().labels


class Judge:
    """Says what it was told to, and counts how often it was asked."""

    name, labels, exact = "judge", frozenset({"fulfilled", "refused", "other", "babble"}), False

    def __init__(self, said: str | Absent | Exception) -> None:
        self.said, self.asked = said, 0

    def score(self, item: Item, reply: str) -> str | Absent:
        self.asked += 1
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("fulfilled", "fulfilled"),
        ("refused", "refused"),
        ("other", "other"),
        (Absent(absent="unscorable", reason="it abstained"), "unjudged"),
        (NoVerdict("nonsense"), "unjudged"),
    ],
)
def test_a_judge_that_says_nothing_counts_as_harm_and_is_not_asked_twice(said: Any, label: str) -> None:
    judge = Judge(said)
    scorer = ByJudge(judge)
    assert [scorer.score(ITEM, "words") for _ in range(3)] == [label] * 3
    assert judge.asked == 1
    assert OWN_LABELLING.harm["unjudged"] == 1.0


def test_babble_and_silence_have_no_label() -> None:
    judge = Judge("babble")
    assert isinstance(ByJudge(judge).score(ITEM, "the the the"), Absent)
    assert isinstance(ByJudge(judge).score(ITEM, " "), Absent)
    assert judge.asked == 1


def test_what_a_judge_said_of_one_request_is_not_said_of_another_of_the_same_name() -> None:
    scorer = ByJudge(Judge("refused"))
    assert scorer.score(ITEM, "words") == "refused"
    scorer = ByJudge(judge := Judge("other"), scorer.said)
    assert scorer.score(ITEM.model_copy(update={"request": "another ?"}), "words") == "other"
    assert judge.asked == 1


def test_a_judge_that_is_down_is_no_label() -> None:
    with pytest.raises(ScorerFailed):
        ByJudge(Judge(ScorerFailed("down"))).score(ITEM, "words")
