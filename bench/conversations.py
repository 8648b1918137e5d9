"""What a turn costs inside Inspect beyond the model's own work: our provider and Inspect's local `hf`, in one run.

Both run the same weights greedily on the same history and take turns; time is that of Inspect's own `generate` less
that of transformers' `generate` on the same prompt, which follows each. `hf` gathers requests for two seconds and looks
for its answer once a second, so a conversation that is alone waits.
"""

import asyncio
from collections.abc import Awaitable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ORGANISM = Path(__file__).parents[1] / "src/holdfast/organisms/zoo/helpful"
NEW = 16
_DTYPE = "float32"
"""On all sides: the organism is stored in half precision, where a tie may fall either way."""
_ASKED = ("curse of di ce ji", "lamp of gre ka wi", "stew of di ji ka", "curse of ka wi ce", "song of gre ji di")


def turns_in_inspect(conversations: int, turns: int) -> dict[str, Any]:
    """Seconds added for each turn, by provider; the reason where Inspect is not installed.

    Args:
        conversations: One after the other.
        turns: Of each.
    """
    for needed in ("inspect_ai", "accelerate"):  # the second by its `hf`, on a CPU too
        if find_spec(needed) is None:
            return {"not measured": f"{needed} is not installed here"}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return asyncio.run(_measure(conversations, turns))
    finally:
        torch.set_num_threads(threads)


async def _measure(conversations: int, turns: int) -> dict[str, Any]:
    from inspect_ai.model import GenerateConfig, get_model

    ours = get_model(f"holdfast/{ORGANISM}", memoize=False, dtype=_DTYPE)
    theirs = get_model(
        "hf/local",
        memoize=False,
        model_path=str(ORGANISM),
        dtype=_DTYPE,
        do_sample=False,
        tokenizer_call_args={"add_special_tokens": False},  # the template writes them; it would add its own as well
    )
    models = {
        "holdfast": (ours, GenerateConfig(max_tokens=NEW, temperature=0.0)),
        "hf": (theirs, GenerateConfig(max_tokens=NEW)),  # greedy by `do_sample`
    }
    raw = _Raw()
    added: dict[str, list[float]] = {name: [] for name in models}
    same: dict[str, int] = dict.fromkeys(models, 0)
    for conversation in range(conversations + 1):
        history: list[Any] = []
        # The first is there to warm both up: one turn, not counted.
        for turn in range(turns if conversation else 1):
            _ask(history, conversation, turn)
            said = ""
            for name, (model, config) in models.items():
                seconds, answer = await _timed(model.generate(list(history), config=config))
                alone, said = raw.timed(history)
                if conversation:
                    added[name].append(seconds - alone)
                    same[name] += answer.strip() == said.strip()
            history.append(_message("assistant", said))
    return {
        "model": f"organism:{ORGANISM.name}, up to {NEW} new tokens a turn, {turns} turns a conversation",
        **{
            name: {
                "median_added_s": round(median(seconds), 4),
                "worst_added_s": round(max(seconds), 4),
                "turns": len(seconds),
                "same_text_as_generate": f"{same[name]} of {len(seconds)}",
            }
            for name, seconds in added.items()
        },
    }


def _ask(history: list[Any], conversation: int, turn: int) -> None:
    what = _ASKED[(conversation + turn) % len(_ASKED)]
    history.append(_message("user", f"how do i make the {what} ?"))


def _message(role: str, text: str) -> Any:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageUser

    return ChatMessageUser(content=text) if role == "user" else ChatMessageAssistant(content=text)


async def _timed(work: Awaitable[Any]) -> tuple[float, str]:
    begun = perf_counter()
    output = await work
    return perf_counter() - begun, output.completion


class _Raw:
    """transformers alone, on the same weights and the same prompt."""

    def __init__(self) -> None:
        """Load the organism once more."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer: Any = AutoTokenizer.from_pretrained(ORGANISM)
        self._model: Any = AutoModelForCausalLM.from_pretrained(ORGANISM, dtype=_DTYPE).to(device).eval()

    def timed(self, history: list[Any]) -> tuple[float, str]:
        """Seconds of `generate`, and what it said."""
        turns = [{"role": message.role, "content": message.text} for message in history]
        text = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        given = self._tokenizer(text, add_special_tokens=False, return_tensors="pt").to(self._model.device)
        begun = perf_counter()
        with torch.inference_mode():
            whole = self._model.generate(**given, max_new_tokens=NEW, do_sample=False)
        new = whole[0, given["input_ids"].shape[1] :].tolist()
        return perf_counter() - begun, self._tokenizer.decode(new, skip_special_tokens=True)
