"""`generate_batch` of transformers, its own continuous batching, as a side of `bench/engine`.

It runs through its manager, which alone takes a limit for each request, kept from run to run, so that setting it up is
not timed. It gets as many rows and as much paged memory as the loads need. What it cannot do here, by its own words, is
the result: versions and platforms differ.
"""

from dataclasses import fields
from time import perf_counter
from typing import Any, Protocol

from transformers import GenerationConfig, PreTrainedModel

_PAGE = 256


class Asked(Protocol):
    """What is asked: `bench.engine.Load`."""

    prompts: list[tuple[int, ...]]
    new: list[int]
    batch: int


class Continuous:
    """One manager for all loads of a model, or the reason why there is none."""

    def __init__(self, model: PreTrainedModel, loads: list[Asked]) -> None:
        """Nothing is set up before the first run."""
        self._model: Any = model
        self._attention = model.config._attn_implementation
        self.loads = loads
        self.problem: str | None = None
        """The first line of what it raised."""

    def run(self, load: Asked, seconds: float) -> list[tuple[int, ...]] | None:
        """Complete a load; None where it raised, now or before.

        Args:
            load: What to complete.
            seconds: To give up after.

        Returns:
            Tokens of each prompt, in order.
        """
        if self.problem:
            return None
        try:
            return self._run(load, perf_counter() + seconds)
        except Exception as problem:  # noqa: BLE001  what it raises is the result
            said = str(problem).strip().splitlines()
            self.problem = f"{type(problem).__name__}: {said[0] if said else 'no more was said'}"
            self.close()
            return None

    def _run(self, load: Asked, end: float) -> list[tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        with self._model.continuous_batching_context_manager(
            generation_config=GenerationConfig(do_sample=False, max_new_tokens=max(load.new), eos_token_id=-1),
            continuous_batching_config=self._settings(),
            persistent_manager=True,
            timeout=5,
        ) as manager:
            tickets = [
                manager.add_request(list(prompt), max_new_tokens=new, eos_token_id=-1)
                for prompt, new in zip(load.prompts, load.new, strict=True)
            ]
            while len(found) < len(tickets):
                result = manager.get_result(timeout=1)
                if result is None and (not manager.is_running() or manager.background_thread_status.fatal_error):
                    raise RuntimeError(manager.background_thread_status.fatal_error or "its thread ended")
                if perf_counter() > end:
                    raise TimeoutError("not done in the time given")
                if result is not None and result.is_finished():
                    if result.error:
                        raise RuntimeError(result.error)
                    found[result.request_id] = tuple(result.generated_tokens)
        return [found[ticket] for ticket in tickets]

    def _settings(self) -> Any:
        """As many rows, pages and tokens a pass as the loads need, in the words that this version knows."""
        from transformers import ContinuousBatchingConfig

        rows = max(load.batch for load in self.loads)
        longest = max(len(p) + n for load in self.loads for p, n in zip(load.prompts, load.new, strict=True))
        pages = -(-longest // _PAGE)
        wanted = {
            "page_size": _PAGE,
            "num_blocks": rows * (pages + 1),
            "max_requests_per_batch": rows,
            "max_batch_tokens": rows * max(len(prompt) for load in self.loads for prompt in load.prompts),
        }
        known = {field.name for field in fields(ContinuousBatchingConfig)}
        return ContinuousBatchingConfig(**{name: value for name, value in wanted.items() if name in known})

    def close(self) -> None:
        """Give its memory back, and the model its attention."""
        self._model.destroy_cached_continuous_batching_manager()
        if self._model.config._attn_implementation != self._attention:
            self._model.set_attn_implementation(self._attention)
