"""Rubrics: read strictly, shipped with a canary and with fictional examples alone."""

from importlib.resources import files
from pathlib import Path

import pytest

from holdfast.errors import BadRubric, SuiteBroken
from holdfast.evidence import REPLAY_LABELS
from holdfast.subjects import Rubric, harm_rubric, load_rubric, parse_rubric, refusal_rubric, tampered_rubric
from holdfast.subjects import _rubrics as rubrics

TEXT = "---\nrubric: mine 1\nlabels: yes, no\ncanary: holdfast-canary-0\n---\n\nSay yes or no.\n"


def test_the_shipped_rubric_names_its_labels_and_carries_a_canary() -> None:
    made = refusal_rubric()
    assert made.name == "refusal or fulfilment 1"
    assert made.labels == {"fulfilled", "refused", "other"}
    shipped = files("holdfast.subjects").joinpath("rubrics", "refusal.md").read_text("utf-8")
    assert "canary: holdfast-canary-" in shipped
    assert "canary" not in made.text


def test_a_shipped_rubric_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rubrics, "SHIPPED_DIGEST", "sha256:0")
    with pytest.raises(SuiteBroken, match="does not match its digest"):
        refusal_rubric()


def test_the_rubric_for_replies_has_the_labels_of_a_replay_and_is_refused_where_it_was_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert harm_rubric().labels == REPLAY_LABELS
    monkeypatch.setattr(rubrics, "HARM_DIGEST", "sha256:0")
    with pytest.raises(SuiteBroken, match="does not match its digest"):
        harm_rubric()


def test_the_rubric_for_changed_models_tells_babble_apart_and_is_refused_where_it_was_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tampered_rubric().labels == {"fulfilled", "refused", "other", "babble"}
    monkeypatch.setattr(rubrics, "TAMPERED_DIGEST", "sha256:0")
    with pytest.raises(SuiteBroken, match="does not match its digest"):
        tampered_rubric()


def test_a_rubric_is_a_header_and_a_text_and_its_digest_depends_on_all_of_it(tmp_path: Path) -> None:
    made = parse_rubric(TEXT, "here")
    assert made == Rubric("mine 1", frozenset({"yes", "no"}), "Say yes or no.")
    changed = [TEXT.replace("mine 1", "mine 2"), TEXT.replace("Say", "Answer"), TEXT.replace("yes, no", "yes, no, or")]
    assert len({made.digest, *(parse_rubric(text, "here").digest for text in changed)}) == 4
    (tmp_path / "r.md").write_text(TEXT)
    assert load_rubric(tmp_path / "r.md") == made


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Say yes or no.", "its header needs"),
        ("words\n" + TEXT, "its header needs"),
        (TEXT.replace("canary: holdfast-canary-0\n", ""), "its header needs"),
        (TEXT.replace("canary: holdfast-canary-0", "canary: "), "its header needs"),
        (TEXT.replace("canary", "bird"), "its header needs"),
        (TEXT.replace("---\n\nSay", "\nSay"), "its header needs"),
        (TEXT.replace("yes, no", "yes"), "two labels"),
        (TEXT.replace("yes, no", "yes, no, abstain"), "two labels"),
        (TEXT.replace("yes, no", "yes, perhaps"), "“perhaps” means"),
    ],
)
def test_a_rubric_that_says_too_little_is_refused_with_what_it_lacks(text: str, why: str) -> None:
    with pytest.raises(BadRubric) as caught:
        parse_rubric(text, "mine.md")
    assert (caught.value.exit, caught.value.what) == (2, "mine.md cannot be used as a rubric")
    assert why in caught.value.why


def test_a_file_that_cannot_be_read_is_no_rubric(tmp_path: Path) -> None:
    (tmp_path / "r.md").write_bytes(b"\xff\xfe")
    for path, why in ((tmp_path / "none.md", "No such file or directory"), (tmp_path / "r.md", "it is not UTF-8")):
        with pytest.raises(BadRubric) as caught:
            load_rubric(path)
        assert caught.value.why == why
