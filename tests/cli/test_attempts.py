"""`holdfast audit` with a judge where our own suites are asked."""

import json

import pytest
from click.testing import CliRunner

from holdfast.cli import main


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "the suite auto has no use for --judge"),
        (("-f", "attempts"), "this subject is asked in the fictional language, which has no use for --judge"),
        (("-f", "attempts", "--suite", "fictional"), "the suite fictional has no use for --judge"),
        (("-f", "attempts", "--judge", "c/d"), "2 judges were named"),
    ],
)
def test_a_judge_that_nobody_has_a_use_for_is_refused_before_anything_runs(words: tuple[str, ...], what: str) -> None:
    result = CliRunner().invoke(main, ["audit", "organism:aligned", "--judge", "a/b", *words, "--json"])
    envelope = json.loads(result.stdout)
    assert result.exit_code == envelope["exit"] == 2
    assert (envelope["error"]["code"], envelope["error"]["what"]) == ("H342", what)
