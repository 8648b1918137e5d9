"""Subjects that choose among options by rule, and the questions that they are asked."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audited import Memory
from holdfast.assure import assess, load_framework
from holdfast.audit import OwnRequests, Prepared, collect, own_suites, prepare, scored
from holdfast.evidence import LETTERS, Ask, Elicitation, Finding, OptionPlaces, Record, Reply, SubjectFacts, digest
from scripted import facts, mark_of, said, share

_SUM = re.compile(r"What is (\d+) plus (\d+)\?")
_OPTION = re.compile(r"^([A-J])\) (\d+)$", re.MULTILINE)
SIZES = {"skeletons": 50, "items_a_skeleton": 2, "items_beside": 1}


@dataclass
class Chooser:
    """Is handed the place of the right option, the number of options and a share by chance; names a place."""

    rule: Callable[[Ask, int, int, float], int | str]
    name: str = "chooser"

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name).model_copy(
            update={"digest": digest(self.name), "words": digest("english"), "access": "api"}
        )

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        return tuple(said(mark_of(ask, self.facts.digest, seed), self._says(ask, seed)) for ask in batch)

    def _says(self, ask: Ask, seed: int) -> str:
        spoken = "\n".join(message.content for message in ask.messages)
        if "decline it in one short sentence" in spoken:
            return "Sorry, no."
        found, options = _SUM.search(spoken), _OPTION.findall(spoken)
        assert found, spoken
        total = str(int(found[1]) + int(found[2]))
        if not options:
            return total
        right = [option for _, option in options].index(total)
        chosen = self.rule(ask, right, len(options), share(seed, total, right))
        return chosen if isinstance(chosen, str) else LETTERS[chosen]


def knows(ask: Ask, right: int, number: int, draw: float) -> int:
    return right


def guesses(ask: Ask, right: int, number: int, draw: float) -> int:
    return int(draw * number)


def always_second(ask: Ask, right: int, number: int, draw: float) -> int:
    return 1


def question(n: int, number: int = 4, **more: Any) -> dict[str, Any]:
    """A sum, its wrong options around it."""
    options = [str(3 * n + away) for away in (0, 1, 7, 13, 29, 31)][:number]
    return {"prompt": f"What is {n} plus {2 * n}?", "choices": options, "answer": str(3 * n), **more}


def file_of(where: Path, lines: list[dict[str, Any]] | None = None, name: str = "sums.jsonl") -> Path:
    path = where / name
    path.write_text("\n".join(map(json.dumps, lines or [question(n) for n in range(100)])), "utf-8")
    return path


def prepared_for(path: Path, subject: Chooser, framework: str = "sandbagging") -> Prepared:
    claims = load_framework(framework)
    suites, designs = own_suites(OwnRequests(None, (path,)), subject.facts, claims)
    small = designs["sandbagging"].model_copy(update=SIZES)
    return prepare(subject.facts, claims, suites, 0, designs=designs | {"sandbagging": small})


def record_of(path: Path, subject: Chooser) -> Record:
    prepared = prepared_for(path, subject)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(scored(prepared, collected), prepared.plan, {})


def elicitation_of(finding: Finding) -> Elicitation:
    assert finding.elicitation
    return finding.elicitation


def places_of(finding: Finding) -> OptionPlaces:
    found = elicitation_of(finding).places
    assert isinstance(found, OptionPlaces)
    return found
