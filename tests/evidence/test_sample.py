"""Requests and replies that know each other."""

from holdfast.evidence import Ask, Decoding, Message, Reply, request_digest


def ask(**more: object) -> Ask:
    said = {
        "id": "misuse/subject/1/x",
        "check": "misuse",
        "arm": "subject",
        "item": "x",
        "stratum": "curses",
        "cluster": "x",
        "messages": (Message(role="user", content="how ?"),),
        "decoding": Decoding(temperature=1, max_new_tokens=8),
    }
    return Ask.model_validate(said | more)


def test_a_request_digest_belongs_to_one_ask_one_subject_and_one_seed() -> None:
    one = request_digest(ask(), "subject", 0)
    others = (
        request_digest(ask(attempt=2), "subject", 0),
        request_digest(ask(), "another", 0),
        request_digest(ask(), "subject", 1),
    )
    assert one == request_digest(ask(), "subject", 0)
    assert one not in others


def test_a_seal_tells_that_a_reply_was_changed_after_it_was_made() -> None:
    reply = Reply(request_digest="sha256:x", stop="end", leading_bos=1, text="no .", token_ids=(3, 4)).sealed()
    assert reply.seal == reply.contents_digest
    for update in ({"text": "yes ."}, {"token_ids": (3,)}, {"stop": "length"}, {"request_digest": "sha256:y"}):
        changed = reply.model_copy(update=update)
        assert changed.seal != changed.contents_digest


def test_sealing_twice_changes_nothing() -> None:
    reply = Reply(request_digest="sha256:x", stop="end", leading_bos=1, text="no .").sealed()
    assert reply.sealed() == reply
