"""What must stay light: no torch where none is needed."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HEAVY = ("torch", "transformers", "peft", "inspect_ai", "tokenizers", "safetensors")
WIRE = ("httpx2", "tenacity", "starlette", "uvicorn", "huggingface_hub")
BARE = (*HEAVY, *WIRE, "pydantic", "sqlalchemy", "scipy", "numpy", "jinja2")


def loaded_after(script: str, among: tuple[str, ...]) -> list[str]:
    """Which of these modules a fresh interpreter has loaded after a script."""
    told = f"\nimport sys\nprint('LOADED', *sorted({set(among)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script) + told], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()[-1].split()[1:]


def test_importing_holdfast_loads_nothing() -> None:
    assert loaded_after("import holdfast", BARE) == []


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "assess --help",
        "compare --help",
        "label draw --help",
        "audit --help",
        "organism serve --help",
        "panel --help",
    ],
)
def test_help_loads_click_and_nothing_else(words: str) -> None:
    script = f"""
        import sys
        from holdfast.cli import main
        sys.argv = ["holdfast", *{words!r}.split()]
        try:
            main()
        except SystemExit as end:
            assert end.code == 0
    """
    assert loaded_after(script, BARE) == []


@pytest.mark.parametrize(
    "package",
    [
        "assure",
        "report",
        "store",
        "evidence",
        "stats",
        "subjects",
        "readers",
        "labels",
        "replay",
        "panel",
        "errors",
        "checks",
        "suites",
        "cli.explain",
    ],
)
def test_the_light_wing_loads_neither_heavy_libraries_nor_what_it_asks_no_endpoint_by(package: str) -> None:
    asks = package in ("subjects", "suites", "panel")
    assert loaded_after(f"import holdfast.{package}", HEAVY if asks else (*HEAVY, *WIRE)) == []


def test_statistics_leave_the_slow_part_of_scipy_alone() -> None:
    assert loaded_after("import holdfast.stats", ("scipy.stats", "pydantic")) == []


def test_assessing_through_the_front_door_loads_no_torch() -> None:
    assert loaded_after("from holdfast import assess, load_framework; load_framework('demo')", HEAVY) == []


def test_assessing_another_tools_log_loads_neither_torch_nor_the_tool(tmp_path: Path) -> None:
    script = f"""
        import os, sys
        from pathlib import Path
        os.environ["HOLDFAST_HOME"] = {str(tmp_path)!r}
        log = Path("tests/readers/fixtures/inspect/healthy.eval").resolve()
        os.chdir({str(tmp_path)!r})
        from holdfast.cli import main
        sys.argv = ["holdfast", "assess", str(log)]
        try:
            main()
        except SystemExit as end:
            assert end.code == 0, end.code
    """
    assert loaded_after(script, HEAVY) == []
