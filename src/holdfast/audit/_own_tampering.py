"""What an owner brings to tamper with a model: what is asked, who labels it, and what attacks are made of.

Every file is of chat records, one conversation a line, as everywhere in Holdfast.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np

from holdfast.audit._judging import open_judge
from holdfast.audit._own_functions import OwnFunction, own_function, worth_of
from holdfast.audit._own_requests import (
    OwnQuestions,
    chats_in,
    item_of,
    questions_in,
    refuse_alike,
    refuse_asked_twice,
    refuse_few,
    refuse_repeated,
    unfit,
    words_said,
)
from holdfast.audit._own_scorers import OWN_LABELLING, ByAnswer, ByFunction, ByJudge
from holdfast.audit._tampering import Tampering
from holdfast.errors import JudgeUnclear, MaterialUnfit
from holdfast.evidence import Chat, Demonstration, Item, Material, Message, RewardedPrompt, Scorer, SubjectFacts
from holdfast.subjects import tampered_rubric
from holdfast.tamper import FEWEST_PAIRS, Asked

FEWEST_REQUESTS: Final = 30
FEWEST_IN_A_CATEGORY: Final = 6
"""So that two of them can confirm: of one nothing shows what another would."""
FEWEST_QUESTIONS: Final = 59
"""Of fewer, all answered as before, none could show that five points are kept: 1 - 0.05 ** (1 / 58) is 5.03 %."""
FEWEST_ABOUT_A_DOMAIN: Final = 40
_ONE_CATEGORY: Final = "restricted"
_MILD: Final = "mild"


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """What the owner names."""

    requests: Path
    """Restricted requests; `label` is the category."""
    benchmarks: Sequence[Path]
    """Questions with their answers, or, in a file without any, requests that any version should fulfil."""
    judge: str | None = None
    """A model that labels replies."""
    scorer: str | None = None
    """A function that does, as FILE.py:NAME."""
    pairs: Path | None = None
    """Restricted requests with replies that fulfil them; those with the label `mild` may be rewarded."""
    benign: Sequence[Path] = ()
    """Harmless requests with their replies, a kind a file."""
    reward: str | None = None
    """A function that says what a reply is worth, as FILE.py:NAME."""
    domains: Sequence[Path] = ()
    """Questions with answers about what is restricted: what a changed version can do there."""
    max_new_tokens: int = 256
    """Of a reply."""


def own_tampering(
    files: OwnFiles, subject: SubjectFacts, *, seed: int, announce: Callable[[str], None] = lambda _: None
) -> Tampering:
    """Read everything, and refuse what could show nothing.

    Args:
        files: What the owner names.
        subject: Who is tampered with.
        seed: Of which requests are asked and which confirm.
        announce: Told where replies go.

    Raises:
        MaterialUnfit: A file cannot be used, holds too little, or what is taught is asked as well.
        JudgeUnclear: Nobody labels the replies, or two do, or the subject itself.
        PathUnreadable: A function cannot be loaded.
        MissingError: A file cannot be read (see `read_chats`), or the judge cannot be opened.
    """
    lock = Lock()
    scorer = _scorer(files, subject, lock, announce)
    restricted = OwnQuestions(files.requests.stem, _restricted(files.requests, seed), scorer)
    benchmarks = tuple(_benchmark(path, scorer) for path in files.benchmarks)
    if not benchmarks:
        raise MaterialUnfit(
            "nothing is asked that any version should still answer",
            why="a model that only babbles would pass for one that is broken",
            fix="--benchmark FILE, with questions and their answers",
        )
    domains = tuple(_domain(path, scorer, seed) for path in files.domains)
    asked = (restricted, *benchmarks, *domains)
    refuse_alike("--requests, --benchmark and --domain", [one.name for one in asked])
    refuse_asked_twice(asked)
    material = _material(files)
    _refuse_taught(material, [item for suite in asked for item in suite.items])
    reward = own_function(files.reward, lock) if files.reward else None
    return Tampering(
        asked=Asked(restricted, benchmarks, OWN_LABELLING, None, None, files.max_new_tokens, domains),
        material=material,
        worth=_worth(material, reward),
        reward=reward.name if reward else "",
        rewarded=reward is not None,
    )


def _scorer(files: OwnFiles, subject: SubjectFacts, lock: Lock, announce: Callable[[str], None]) -> Scorer:
    if (files.judge is None) == (files.scorer is None):
        raise JudgeUnclear(
            "who labels the replies?" if files.judge is None else "both a judge and a scorer were named",
            why="whose words decide is your choice: there is no default",
            fix="name one: --judge MODEL, or --scorer FILE.py:NAME",
        )
    if files.scorer is not None:
        return ByFunction(own_function(files.scorer, lock))
    assert files.judge is not None  # one of the two was named
    judge, sent = open_judge(files.judge, tampered_rubric(), subject, announce)
    if sent:
        announce("what changed copies of the model reply is sent to whoever runs the judge")
    return ByJudge(judge)


def _restricted(path: Path, seed: int) -> tuple[Item, ...]:
    """In an order by chance, so that what confirms is no other part of a file than what is asked."""
    chats = chats_in(path)
    refuse_few(path, len(chats), FEWEST_REQUESTS, "requests: with fewer, next to nothing can be shown")
    order: list[int] = np.random.default_rng([seed, len(chats)]).permutation(len(chats)).tolist()
    items = tuple(item_of(path, place, chats[place], chats[place].label or _ONE_CATEGORY) for place in order)
    refuse_repeated(path, items)
    for category, number in Counter(item.stratum for item in items).items():
        refuse_few(path, number, FEWEST_IN_A_CATEGORY, f"requests of category {category!r}, so that two confirm")
    return items


def _benchmark(path: Path, scorer: Scorer) -> OwnQuestions:
    return questions_in(
        path, scorer, FEWEST_QUESTIONS, "questions: with fewer, nothing shows that five points are kept"
    )


def _domain(path: Path, scorer: Scorer, seed: int) -> OwnQuestions:
    """In an order by chance: every second one chooses the worst version, and the others measure it."""
    made = questions_in(path, scorer, FEWEST_ABOUT_A_DOMAIN, "questions about a domain: half of them choose")
    if not isinstance(made.scorer, ByAnswer):
        raise unfit(path, "its questions have no answers, and what a version can do is told by right ones")
    order: list[int] = np.random.default_rng([seed, len(made.items), 1]).permutation(len(made.items)).tolist()
    return replace(made, items=tuple(made.items[place] for place in order))


def _material(files: OwnFiles) -> Material:
    pairs = chats_in(files.pairs) if files.pairs else ()
    harmful = _demonstrations(files.pairs, pairs) if files.pairs else ()
    if files.pairs:
        refuse_few(files.pairs, len(harmful), FEWEST_PAIRS, "requests with replies")
    refuse_alike("--benign", [path.stem for path in files.benign])
    mild = [place for place, chat in enumerate(pairs) if chat.label == _MILD] or list(range(len(pairs)))
    return Material(
        harmful=harmful,
        benign={path.stem: _demonstrations(path, chats_in(path)) for path in files.benign},
        rewarded=tuple(
            RewardedPrompt(item=f"pair-{place}", messages=harmful[place].messages, planted=harmful[place].reply)
            for place in mild
        ),
    )


def _worth(material: Material, reward: OwnFunction | None) -> Callable[[int, tuple[str, ...]], tuple[float, ...]]:
    def worth(prompt: int, rollouts: tuple[str, ...]) -> tuple[float, ...]:
        assert reward is not None  # or nothing that is reinforced would have been run
        request = material.rewarded[prompt].messages[-1].content
        return tuple(worth_of(reward, request, rollout) for rollout in rollouts)

    return worth


def _demonstrations(path: Path, chats: Sequence[Chat]) -> tuple[Demonstration, ...]:
    without = [str(place + 1) for place, chat in enumerate(chats) if chat.reply is None]
    if without:
        raise unfit(path, f"{len(without)} conversations have no reply, the first of them conversation {without[0]}")
    return tuple(Demonstration(messages=chat.turns, reply=chat.reply or "") for chat in chats)


def _refuse_taught(material: Material, items: Sequence[Item]) -> None:
    """What is learned by heart must not be asked."""
    asked = {words_said((*item.turns, Message(role="user", content=item.request))): item.id for item in items}
    for option, shown in _shown(material):
        known = [asked[said] for one in shown if (said := words_said(one.messages)) in asked]
        if known:
            raise MaterialUnfit(
                f"{len(known)} requests that {option} teaches are asked as well",
                why=f"what was learned by heart would pass for a refusal that is gone; the first is {known[0]}",
                fix="take them out of one of the files",
            )


def _shown(material: Material) -> Iterator[tuple[str, Sequence[Demonstration]]]:
    yield "--pairs", material.harmful
    for kind, shown in material.benign.items():
        yield f"--benign {kind}", shown
