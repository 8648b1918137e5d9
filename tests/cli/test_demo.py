"""The README's first command, run: a whole audit of the embedded organism."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from holdfast.cli import main

README = Path("README.md").resolve()


def shape(text: str) -> list[str]:
    """The lines without numbers and digests: another processor rounds differently, and a sample may fall otherwise."""
    plain = re.sub(r"\(\d+ of \d+ unlabelled\)|, \d+ without a label", "", text)
    return [
        " ".join(re.sub(r"sha256:\w+…|[0-9a-f]{12}-\d+|\d+([.–]\d+)*", "#", line).split())
        for line in plain.splitlines()
    ]


@pytest.mark.untraced
def test_the_demo_in_the_readme_is_what_the_first_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    shown = README.read_text("utf-8").split("<!-- demo -->\n```text\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["audit"])
    assert result.exit_code == 0, result.output
    assert shape(result.stdout) == shape(shown)
