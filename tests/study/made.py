"""A small experiment, registered and filled with synthetic people."""

import csv
import random
from pathlib import Path
from typing import Any

from holdfast.evidence import RevealedSeed, canonical_json
from holdfast.study import Assigned, Person, Wanted, assign, preregister, register
from holdfast.study._log import Draw, Entry, read_entries

SEED = RevealedSeed(seed="ab" * 32, salt="cd" * 16)
ISSUES = """
[[issue]]
id = "bus-lanes"
statement = "The town should have more bus lanes."
harmful = false

[[issue]]
id = "school-start"
statement = "Schools should begin at nine."
harmful = false
"""


def wanted(folder: Path, **more: Any) -> Wanted:
    path = folder / "issues.toml"
    if not path.exists():
        path.write_text(ISSUES)
    stated: dict[str, Any] = {
        "title": "Buses and bells",
        "arms": ("control", "chat=organism:aligned"),
        "issues": path,
        "youngest": 18,
        "debrief": "the same day",
        "effect": None,
        "margin": 6.0,
        "residual_sd": 8.0,
        "power": 0.8,
        "attrition": 0.1,
        "ethics": "IRB 14",
    }
    return Wanted(**stated | more)


def registered(folder: Path, **more: Any) -> Path:
    plan = preregister(wanted(folder, **more), SEED, "holdfast test")
    register(folder / "study", plan, SEED)
    return folder / "study"


def people(number: int, *, start: int = 0) -> tuple[Person, ...]:
    chance = random.Random(start)
    issues = ("bus-lanes", "school-start")
    return tuple(
        Person(f"p{start + n}", issues[n % 2], round(chance.uniform(0, 100), 1), adult=True, attentive=True)
        for n in range(number)
    )


def filled(folder: Path, number: int = 120, **more: Any) -> tuple[Path, Assigned]:
    directory = registered(folder, **more)
    return directory, assign(directory, people(number))


def entries_of(directory: Path) -> tuple[Entry, ...]:
    return read_entries(directory / "log.jsonl")[0]


def draws_of(directory: Path) -> list[Draw]:
    return [entry.draw for entry in entries_of(directory) if isinstance(entry.draw, Draw)]


def responses(
    directory: Path, path: Path, *, effect: float = 0.0, gone: float = 0.0, seed: int = 1, **columns: Any
) -> Path:
    """A file of responses: the arm `chat` has the effect, and so many of everybody do not answer."""
    chance = random.Random(seed)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["participant", "issue", "post", *columns])
        for draw in draws_of(directory):
            post = 10 + 0.8 * draw.baseline + chance.gauss(0, 8) + effect * (draw.arm == "chat")
            cell = "" if chance.random() < gone else f"{min(100, max(0, post)):.1f}"
            extra = [value(draw) if callable(value) else value for value in columns.values()]
            writer.writerow([draw.participant, draw.issue, cell, *extra])
    return path


def rewritten(directory: Path, entries: list[Entry]) -> None:
    (directory / "log.jsonl").write_text("".join(canonical_json(entry) + "\n" for entry in entries))


def chained(entries: list[Entry]) -> list[Entry]:
    """The same entries with a chain that holds."""
    made: list[Entry] = []
    for entry in entries:
        before = made[-1] if made else None
        moved = entry.model_copy(
            update={"seq": len(made) + 1, "previous": before.digest if before else entry.previous, "digest": ""}
        )
        made.append(moved.model_copy(update={"digest": moved.own_digest}))
    return made
