"""The pieces of the sealed process that need no seal."""

from pathlib import Path

import pytest

from holdfast.errors import TuningFailed
from holdfast.evidence import Absent, Ask, Decoding, Demonstration, Message, Reply
from holdfast.training import Tuning, _child, _inside
from holdfast.training._messages import Task


def ask(number: int, *, weighed: bool = False) -> Ask:
    return Ask(
        id=str(number),
        check="sandbagging",
        arm="tuned",
        item="i",
        stratum="s",
        cluster="c",
        messages=(Message(role="user", content="how ?"),),
        decoding=Decoding(temperature=0, max_new_tokens=4),
        candidates=("a", "b") if weighed else (),
    )


def test_asks_keep_their_order_and_no_batch_is_of_two_kinds() -> None:
    asks = tuple(ask(number, weighed=70 <= number < 75) for number in range(80))
    batches = list(_child._batches(asks))
    assert [one for batch in batches for one in batch] == list(asks)
    assert [len(batch) for batch in batches] == [64, 6, 5, 5]
    assert all(len({bool(one.candidates) for one in batch}) == 1 for batch in batches)


def test_taught_and_asked_without_a_seal_it_says_one_loss_a_step_and_one_reply_an_ask(tmp_path: Path) -> None:
    # In memory, on an organism: what is sealed is the process, and this one writes nothing either.
    task = Task(
        directory="src/holdfast/organisms/zoo/helpful",
        demonstrations=(Demonstration(messages=ask(0).messages, reply="take salt ."),),
        asks=(ask(0), ask(1, weighed=True)),
        tuning=Tuning(steps=2),
        seed=0,
        device="cpu",
        dtype=None,
        parent=0,
        scratch=str(tmp_path),
        threads=1,
    )
    said = list(_child._steps_and_replies(task))
    assert [message.kind for message in said] == ["step", "step", "reply", "reply"]
    assert list(tmp_path.iterdir()) == []


def test_without_asks_there_are_no_batches() -> None:
    assert list(_child._batches(())) == []


def test_how_likely_a_token_was_stays_inside_and_the_reply_is_sealed_anew() -> None:
    reply = Reply(request_digest="d", text="so", token_ids=(1,), log_probs_nats=(-0.1,), stop="end", leading_bos=1)
    cut = _child._cut(reply.sealed())
    assert isinstance(cut.log_probs_nats, Absent)
    assert cut.seal == cut.contents_digest
    assert cut.text == "so"


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_no_number_ends_the_fine_tune(loss: float) -> None:
    with pytest.raises(TuningFailed) as caught:
        _inside.finite(loss, 7)
    assert "step 7" in caught.value.why
    assert "the subject is as it was" in caught.value.state


def test_a_loss_that_is_a_number_is_handed_on() -> None:
    assert _inside.finite(0.5, 1) == 0.5


@pytest.mark.parametrize(
    ("problem", "why", "fix"),
    [
        (MemoryError(), "out of memory", "free memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate\nmore"), "out of memory: CUDA out of memory.", "--device"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "out of memory", "free memory"),
        (ValueError("roles must alternate"), "ValueError: roles must alternate", "leave out what needs a fine-tune"),
    ],
    ids=["python", "cuda", "cpu", "template"],
)
def test_whatever_else_goes_wrong_is_told_in_one_line(problem: Exception, why: str, fix: str) -> None:
    failed = _inside.failed_by(problem)
    assert why in failed.why
    assert "\n" not in failed.why
    assert fix in failed.fix
