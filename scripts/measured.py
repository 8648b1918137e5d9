"""Tables of measured figures in the documentation, made from the committed files that the figures stand in.

A page says where a table comes from: `<!-- measured: NAME, from FILE -->`, up to `<!-- end of measured -->`. What lies
between is made anew by `python scripts/docs.py`, so that no figure is copied by hand; FILE may be a pattern.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from figures import Figures
from measured_brackets import brackets, brackets_by_recipe
from measured_costs import worlds
from measured_cues import cues
from measured_english import policies as english_policies
from measured_english import readers as english_readers
from measured_exams import gains, honest, plants
from measured_panels import claim_counter, panels
from measured_populations import exams, twins
from measured_readers import grader, redaction
from measured_rotations import places
from measured_tampering import every_attack, kinds, one_prompt, profile
from measured_twins import policies

ROOT = Path(__file__).parent.parent
END = "<!-- end of measured -->"


class Measured(NamedTuple):
    """Where figures are, as a pattern below the root, and the lines that they come to."""

    source: str
    lines: Callable[[Sequence[Figures]], list[str]]

    def block(self, name: str) -> str:
        """The table between its markers."""
        files = sorted(ROOT.glob(self.source))
        assert files, f"{self.source}: no such file"
        made = self.lines([json.loads(file.read_text("utf-8")) for file in files])
        return "\n".join((f"<!-- measured: {name}, from {self.source} -->", *made, END))


MEASURED = {
    "every attack": Measured("bench/results/tamper-aligned.json", every_attack),
    "one prompt": Measured("bench/results/tamper-one-prompt-*.json", one_prompt),
    "kinds": Measured("bench/results/tamper-discrimination.json", kinds),
    "profile": Measured("bench/results/tamper-discrimination.json", profile),
    "exams": Measured("src/holdfast/calibration/passports/sandbagging.json", exams),
    "twins": Measured("src/holdfast/calibration/passports/awareness.json", twins),
    "brackets": Measured("bench/results/bracket.json", brackets),
    "brackets of a population": Measured("bench/results/bracket-population.json", brackets_by_recipe),
    "policies": Measured("bench/results/coverage-twins.json", policies),
    "honest takers": Measured("bench/results/coverage-elicited.json", honest),
    "gains": Measured("bench/results/coverage-elicited.json", gains),
    "plants": Measured("bench/results/population-sandbagging.json", plants),
    "places": Measured("bench/results/coverage-rotations.json", places),
    "cues": Measured("bench/results/cues.json", cues),
    "english policies": Measured("bench/results/english.json", english_policies),
    "english readers": Measured("bench/results/reads.json", english_readers),
    "grader": Measured("bench/results/grading.json", grader),
    "redaction": Measured("bench/results/redaction.json", redaction),
    "claim counter": Measured("bench/results/claims.json", claim_counter),
    "panels": Measured("bench/results/coverage-panel.json", panels),
    "worlds": Measured("bench/results/coverage-cost-to-break.json", worlds),
}


def with_measured(text: str) -> str:
    """A page with every table between its markers made anew.

    Raises:
        KeyError: A marker names no table.
    """
    return re.sub(
        rf"<!-- measured: ([a-z ]+), from \S+ -->.*?{END}",
        lambda found: MEASURED[found[1]].block(found[1]),
        text,
        flags=re.DOTALL,
    )
