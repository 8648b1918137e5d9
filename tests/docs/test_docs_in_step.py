"""The documentation that is made from the program is the one that the program would make now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("holdfast_scripts_docs", ROOT / "scripts" / "docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_made_page_is_as_the_program_would_make_it(script: ModuleType) -> None:
    stale = [
        str(page.relative_to(ROOT))
        for page, text in script.pages().items()
        if not page.is_file() or page.read_text("utf-8") != text
    ]
    assert not stale, f"run `python scripts/docs.py`: {', '.join(stale)}"


def test_every_command_and_every_check_has_a_page(script: ModuleType) -> None:
    assert script.undocumented() == []


def test_every_command_page_holds_the_help_of_its_command() -> None:
    from holdfast.cli import COMMANDS

    without = [
        name
        for name in COMMANDS
        if f"<!-- help: holdfast {name} -->\n```text\nUsage: holdfast {name}"
        not in (ROOT / "docs" / "commands" / f"{name}.md").read_text("utf-8")
    ]
    assert without == []


def test_no_page_is_about_a_command_or_a_check_that_does_not_exist() -> None:
    from holdfast.checks import CHECKS
    from holdfast.cli import COMMANDS

    pages = {kind: {page.stem for page in (ROOT / "docs" / kind).glob("*.md")} for kind in ("commands", "checks")}
    assert pages == {"commands": set(COMMANDS), "checks": set(CHECKS)}


def test_a_page_that_has_drifted_is_noticed(script: ModuleType) -> None:
    drifted = "<!-- help: holdfast explain -->\nan older help\n<!-- end of help -->"
    assert script.with_help(drifted) != drifted
