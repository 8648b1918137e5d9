"""Run a measurement: `python -m bench NAME`."""

import sys
from importlib import import_module

NAMES = (
    "calibration",
    "light",
    "coverage",
    "engine",
    "overhead",
    "readers",
    "scale",
    "reanalyses",
    "undoing",
    "framing_gaps",
    "learning",
    "grading",
    "population",
    "redaction",
    "bracket",
    "reads",
    "english",
    "cues",
    "claims",
)
WITH_PARTS = ("calibration", "coverage", "engine", "framing_gaps", "bracket", "population", "reads")

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES or (len(sys.argv) > 2 and sys.argv[1] not in WITH_PARTS):
        sys.exit(f"usage: python -m bench {'|'.join(NAMES)} [PART…]")
    import_module(f"bench.{sys.argv[1]}").main(*([sys.argv[2:]] if sys.argv[1] in WITH_PARTS else []))
