"""`holdfast doctor`: what this installation can do, and what it lacks."""

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from holdfast.cli._boundary import Outcome, run

_BASE = ("numpy", "scipy", "pydantic", "click", "rich", "jinja2", "SQLAlchemy", "httpx2", "tenacity")
_AUDIT = ("torch", "transformers", "tokenizers", "safetensors")
_SERVE = ("starlette", "uvicorn")


@click.command("doctor", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Say what this installation can do, and what it lacks. Exits 4 when something that an audit needs is missing."""
    run("doctor", _doctor)


def _doctor() -> Outcome:
    from holdfast.errors import HoldfastError
    from holdfast.store import Ledger, home

    missing = [name for name in _AUDIT if find_spec(name) is None]
    lines = [f"python     {platform.python_version()} on {platform.system()} {platform.machine()}"]
    lines += [f"{name:<10} {_version(name)}" for name in (*_BASE, *_AUDIT, *_SERVE)]
    lines.append(f"home       {home()}")
    state, exit_code = _ledger_state(home() / "ledger.sqlite", Ledger, HoldfastError)
    lines.append(f"ledger     {state}")
    absent = [name for name in _SERVE if find_spec(name) is None]
    fix = f"not possible: {', '.join(absent)} missing; pip install 'holdfast[serve]'"
    lines.append(f"serve      {fix if absent else 'possible'}")
    if missing:
        lines.append(f"audit      not possible: {', '.join(missing)} missing")
        lines.append("fix        pip install torch==2.13.0 && pip install 'holdfast[audit]'")
        return Outcome(4, human=tuple(lines))
    lines.append("audit      possible")
    return Outcome(exit_code, human=tuple(lines))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _ledger_state(path: Path, ledger: type, error: type[Exception]) -> tuple[str, int]:
    if not path.is_file():
        return "none yet; the first audit begins it", 0
    try:
        with ledger(path) as opened:
            return f"{len(opened.entries())} entries, chain holds", 0
    except error as failure:
        return f"{failure}", 4
