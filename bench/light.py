"""What it costs to ask for help: whole-process wall time of the light commands, beside a bare interpreter and click.

python -m bench light     medians over 15 runs, in turn; writes bench/results/light.json
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 15
RESULTS = Path(__file__).parent / "results/light.json"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import click": [sys.executable, "-c", "import click"],
    "import holdfast": [sys.executable, "-c", "import holdfast"],
    "holdfast --help": [sys.executable, "-m", "holdfast", "--help"],
    "holdfast explain H401": [sys.executable, "-m", "holdfast", "explain", "H401"],
    "import holdfast.assure": [sys.executable, "-c", "import holdfast.assure"],
}


def main() -> None:
    """Time every command in turn, so that a drifting machine drifts for all of them."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS + 1):
        for name, words in COMMANDS.items():
            begun = perf_counter()
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            taken[name].append(perf_counter() - begun)
    found = {name: round(median(times[1:]), 4) for name, times in taken.items()}
    ratios = {name: round(wall_s / found["python -c pass"], 2) for name, wall_s in found.items()}
    RESULTS.write_text(
        json.dumps({"median_wall_s": found, "times_a_bare_interpreter": ratios, "runs": RUNS}, indent=1) + "\n"
    )
    for name, wall_s in found.items():
        print(f"{name:<24} {wall_s:.3f} s   {ratios[name]:.1f} × a bare interpreter")
