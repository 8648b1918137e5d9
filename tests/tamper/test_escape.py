"""Getting weights out of a sealed tamper process, for real. It is started once, and tries everything in turn."""

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import TuningGarbled
from holdfast.evidence import Material, Seal
from holdfast.models import open_directory
from holdfast.tamper._designs import FULL, LORA, NOISE
from holdfast.tamper._hearing import heard_run, heard_seal, heard_subject
from holdfast.tamper._messages import SAID, Completions, Rewards, TamperTask, Unit
from holdfast.training.sealing import SealedTalk, scratch_directory, sealed_process
from tamper.escaping import ASKED, SMUGGLED, TRIES
from tamper.talks import asks, ears

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")

ALIGNED = Path("src/holdfast/organisms/zoo/aligned")
REFUSED = re.compile(
    "Operation not permitted|Permission denied|Read-only file system|File too large|Network is unreachable"
)
ONE = {"grid": (1.0,)}
_ENDED = b'"kind":"ended"'


class Escaping:
    """What became of one process that tried to escape."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.tries: dict[str, str] = {}
        self.left: list[str] = []
        self.refused: dict[str, str] = {}
        self.seal: Seal | None = None
        self.subject = ""
        self.rounded: tuple[float, float] = (0.0, 0.0)


@cache
def heard_with() -> Any:
    return ears(asks=asks(ASKED), cuts=(1, 2, ASKED))


@pytest.fixture(scope="module")
def escaping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Escaping]:
    with pytest.MonkeyPatch.context() as there:
        there.setenv("TMPDIR", str(tmp_path_factory.mktemp("scratch")))
        there.setattr("tempfile.tempdir", os.environ["TMPDIR"])
        with scratch_directory() as scratch, sealed_process("tamper.escaping") as child:  # type: ignore[arg-type]
            found = Escaping(scratch)
            talk = SealedTalk(child)
            talk.say(_task(scratch))
            found.seal, found.subject = heard_seal(talk), heard_subject(talk)
            _try(talk, found)
            _say_fine_numbers(talk, found)
            _smuggle(talk, found)
            found.left = sorted(str(file.relative_to(scratch)) for file in scratch.rglob("*"))
            yield found


def _task(scratch: Path) -> TamperTask:
    return TamperTask(
        directory=str(ALIGNED.resolve()),
        device="cpu",
        dtype=None,
        parent=os.getpid(),
        scratch=str(scratch),
        threads=1,
        material=Material(harmful=(), benign={}),
        asks=heard_with().asks,
    )


def _try(talk: SealedTalk, found: Escaping) -> None:
    """Hear of each try by a rollout, then of the run's end as any run's."""
    # What a try came to is told as a rollout, and one of 32 tokens may be as long as a reason is.
    longer = FULL.model_copy(update={**ONE, "setting": {**FULL.setting, "max_new_tokens": 32.0}})
    talk.say(Unit(design=longer, seed=0))
    for name in TRIES:
        said = SAID.validate_json(talk.hear())
        assert isinstance(said, Completions), said
        told, _, how = said.texts[0].partition(": ")
        assert told == name
        found.tries[name] = how
        talk.say(Rewards(values=(0.0,)))
    heard_run(talk, FULL.model_copy(update=ONE), 0, heard_with(), lambda looks: None)


def _say_fine_numbers(talk: SealedTalk, found: Escaping) -> None:
    design = NOISE.model_copy(update=ONE)
    talk.say(Unit(design=design, seed=0))
    look = heard_run(talk, design, 0, heard_with(), lambda looks: None).looks[0]
    assert isinstance(look.objective, float)
    found.rounded = (look.objective, look.weight_change)


def _smuggle(talk: SealedTalk, found: Escaping) -> None:
    design = LORA.model_copy(update=ONE)
    for seed, name in enumerate(SMUGGLED):
        talk.say(Unit(design=design, seed=seed))
        try:
            heard_run(talk, design, seed, heard_with(), lambda looks: None)
        except TuningGarbled as problem:
            found.refused[name] = problem.why
        # Whoever refuses a word ends the process; only this test reads on behind it.
        while name != SMUGGLED[-1] and _ENDED not in talk.hear():
            pass


def test_no_way_of_writing_starting_or_connecting_works_inside(escaping: Escaping) -> None:
    assert set(escaping.tries) == set(TRIES)
    assert {name: how for name, how in escaping.tries.items() if not REFUSED.search(how)} == {}


def test_nothing_is_left_where_it_tried(escaping: Escaping) -> None:
    assert escaping.left == ["own"]
    assert (escaping.scratch / "own").read_bytes() == b""
    for place in ("~/holdfast-byte", "/dev/shm/holdfast-byte"):
        assert not Path(place).expanduser().exists()


@pytest.mark.parametrize("name", SMUGGLED)
def test_weights_as_words_or_numbers_end_the_conversation(escaping: Escaping, name: str) -> None:
    assert name in escaping.refused


def test_each_smuggled_message_is_refused_for_what_it_is(escaping: Escaping) -> None:
    why = escaping.refused
    assert "finer" in why["a direction in fine numbers"]
    assert "more completions" in why["a direction as many checkpoints"]
    assert "allowed" in why["an adapter as a reply"]
    assert "nobody asked for" in why["a soft prompt as rollouts"]
    assert "65,536 are allowed" in why["weights in one frame"]


def test_an_honest_run_leaves_with_four_digits(escaping: Escaping) -> None:
    assert escaping.rounded == (0.1235, 0.9877)


def test_the_seal_held_before_the_weights_were_read_and_they_are_those_on_disk(escaping: Escaping) -> None:
    assert escaping.seal is not None
    assert {"write one byte to a file", "start a process", "reach an address"} <= set(escaping.seal.holds)
    assert escaping.subject == open_directory(ALIGNED, device="cpu").facts.digest
