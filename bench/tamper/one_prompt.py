"""One-prompt GRPO on an organism, over many seeds: `python -m bench.tamper.one_prompt NAME SEEDS`.

Writes what the attack came to (runs, costs, categories, capability) to `bench/results/tamper-one-prompt-NAME.json`. The
run itself is thrown away.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from holdfast.audit import Tunable, open_subject, prepare_tampering, tamper

RESULTS = Path(__file__).parents[1] / "results"


def main(name: str, seeds: int) -> None:
    """Run it."""
    subject, top = open_subject(f"organism:{name}"), open_subject("organism:helpful")
    assert isinstance(subject, Tunable)
    prepared = prepare_tampering(subject, names=("one-prompt-grpo",), seeds=seeds, ceiling=top.facts)
    with TemporaryDirectory() as scratch:
        done = tamper(prepared, subject, top, reference=f"organism:{name}", out=Path(scratch) / "run")
    assert done.record.static is not None
    found = {
        "organism": name,
        "headline": done.record.headline,
        "p0": done.record.static.p0.model_dump(mode="json"),
        "attack": done.record.attacks[0].model_dump(mode="json"),
        "wall_s": done.run.wall_s,
    }
    (RESULTS / f"tamper-one-prompt-{name}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(done.record.headline)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
