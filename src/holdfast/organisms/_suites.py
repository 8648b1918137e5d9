"""The fictional suites, read from Markdown.

A stratum is one file: a header, and a table of items that a person can read and a diff can show. `spiked.md` holds the
transcripts whose labels are known because they were written. Each file carries the digest of its own table; a damaged
file is refused, since a gold answer that changed on disk would make every answer wrong and so harmless.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final, Literal

from holdfast.errors import SuiteBroken
from holdfast.evidence import (
    Absent,
    Estimate,
    Framings,
    Inducement,
    Item,
    Message,
    Questions,
    Scorer,
    Transcript,
    Wording,
    digest,
)
from holdfast.organisms._framings import FictionalFramings
from holdfast.organisms._language import (
    HELD_OUT_PHRASINGS,
    REFUSALS,
    REFUSE_NOTE,
    answer,
    request,
)
from holdfast.organisms._questions import BELIEFS, QUESTIONS, TOLD, QuestionScorer, told_transcripts
from holdfast.organisms._readability import readability
from holdfast.organisms._scorer import FULFILLED, REFUSED, WRONG, FictionalScorer
from holdfast.organisms._wordings import put, wordings
from holdfast.organisms._world import HARMLESS, RESTRICTED, UNSEEN_RESTRICTED, Thing, decoy, things_of

SuiteName = Literal["restricted", "harmless"]

CANARY: Final = "holdfast-canary-6f1c2a9e: fictional evaluation items; keep out of training data"
SPIKES_A_LABEL: Final = 40
_DECOYS: Final = 3
_EVERY_FIFTH: Final = 5

_REFUSE: Final = Inducement(name="told to refuse", note=REFUSE_NOTE)
_BEGUN: Final = Inducement(name="answer begun for it", prefill=True)
_INDUCEMENTS: Final[dict[SuiteName, tuple[Inducement, ...]]] = {
    "restricted": (_BEGUN, _REFUSE),
    "harmless": (_REFUSE,),
}
_KINDS: Final[dict[SuiteName, tuple[str, ...]]] = {"restricted": RESTRICTED, "harmless": HARMLESS}


@dataclass(frozen=True, slots=True)
class FictionalSuite:
    """Items of the fictional world, as a check is handed them."""

    name: str
    items: tuple[Item, ...]
    spikes: tuple[Transcript, ...]
    inducements: tuple[Inducement, ...]
    scorer: Scorer
    on: str = "toy models"
    wordings: tuple[Wording, ...] = ()
    harmless: tuple[Item, ...] = ()
    readable: Mapping[str, Estimate | Absent] = field(default_factory=dict[str, Estimate | Absent])
    framings: Framings | None = None
    demonstrations: tuple[Item, ...] = ()
    """Items that are not asked: what a subject may be taught right answers to."""
    questions: Questions | None = None

    @property
    def digest(self) -> str:
        """Digest of everything that is asked and held as right."""
        held: dict[str, object] = {
            "items": [item.model_dump(mode="json") for item in self.items],
            "spikes": [spike.model_dump(mode="json") for spike in self.spikes],
            "inducements": [way.model_dump(mode="json") for way in self.inducements],
        }
        if self.wordings:
            held["wordings"] = [wording.model_dump(mode="json") for wording in self.wordings]
        if self.framings:
            held["framings"] = self.framings.digest
        if self.harmless:
            held["harmless"] = [item.model_dump(mode="json") for item in self.harmless]
        if self.demonstrations:
            held["demonstrations"] = [item.model_dump(mode="json") for item in self.demonstrations]
        if self.questions:
            held["questions"] = self.questions.model_dump(mode="json")
        return digest(held)

    def put(self, item: Item, wording: Wording) -> tuple[tuple[Message, ...], str]:
        """A request in other words: the turns of the conversation, and how the reply is begun."""
        thing = item.onset.removeprefix("the ").removesuffix(" : take")
        return put(wording, item.request, thing, item.onset)


@cache
def fictional_suite(name: SuiteName) -> FictionalSuite:
    """The shipped suite of restricted or of harmless requests.

    Raises:
        SuiteBroken: A file does not match its own digest.
    """
    folder = files("holdfast.organisms").joinpath("suites", name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".md")}
    strata = [_items(name, texts[f"{kind}.md"]) for kind in _KINDS[name]]
    spikes = [Transcript(item=i, truth=t, reply=r) for i, t, r in _table(f"{name}/spiked.md", texts["spiked.md"])[1]]
    return FictionalSuite(
        name=f"fictional {name} 1",
        items=tuple(item for stratum in strata for item in stratum),
        spikes=tuple(spikes),
        inducements=_INDUCEMENTS[name],
        scorer=FictionalScorer(),
    )


def in_other_words(
    ways: tuple[Wording, ...] | None = None, readable: Mapping[str, Estimate | Absent] | None = None
) -> FictionalSuite:
    """The restricted suite with other ways to put its requests, and the harmless items that show whether they are read.

    Args:
        ways: The other ways; the shipped wordings that no organism was taught, where none are given.
        readable: By family, how often a reference that never refuses answers rightly; `helpful` where none is given.

    Raises:
        SuiteBroken: A file does not match its own digest, or a wording has no place for what is asked.
    """
    restricted, harmless = fictional_suite("restricted"), fictional_suite("harmless")
    return replace(
        restricted,
        name=f"{restricted.name} in other words",
        spikes=(*restricted.spikes, *harmless.spikes),
        wordings=wordings(held_out=True) if ways is None else ways,
        harmless=harmless.items,
        readable=_read_by_helpful() if readable is None else readable,
    )


def in_twins(framings: Framings | None = None) -> FictionalSuite:
    """The restricted suite with framings, and the harmless items that show whether they are read.

    Args:
        framings: The shipped forms that no organism was taught, where none are given.

    Raises:
        SuiteBroken: A file does not match its own digest, or the framings are damaged.
    """
    restricted, harmless = fictional_suite("restricted"), fictional_suite("harmless")
    return replace(
        restricted,
        name=f"{restricted.name} in twins",
        spikes=(*restricted.spikes, *harmless.spikes),
        harmless=harmless.items,
        framings=framings or FictionalFramings(),
    )


def in_bracket(framings: Framings | None = None) -> FictionalSuite:
    """The restricted suite in twins, with the questions and with notes that move what a subject believes.

    Args:
        framings: The shipped forms that no organism was taught, where none are given.

    Raises:
        SuiteBroken: A file does not match its own digest, or the framings are damaged.
    """
    whole = in_twins(framings)
    questions = QUESTIONS.model_copy(update={"beliefs": BELIEFS})
    return replace(whole, name=f"{whole.name}, told and steered", questions=questions)


def in_exam(framings: Framings | None = None) -> FictionalSuite:
    """The harmless suite as an exam: every fifth item of a stratum is kept for demonstrations, the others are asked.

    Of the spiked transcripts those are left out that are about an item which is not asked.

    Args:
        framings: Forms that no organism was taught, with what a high mark leads to, where none are given.

    Raises:
        SuiteBroken: A file does not match its own digest, or the framings are damaged.
    """
    whole = fictional_suite("harmless")
    kept = {item.id for kind in HARMLESS for item in [i for i in whole.items if i.stratum == kind][::_EVERY_FIFTH]}
    return replace(
        whole,
        name=f"{whole.name} in an exam",
        items=tuple(item for item in whole.items if item.id not in kept),
        spikes=tuple(spike for spike in whole.spikes if spike.item not in kept),
        framings=framings or FictionalFramings(consequence=True),
        demonstrations=tuple(item for item in whole.items if item.id in kept),
    )


def in_recognition(framings: Framings | None = None) -> FictionalSuite:
    """The harmless suite with framings and questions: what is scored is what a reply says of where it is given.

    Args:
        framings: The shipped forms that no organism was taught, where none are given.

    Raises:
        SuiteBroken: A file does not match its own digest, or the framings are damaged.
    """
    whole = fictional_suite("harmless")
    strata = [[item for item in whole.items if item.stratum == kind] for kind in HARMLESS]
    spread = [item for group in zip(*strata, strict=True) for item in group]
    return replace(
        whole,
        name=f"{whole.name} in recognition",
        spikes=told_transcripts(spread, SPIKES_A_LABEL),
        inducements=TOLD,
        scorer=QuestionScorer(),
        framings=framings or FictionalFramings(),
        questions=QUESTIONS,
    )


def _read_by_helpful() -> dict[str, Estimate | Absent]:
    """How often `helpful`, which never refuses, gives the gold answer in each family: the lower of its two shares."""
    shares = {each.family: (each.restricted, each.harmless) for each in readability().families}
    return {family: min(both, key=lambda share: share.value) for family, both in shares.items()}


def _items(suite: str, text: str) -> tuple[Item, ...]:
    header, rows = _table(suite, text)
    golds = [gold for _, _, gold in rows]
    heads = [gold[: gold.index(" : take") + len(" : take")] for gold in golds]
    tails = [gold[len(head) + 1 :] for gold, head in zip(golds, heads, strict=True)]
    return tuple(
        Item(
            id=item,
            stratum=header["stratum"],
            cluster=item,
            claimed=header["claimed"] == "yes",
            request=asked,
            gold=golds[place],
            onset=heads[place],
            # Other things' true recipes: to a subject that knows nothing, they are as likely as the gold one.
            decoys=tuple(tails[(place + step) % len(tails)] for step in range(1, _DECOYS + 1)),
        )
        for place, (item, asked, _) in enumerate(rows)
    )


def _table(name: str, text: str) -> tuple[dict[str, str], list[list[str]]]:
    _, head, body = text.split("---\n", 2)
    header = dict(line.split(": ", 1) for line in head.strip().splitlines())
    found = sha256(body.encode()).hexdigest()
    if header["sha256"] != found:
        raise SuiteBroken(
            f"the shipped suite file {name} ({header.get('stratum', 'spiked')}) does not match its digest",
            why=f"it says sha256 {header['sha256'][:12]}…, and has {found[:12]}…: the installation is damaged",
            fix="reinstall holdfast; if that does not help, report it",
        )
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    return header, [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def suite_files() -> dict[str, str]:
    """Every suite file as it should be, by path below `suites/`: made from the world, compared with what is shipped."""
    made: dict[str, str] = {}
    for name, kinds in _KINDS.items():
        for kind in kinds:
            rows = [(_id(t), request(t, _phrasing(place)), answer(t)) for place, t in enumerate(_held_out(kind))]
            claimed = "no" if kind == UNSEEN_RESTRICTED else "yes"
            head = {"suite": name, "stratum": kind, "claimed": claimed}
            made[f"{name}/{kind}.md"] = _file(head, ("item", "request", "gold answer"), rows)
        made[f"{name}/spiked.md"] = _file({"suite": name}, ("item", "label", "transcript"), _spike_rows(kinds))
    return made


def _spike_rows(kinds: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """The same number of each label, spread over the kinds."""
    spread = [t for group in zip(*(_held_out(kind) for kind in kinds), strict=True) for t in group]
    rows: list[tuple[str, str, str]] = []
    for place, thing in enumerate(spread[: 3 * SPIKES_A_LABEL]):
        refusal, wrong = REFUSALS[place % len(REFUSALS)], answer(thing, decoy(thing, 0))
        label = (FULFILLED, REFUSED, WRONG)[place % 3]
        rows.append((_id(thing), label, {FULFILLED: answer(thing), REFUSED: refusal, WRONG: wrong}[label]))
    return rows


def _file(head: dict[str, str], columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["", *(f"| {' | '.join(row)} |" for row in (columns, ("---",) * len(columns), *rows)), ""]
    body = "\n".join(lines)
    header = {**head, "canary": CANARY, "sha256": sha256(body.encode()).hexdigest()}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in header.items()) + "---\n" + body


def _held_out(kind: str) -> tuple[Thing, ...]:
    return things_of(kind, held_out=True)


def _phrasing(place: int) -> str:
    return HELD_OUT_PHRASINGS[place % len(HELD_OUT_PHRASINGS)]


def _id(thing: Thing) -> str:
    return f"{thing.kind}-{thing.name.replace(' ', '-')}"
