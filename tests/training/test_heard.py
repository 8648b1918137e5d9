"""What a parent takes from the sealed process, and what it refuses."""

import io
import json
import struct
from typing import Any

import pytest

from holdfast.errors import BrokenWeights, TuningGarbled
from holdfast.evidence import Absent, Ask, Decoding, Message, Reply, Seal
from holdfast.training._heard import Heard, listen
from holdfast.training._messages import Answered, Failed, Sealed, Step, received, send

SEAL = Sealed(seal=Seal(holds=("write one byte to a file",), missing={}))
STEP = Step(loss=1.25)


def ask(number: int, *, candidates: tuple[str, ...] = ()) -> Ask:
    return Ask(
        id=f"ask {number}",
        check="sandbagging",
        arm="tuned",
        item="i",
        stratum="s",
        cluster="c",
        messages=(Message(role="user", content="how ?"),),
        decoding=Decoding(temperature=0, max_new_tokens=4),
        candidates=candidates,
    )


def answered(**changed: Any) -> Answered:
    plain = Reply(request_digest="sha256:0", text="so and so", token_ids=(5, 6, 7), stop="end", leading_bos=1)
    return Answered(reply=plain.model_copy(update=changed))


def pipe(*messages: Any) -> io.BytesIO:
    made = io.BytesIO()
    for message in messages:
        send(made, message)
    return io.BytesIO(made.getvalue())


def heard(*messages: Any, asks: int = 1, steps: int = 1) -> Heard:
    found = Heard(tuple(ask(number) for number in range(asks)), steps)
    list(listen(pipe(*messages), found))
    return found


def test_a_seal_the_steps_and_one_reply_for_each_ask_are_taken_in_turn() -> None:
    found = Heard((ask(0), ask(1)), 2)
    done = list(listen(pipe(SEAL, STEP, STEP, answered(), answered(text="or not")), found))
    assert done == [1, 2, 3, 4]
    assert found.total == 4
    assert found.losses == [1.25, 1.25]
    assert [reply.text for reply in found.replies] == ["so and so", "or not"]
    assert found.seal == SEAL.seal


def test_what_comes_behind_the_last_reply_is_not_read() -> None:
    assert len(heard(SEAL, STEP, answered(), answered()).replies) == 1


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((STEP,), "'step' out of its turn"),
        ((answered(),), "'reply' out of its turn"),
        ((SEAL, SEAL), "'sealed' out of its turn"),
        ((SEAL, STEP, STEP), "'step' out of its turn"),
        ((SEAL, answered()), "'reply' out of its turn"),
    ],
    ids=["step first", "reply first", "two seals", "too many steps", "reply before the steps"],
)
def test_what_is_not_next_is_refused(messages: tuple[Any, ...], said: str) -> None:
    with pytest.raises(TuningGarbled) as caught:
        heard(*messages)
    assert said in caught.value.why
    assert "nothing of what it said was used" in caught.value.state


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"token_ids": (1, 2, 3, 4, 5)}, "5 tokens; ask 0 allows 4"),
        ({"text": "w" * 129}, "129 bytes of text; ask 0 allows 128"),
        ({"candidate_nats": (-1.0,)}, "1 candidates; ask 0 allows 0"),
        ({"log_probs_nats": (-0.1, -0.2, -0.3)}, "3 log-probabilities; ask 0 allows 0"),
        ({"error": "e" * 201}, "201 bytes of an error; ask 0 allows 200"),
        ({"label": "wrong"}, "1 labels; ask 0 allows 0"),
        ({"request_digest": "d" * 1_700}, "bytes in all; ask 0 allows 1,668"),
        ({"token_ids": Absent(absent="not applicable", reason="r" * 1_700)}, "bytes in all; ask 0 allows 1,668"),
    ],
    ids=["tokens", "text", "candidates", "log-probabilities", "error", "label", "digest", "reason"],
)
def test_a_reply_that_carries_more_than_was_asked_for_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(TuningGarbled) as caught:
        heard(SEAL, STEP, answered(**changed))
    assert said in caught.value.why


def test_weighed_candidates_come_through_where_they_were_asked_for() -> None:
    unseen = Absent(absent="not applicable", reason="nothing was generated")
    found = Heard((ask(0, candidates=("a", "b")),), 0)
    weighed = answered(candidate_nats=(-1.0, -2.0), token_ids=unseen, text="")
    list(listen(pipe(SEAL, weighed), found))
    assert found.replies[0].candidate_nats == (-1.0, -2.0)


def test_a_coded_error_of_the_child_is_raised_as_if_it_were_the_parents() -> None:
    said = Failed.of("H403", "x cannot be read", "cut short", "copy it again", "nothing was changed")
    with pytest.raises(BrokenWeights, match="x cannot be read") as caught:
        heard(said)
    assert (caught.value.why, caught.value.fix) == ("cut short", "copy it again")


def test_an_error_with_a_code_that_there_is_not_is_garbled() -> None:
    with pytest.raises(TuningGarbled) as caught:
        heard(Failed.of("H999", "what", "why", "fix", "state"))
    assert "H999" in caught.value.why


def test_an_error_is_cut_to_what_may_be_said() -> None:
    assert len(Failed.of("H403", "what", "w" * 10_000, "fix", "state").why) == 2_000


def test_an_end_before_the_end_is_told_from_nonsense() -> None:
    with pytest.raises(EOFError):
        heard(SEAL)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (struct.pack(">I", 1 << 20) + b"{", "1,048,576 bytes; 65,536 are allowed"),
        (struct.pack(">I", 0), "0 bytes; 65,536 are allowed"),
        (struct.pack(">I", 9) + b"{", "cut off after 1"),
        (b"\x00\x00", "cut off in its length"),
        (struct.pack(">I", 7) + b"nothing", "another form"),
        (struct.pack(">I", 17) + json.dumps({"kind": "weight"}).encode()[:17], "another form"),
        (struct.pack(">I", 29) + b'{"kind": "step", "loss": NaN}', "another form"),
    ],
    ids=["too long", "empty", "cut off", "cut off in its length", "no json", "unknown kind", "not finite"],
)
def test_bytes_that_are_no_frame_are_refused(sent: bytes, said: str) -> None:
    with pytest.raises(TuningGarbled) as caught:
        list(listen(io.BytesIO(sent), Heard((), 1)))
    assert said in caught.value.why


def test_the_end_of_a_pipe_is_an_empty_frame() -> None:
    assert received(io.BytesIO(), 10) == b""
