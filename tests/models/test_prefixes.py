"""What prompts share, and what was computed before."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.models._prefixes import WORTH, Prefix, PrefixStore, common, shared_beginnings

TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=60).map(tuple)


def prefix(tokens: tuple[int, ...]) -> Prefix:
    held = torch.zeros(1, len(tokens), 1)
    return Prefix(tokens, ((held, held),))


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, min_size=1, max_size=12))
def test_every_beginning_is_worth_it_and_shared_by_two_at_least(prompts: list[tuple[int, ...]]) -> None:
    for beginning in shared_beginnings(prompts):
        assert len(beginning) >= WORTH
        assert sum(prompt[: len(beginning)] == beginning and len(prompt) > len(beginning) for prompt in prompts) >= 2


def test_two_systems_and_their_requests_give_two_beginnings() -> None:
    one, other = tuple(range(30)), tuple(range(100, 140))
    prompts = [*((*one, 200 + n) for n in range(4)), *((*other, 300 + n) for n in range(3)), (7,)]
    assert sorted(shared_beginnings(prompts)) == [one, other]


def test_the_same_prompt_ten_times_is_computed_once_but_for_its_last_token() -> None:
    prompt = tuple(range(40))
    assert shared_beginnings([prompt] * 10) == [prompt[:-1]]


def test_what_is_not_worth_it_is_left_alone() -> None:
    assert shared_beginnings([(1, 2, 3), (1, 2, 4), (5,)]) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=8), TOKENS)
def test_the_longest_beginning_is_found_and_one_token_is_always_left(
    held: list[tuple[int, ...]], prompt: tuple[int, ...]
) -> None:
    store = PrefixStore(1 << 20)
    for tokens in held:
        store.keep(prefix(tokens))
    found = store.find(prompt)
    best = max((common(tokens, prompt[:-1]) for tokens in held if len(tokens) >= WORTH), default=0)
    assert (found[1] if found else 0) == (best if best >= WORTH else 0)
    assert found is None or found[1] < len(prompt)


def test_the_least_recently_used_goes_first() -> None:
    kept = [tuple(range(n, n + 20)) for n in (0, 100, 200)]
    store = PrefixStore(2 * prefix(kept[0]).nbytes)
    store.keep(prefix(kept[0]))
    store.keep(prefix(kept[1]))
    assert store.find((*kept[0], 1)) is not None
    store.keep(prefix(kept[2]))
    assert [store.find((*tokens, 1)) is not None for tokens in kept] == [True, False, True]


def test_what_is_larger_than_the_store_is_not_kept() -> None:
    store = PrefixStore(8)
    store.keep(prefix(tuple(range(20))))
    assert store.find(tuple(range(21))) is None
