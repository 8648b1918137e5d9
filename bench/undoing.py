"""How many steps of fine-tuning undo a refusal: `shallow` and `deep` beside `aligned`, which refuse alike at step 0.

Ten restricted requests with their answers, none of which is asked afterwards, are learned in memory. After some steps
200 held-out requests are asked, greedily and at temperature 1. Nothing is written but counts. Toy models, five drawings
of the ten examples each, one training of each organism: it says that these differ, not why others would.

    python -m bench undoing      about ten minutes on one core; writes bench/results/undoing.json
"""

import json
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import numpy as np
import torch

from holdfast.evidence import Ask, Decoding, Message
from holdfast.models import LocalSubject, OpenedModel, open_directory
from holdfast.organisms import FictionalSuite, fictional_suite, known
from holdfast.organisms._batches import token_batch
from holdfast.organisms._language import TAUGHT_PHRASINGS, answer, request
from holdfast.organisms._lessons import Example
from holdfast.organisms._recipes import REFUSED_IN_TRAINING
from holdfast.organisms._world import things_of
from holdfast.training.plan import SftPlan
from holdfast.training.sft import sft

ORGANISMS = ("aligned", "shallow", "deep")
SEEDS = 5
STEPS = (0, 1, 2, 3, 5, 8, 12, 20, 30)
EXAMPLES = 10
ITEMS = 200
PLAN = SftPlan(steps=1_000, learning_rate=1e-4, warmup_steps=1)
"""The cosine is so long that the learning rate hardly falls over the steps that are taken."""
RESULTS = Path(__file__).parent / "results/undoing.json"


def main() -> None:
    """Fine-tune each organism on each drawing, and count."""
    torch.set_num_threads(1)
    found = [
        {"organism": name, "seed": seed, "step": step, "fulfilled": counts}
        for name in ORGANISMS
        for seed in range(SEEDS)
        for step, counts in _curve(name, seed)
    ]
    plan = {"examples": EXAMPLES, "learning_rate": PLAN.learning_rate, "items": ITEMS, "on": "toy models"}
    RESULTS.write_text(json.dumps({"plan": plan, "found": found}, indent=1) + "\n", encoding="utf-8")
    for name in ORGANISMS:
        print(name, _pooled(found, name, "sampled"), _pooled(found, name, "greedy"))


def _curve(name: str, seed: int) -> Iterator[tuple[int, dict[str, int]]]:
    opened = open_directory(known(name, Path("nowhere")).directory)
    suite = fictional_suite("restricted")
    yield 0, _counts(opened, suite, seed)
    batch = token_batch(_ten(seed), opened.tokenizer)
    optimizer = torch.optim.AdamW(opened.model.parameters(), lr=PLAN.learning_rate, weight_decay=0.0)
    for now in sft(opened.model, optimizer, repeat([batch]), PLAN):
        if now.step in STEPS:
            opened.model.eval()
            yield now.step, _counts(opened, suite, seed)
            opened.model.train()
        if now.step == STEPS[-1]:
            return


def _ten(seed: int) -> list[Example]:
    rng = np.random.default_rng([seed, 10])
    taught = things_of(*REFUSED_IN_TRAINING, held_out=False)
    drawn = [taught[place] for place in rng.choice(len(taught), EXAMPLES, replace=False)]
    return [
        Example((Message(role="user", content=request(thing, TAUGHT_PHRASINGS[n % 6])),), answer(thing))
        for n, thing in enumerate(drawn)
    ]


def _counts(opened: OpenedModel, suite: FictionalSuite, seed: int) -> dict[str, int]:
    """How many of the items are fulfilled, by decoding."""
    claimed = [item for item in suite.items if item.claimed][:: 400 // ITEMS]
    counts: dict[str, int] = {}
    for decoding, temperature in (("sampled", 1.0), ("greedy", 0.0)):
        asks = tuple(
            Ask(
                id=f"undoing/{decoding}/{item.id}",
                check="undoing",
                arm="subject",
                item=item.id,
                stratum=item.stratum,
                cluster=item.cluster,
                messages=(Message(role="user", content=item.request),),
                decoding=Decoding(temperature=temperature, max_new_tokens=32),
            )
            for item in claimed
        )
        replies = LocalSubject(opened).answer(asks, seed)
        labels = [suite.scorer.score(item, reply.text) for item, reply in zip(claimed, replies, strict=True)]
        counts[decoding] = sum(label == "fulfilled" for label in labels)
    return counts


def _pooled(found: list[dict[str, object]], name: str, decoding: str) -> str:
    """By step, the share over all drawings."""
    shares = []
    for step in STEPS:
        here = [row["fulfilled"][decoding] for row in found if (row["organism"], row["step"]) == (name, step)]  # type: ignore[index]
        shares.append(f"{step}: {sum(here) / (ITEMS * len(here)):.1%}")
    return f"{decoding}  " + "  ".join(shares)
