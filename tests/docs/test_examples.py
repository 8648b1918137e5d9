"""Every example in the README and the documentation is one that works: blocks parse, links resolve, commands exist."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

import cornered
import replays
from holdfast.assure import parse_framework
from holdfast.checks import CHECKS
from holdfast.cli import main
from holdfast.errors import coded

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
SCHEMA = 'schema = "holdfast.framework/1"'
SHELLS = ("sh", "console", "bash", "shell")


class Block(NamedTuple):
    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in re.finditer(r"^```([a-z]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])


BLOCKS = tuple(block for page in PAGES for block in blocks(page))
PYTHON = tuple(block for block in BLOCKS if block.language == "python")


def heredocs(shell: str) -> list[str]:
    return [found[2] for found in re.finditer(r"<<'(\w+)'\n(.*?)^\1$", shell, re.MULTILINE | re.DOTALL)]


def frameworks() -> Iterator[tuple[str, str]]:
    for block in BLOCKS:
        texts = [block.text] if block.language == "toml" else heredocs(block.text) if block.language in SHELLS else []
        yield from ((block.where, text) for text in texts if text.startswith(SCHEMA))


def command_lines(block: Block) -> Iterator[list[str]]:
    """The words after each `holdfast` that a shell block would run."""
    shell = re.sub(r"<<'(\w+)'\n.*?^\1$", "", block.text, flags=re.MULTILINE | re.DOTALL)
    lines = shell.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in lines:
        yield from calls(line)


def calls(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    part: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set(";|&()"):
            if part and part[0].rsplit("/", 1)[-1] == "holdfast":
                yield part[1 : next((i for i, w in enumerate(part) if set(w) <= set("<>")), None)]
            part = []
        else:
            part.append(word)


def refused(words: list[str], *, complete: bool = True) -> str | None:
    """Why click would not take these words, found without running anything."""
    context = click.Context(main, info_name="holdfast", **main.context_settings)
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return f"no command {words[0]!r}"
        command, context, words = (
            found,
            click.Context(found, parent=context, info_name=words[0], **found.context_settings),
            words[1:],
        )
    if isinstance(command, click.Group):
        known = {opt for param in command.get_params(context) for opt in param.opts}
        return next((f"no option {word!r}" for word in words if word not in known), None)
    try:
        command.make_context(command.name, list(words), parent=context.parent)
    except click.exceptions.Exit:
        return None
    except click.MissingParameter as problem:
        return problem.format_message() if complete else None
    except click.UsageError as problem:
        return problem.format_message()
    return None


def commands() -> list[tuple[str, list[str]]]:
    return [(block.where, words) for block in BLOCKS if block.language in SHELLS for words in command_lines(block)]


def inline_commands() -> Iterator[tuple[str, list[str]]]:
    """Commands in running text, `holdfast explain CODE`: names in capitals stand for values."""
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for found in re.finditer(r"`(holdfast [^`]+)`", prose):
            yield from ((f"{page.relative_to(ROOT)}: `{found[1]}`", words) for words in calls(found[1]))


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", "")).replace(" ", "-")


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        yield from ((page, target) for target in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in target)


def test_there_are_examples_to_look_at() -> None:
    assert len(list(frameworks())) >= 3
    assert len(commands()) >= 10
    assert {block.language for block in BLOCKS} >= {"json", "sh", "toml"}


@pytest.mark.parametrize(("where", "text"), list(frameworks()), ids=lambda value: value[:40])
def test_every_framework_shown_parses(where: str, text: str) -> None:
    framework = parse_framework(text, where)
    # A check of a log is called as its tool calls it, with a slash: `task/scorer`.
    unknown = {claim.check for claim in framework.claim if "/" not in claim.check} - set(CHECKS)
    assert not unknown, f"{where} shows checks that do not exist"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "json"], ids=lambda block: block.where)
def test_every_json_block_parses(block: Block) -> None:
    json.loads(block.text)


def test_every_finding_shown_is_a_finding() -> None:
    from holdfast.evidence import Finding

    shown = [json.loads(block.text) for block in BLOCKS if block.language == "json"]
    findings = [Finding.model_validate(value) for value in shown if "claim" in value]
    assert {finding.check for finding in findings} == set(CHECKS)


def test_every_envelope_shown_is_an_envelope() -> None:
    from holdfast.evidence import Envelope

    shown = [json.loads(block.text) for block in BLOCKS if block.language == "json"]
    envelopes = [Envelope.model_validate(value) for value in shown if value.get("schema") == "holdfast.result/1"]
    assert {envelope.command for envelope in envelopes} == {"audit", "usage"}
    assert all(envelope.error for envelope in envelopes)


@pytest.mark.parametrize("check", CHECKS)
def test_the_samples_that_a_page_names_are_those_that_are_planned(check: str, tmp_path: Path) -> None:
    from holdfast.audit import suites_for
    from holdfast.checks import asks_of
    from scripted import facts

    # The mailbox is in English, and the scripted subject speaks the fictional language alone.
    subject = cornered.facts() if check == "cornered" else facts()
    suite = replays.shipped(tmp_path, 1000) if check == "replay" else suites_for(subject)[check]
    asks = asks_of(CHECKS[check], suite, 0, subject)
    page = (ROOT / "docs" / "checks" / f"{check}.md").read_text("utf-8")
    assert f"| Samples | {len(asks):,} of the subject: " in page


@pytest.mark.parametrize("check", CHECKS)
def test_the_calibration_that_a_page_shows_is_the_one_on_the_card(check: str) -> None:
    from holdfast.audit import calibration_cards
    from holdfast.evidence import Absent

    page = (ROOT / "docs" / "checks" / f"{check}.md").read_text("utf-8")
    card = calibration_cards().get(check)
    if card is None:
        assert "There is no card yet" in page
        return
    for name, figure in (("power", card.power), ("false alarms", card.false_alarm)):
        assert not isinstance(figure, Absent)
        low, high = (f"{100 * bound:.1f}".removesuffix(".0") for bound in (figure.low, figure.high))
        seen = f"{round(figure.value * figure.n)} of {figure.n} {figure.unit}"
        assert re.search(rf"^\| {name} \|.*\| {seen} \| {low} % to {high} % \|$", page, re.MULTILINE)


@pytest.mark.parametrize("words", [["audit", "http://host", "--json"], ["audit", "--sed", "0", "--json"]])
def test_an_envelope_shown_is_what_the_command_prints(words: list[str]) -> None:
    printed = json.loads(CliRunner().invoke(main, words).stdout)
    assert printed in [json.loads(block.text) for block in BLOCKS if block.language == "json"]


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.where)
def test_every_python_block_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path))
    exec(compile(block.text, block.where, "exec"), {})


def test_the_doses_that_pass_are_those_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    page = ROOT / "docs" / "concepts" / "controls.md"
    table = re.findall(r"^\| (\d+) % \| (\d+) \| (\d+) \| 200 \|$", page.read_text("utf-8"), re.MULTILINE)
    exec(next(block.text for block in PYTHON if block.page == page), {})
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(f"{float(dose):.0%}".rstrip("%"), low, high) for dose, low, high in printed] == table
    assert len(table) == 3


def test_every_command_line_shown_is_one_that_click_takes() -> None:
    wrong = {f"{where}: holdfast {shlex.join(words)}": why for where, words in commands() if (why := refused(words))}
    assert wrong == {}


def test_every_command_in_running_text_is_one_that_click_takes() -> None:
    wrong = {where: why for where, words in inline_commands() if (why := refused(words, complete=False))}
    assert wrong == {}


@pytest.mark.parametrize("words", [["adit"], ["audit", "--frmework", "x"], ["organism", "make"], ["audit", "--seed"]])
def test_a_command_line_that_does_not_exist_is_noticed(words: list[str]) -> None:
    assert refused(words)


def test_every_relative_link_resolves() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page, target in links()
        if (path := target.partition("#")[0]) and not (page.parent / path).exists()
    ]
    assert broken == []


def test_every_link_to_a_heading_resolves() -> None:
    broken: list[str] = []
    for page, target in links():
        path, _, wanted = target.partition("#")
        there = page.parent / path if path else page
        if wanted and there.is_file():
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            if wanted not in map(anchor, headings):
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_the_index_links_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for page, target in links() if page == index}
    assert set((ROOT / "docs").rglob("*.md")) - {index} <= linked


def test_every_error_code_mentioned_exists() -> None:
    mentioned = {(page, code) for page in PAGES for code in re.findall(r"\bH\d{3}\b", page.read_text("utf-8"))}
    assert {f"{page.relative_to(ROOT)}: {code}" for page, code in mentioned if code not in coded()} == set()
