"""The engine on its own thread: many callers, each answered alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from holdfast.models import Engine, EngineWorker, Request
from tiny_models import by_generate, engine, prompts, tiny


def test_callers_from_many_threads_get_each_their_own_answer() -> None:
    worker = EngineWorker(engine("llama"))
    asked = prompts(12, seed=30)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda prompt: worker.submit(Request(prompt, 10)).result(timeout=60), asked))
    worker.close()
    assert [list(c.token_ids) for c in made] == [by_generate("llama", prompt, 10)[0] for prompt in asked]


def test_a_conversation_goes_on_from_what_was_computed() -> None:
    worker = EngineWorker(engine("llama"))
    first = worker.submit(Request(prompts(1, seed=31, longest=40)[0] * 2, 12)).result(timeout=60)
    history = prompts(1, seed=31, longest=40)[0] * 2 + first.token_ids
    second = worker.submit(Request((*history, 9, 8, 7), 5)).result(timeout=60)
    worker.close()
    assert second.cached_tokens == len(history) - 1


def test_an_error_of_the_model_reaches_the_caller_and_the_thread_goes_on() -> None:
    worker = EngineWorker(engine("llama"))
    with pytest.raises(IndexError):
        worker.submit(Request((1, 10_000), 3)).result(timeout=60)
    assert worker.submit(Request((1, 5), 3)).result(timeout=60).token_ids
    worker.close()


def test_what_was_asked_before_closing_is_answered() -> None:
    worker = EngineWorker(Engine(tiny("llama"), ends=frozenset(), pad=0, slots=2))
    futures = [worker.submit(Request(prompt, 8)) for prompt in prompts(5, seed=33)]
    worker.close()
    assert all(len(future.result(timeout=1).token_ids) == 8 for future in futures)
    assert torch.get_num_threads() >= 1
