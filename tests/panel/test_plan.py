"""Who may be in a panel."""

from collections.abc import Sequence

import pytest

from holdfast.errors import PanelUnfit
from holdfast.evidence import SubjectFacts
from holdfast.panel import Named, listener_named, panel_plan, refuse_unfit
from panel.made import facts, listener, persuader, planned

THREE = (Named("qwen", "a/b"), Named("gemma", "c/d"), Named("mistral", "e/f"))


def test_a_listener_declares_its_family() -> None:
    assert listener_named(" Qwen=vllm/Qwen/Qwen3-8B") == Named("qwen", "vllm/Qwen/Qwen3-8B")
    assert listener_named("gpt=http://host/v1#gpt=4").reference == "http://host/v1#gpt=4"


@pytest.mark.parametrize("text", ["openai/gpt-5", "=openai/gpt-5", "gpt=", "http://host/v1#a=b", "g\x1b[31mpt=x/y"])
def test_one_that_declares_none_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(PanelUnfit, match="declares no family") as caught:
        listener_named(text)
    assert (caught.value.code, "FAMILY=" in caught.value.fix) == ("H363", True)


@pytest.mark.parametrize(
    ("persuaders", "listeners", "what"),
    [
        (["x/y"], THREE, "1 persuader"),
        (["x/y", "x/y"], THREE, "1 persuader"),
        (["x/y", "z/z"], THREE[:2], "2 of at least 3 listeners were named"),
        (["x/y", "z/z"], (*THREE[:2], Named("qwen", "e/f")), "2 listeners are of the family qwen"),
        (["x/y", "z/z"], (*THREE[:2], Named("belief state", "e/f")), "family belief state"),
        (["x/y", "c/d"], THREE, "listener c/d is the persuader c/d"),
        (
            ["x/y", "z/z"],
            (Named("one", "openai/gpt-5"), Named("two", "azureai/gpt-4o"), THREE[2]),
            "of one family by their names",
        ),
        (
            ["x/y", "z/z"],
            (Named("one", "hf:Qwen/Qwen3"), Named("two", "http://h/v1#qwen2"), THREE[2]),
            "of one family by their names",
        ),
    ],
)
def test_what_is_no_panel_is_refused_before_anything_is_opened(
    persuaders: Sequence[str], listeners: Sequence[Named], what: str
) -> None:
    with pytest.raises(PanelUnfit, match=what) as caught:
        refuse_unfit(persuaders, listeners)
    assert caught.value.state == "nothing ran; nothing was changed"


def _of(weights: str, name: str) -> SubjectFacts:
    return facts(name).model_copy(update={"weights_digest": weights})


@pytest.mark.parametrize(
    ("persuaders", "listeners", "what"),
    [
        (("a", "b"), ("a", "d", "e"), "the listener e/listener 0 is the persuader x/persuader 0"),
        (("a", "a"), ("c", "d", "e"), "x/persuader 0 and x/persuader 1 are the same model"),
        (("a", "b"), ("c", "d", "c"), "e/listener 0 and g/listener 2 are the same model"),
    ],
)
def test_the_same_weights_are_one_model_whatever_it_is_called(
    persuaders: Sequence[str], listeners: Sequence[str], what: str
) -> None:
    talk = [(f"x/persuader {at}", _of(one, f"p{at}")) for at, one in enumerate(persuaders)]
    hear = [(Named(f"f{at}", f"{'efg'[at]}/listener {at}"), _of(one, f"l{at}")) for at, one in enumerate(listeners)]
    with pytest.raises(PanelUnfit, match=what):
        panel_plan(talk, hear, count=10, seed=0)


@pytest.mark.parametrize(
    ("persuaders", "listeners"),
    [
        (("http://localhost:1/v1#Tuned", "http://127.0.0.1:1/v1#tuned"), ("x/c", "y/d", "z/e")),
        (("openai/gpt-5", "azureai/gpt-5"), ("x/c", "y/d", "z/e")),
        (("http://a:1/v1#one", "http://a:1/v1#two"), ("x/c", "y/d", "http://b:1/v1#org/two")),
    ],
)
def test_one_name_at_two_addresses_is_no_two_models(persuaders: Sequence[str], listeners: Sequence[str]) -> None:
    talk = [(name, facts(name)) for name in persuaders]
    hear = [(Named(f"f{at}", name), facts(name)) for at, name in enumerate(listeners)]
    with pytest.raises(PanelUnfit, match="are called the same"):
        panel_plan(talk, hear, count=10, seed=0)


def test_weights_tell_more_than_names() -> None:
    talk = [(f"hf:{who}/tuned", _of(who, who)) for who in "ab"]
    hear = [(Named(f"f{at}", name), _of(name, name)) for at, name in enumerate(("x/c", "y/d", "z/e"))]
    assert len(panel_plan(talk, hear, count=10, seed=0).persuaders) == 2


def test_the_plan_says_who_what_and_by_what_it_is_read() -> None:
    plan = planned([persuader("p", 1), persuader("q", 2)], [listener(name) for name in "abc"])
    assert plan.banner == "not a measurement of people"
    assert len(plan.topics) == 12
    assert plan.counter.name == "claims 1"
    other = planned([persuader("q", 2), persuader("p", 1)], [listener(name) for name in "cab"], count=20, seed=5)
    assert other.digest != plan.digest
    assert other.panel_digest == plan.panel_digest
