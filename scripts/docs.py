"""Keep the documentation in step with the program: `python scripts/docs.py` writes, `--check` only compares.

`docs/commands/*.md` hold the help text of their command between two markers; `docs/errors.md` is made from the errors'
own docstrings, which is also what `holdfast explain` prints; `docs/accuracy.md` from the committed results of
`bench/coverage`; the tables of `docs/concepts/organisms.md` from the certificates of the shipped organisms; tables of
measured figures, on whatever page, from the file that stands beside them (`measured`).
"""

import inspect
import json
import re
import sys
from importlib import import_module
from pathlib import Path

from click.testing import CliRunner

from holdfast.cli import COMMANDS, main
from holdfast.errors import coded

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench.coverage import PARTS, RESULTS  # noqa: E402  the repository is not installed, only the package in it
from certified import with_certified  # noqa: E402
from measured import with_measured  # noqa: E402

DOCS = ROOT / "docs"
BEGIN, END = "<!-- help: {} -->", "<!-- end of help -->"


def help_text(path: list[str]) -> str:
    """The help of a command, as it prints it, at a fixed width."""
    result = CliRunner().invoke(
        main, [*path, "--help"], prog_name="holdfast", terminal_width=100, max_content_width=100
    )
    assert result.exit_code == 0, result.output
    return result.output.rstrip()


def with_help(text: str) -> str:
    """A page with every help text between its markers made anew."""

    def block(found: re.Match[str]) -> str:
        path = found[1].split()[1:]
        body = re.sub(r"[ \t]+$", "", help_text(path), flags=re.MULTILINE)
        return f"{BEGIN.format(found[1])}\n```text\n{body}\n```\n{END}"

    return re.sub(rf"<!-- help: ([a-z -]+) -->.*?{END}", block, text, flags=re.DOTALL)


def errors_page() -> str:
    """`docs/errors.md`."""
    lines = [
        "# Errors by code",
        "",
        "Made from the errors themselves by `make docs`; `holdfast explain CODE` prints the same, offline.",
        "",
    ]
    for code, error in coded().items():
        first, *rest = (inspect.getdoc(error) or "").splitlines()
        lines += [f"## {code}: {first}", "", f"`{error.__name__}`, exit code {error.exit}.", *rest, ""]
    return "\n".join(lines).rstrip() + "\n"


def accuracy_page() -> str:
    """`docs/accuracy.md`: what the simulations of `bench/coverage` found, part by part."""
    lines = [
        "# How often the intervals hold",
        "",
        "Made by `make docs` from `bench/results/coverage-*.json`, which `python -m bench coverage` writes: every",
        "interval is simulated against a known truth, cell by cell. Below stands each part's own summary; the cells",
        "are in the files, and what each cell simulates is in `bench/coverage/<part>.py`.",
    ]
    for part in PARTS:
        found = json.loads((RESULTS / f"coverage-{part.replace('_', '-')}.json").read_text("utf-8"))
        about = (inspect.getdoc(import_module(f"bench.coverage.{part}")) or "").splitlines()[0]
        lines += ["", f"## {part.replace('_', ' ').capitalize()}", "", about, ""]
        lines += [f"{found['replications']:,} replications a cell.", "", "| measured | found |", "| --- | --- |"]
        lines += [f"| {name.replace('|', '/')} | {value} |" for name, value in found["summary"].items()]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every page that is made or holds a made part, as it should be."""
    organisms = DOCS / "concepts" / "organisms.md"
    made = {page: page.read_text("utf-8") for page in (DOCS.parent / "README.md", *DOCS.rglob("*.md"))}
    made[organisms] = with_certified(made[organisms])
    made = {page: with_measured(with_help(text)) for page, text in sorted(made.items())}
    return made | {DOCS / "errors.md": errors_page(), DOCS / "accuracy.md": accuracy_page()}


def undocumented() -> list[str]:
    """Commands and checks without a page."""
    from holdfast.checks import CHECKS

    wanted = [DOCS / "commands" / f"{name}.md" for name in COMMANDS] + [
        DOCS / "checks" / f"{name}.md" for name in CHECKS
    ]
    return [str(page.relative_to(DOCS.parent)) for page in wanted if not page.is_file()]


def run(check: bool) -> int:
    """Write or compare; the exit code."""
    stale = [page for page, text in pages().items() if not page.is_file() or page.read_text("utf-8") != text]
    for page in stale:
        if not check:
            page.write_text(pages()[page], encoding="utf-8")
        print(f"{'out of step' if check else 'written'}: {page.relative_to(DOCS.parent)}")
    for page in undocumented():
        print(f"missing: {page}")
    return int(bool(undocumented()) or (check and bool(stale)))


if __name__ == "__main__":
    sys.exit(run("--check" in sys.argv[1:]))
