"""Frameworks: claims as TOML, read strictly.

A key that does not exist and a threshold that nothing can be compared with are refused with the line they stand on,
since a framework that is read loosely is a framework that somebody can pass by a typing mistake.
"""

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from holdfast.errors import BadValue, FrameworkSyntax, UnknownFramework, UnknownKey
from holdfast.evidence import Claim, Framework, TamperBudget, Threshold


def shipped_frameworks() -> tuple[str, ...]:
    """The names of the frameworks that come with Holdfast, sorted."""
    folder = files("holdfast.assure").joinpath("frameworks")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def load_framework(reference: str) -> Framework:
    """Read a framework.

    Args:
        reference: A shipped name, or the path of a TOML file.

    Raises:
        UnknownFramework: Neither.
        FrameworkSyntax: Not TOML.
        UnknownKey: A key that frameworks do not have; the closest one is named.
        BadValue: A value that cannot be used, or a key that is missing.
    """
    if reference in shipped_frameworks():
        name = f"{reference}.toml"
        return parse_framework(files("holdfast.assure").joinpath("frameworks", name).read_text("utf-8"), name)
    path = Path(reference)
    if not path.is_file():
        close = get_close_matches(reference, shipped_frameworks(), n=1)
        raise UnknownFramework(
            f"no framework {reference!r}",
            why=f"shipped are {', '.join(shipped_frameworks())}; and there is no file of that name",
            fix=f"did you mean `--framework {close[0]}`?"
            if close
            else "give a shipped name or the path of a TOML file",
        )
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise FrameworkSyntax(f"{path.name} is not TOML", why=str(problem), fix="save it as UTF-8 text") from problem
    return parse_framework(text, path.name)


def parse_framework(text: str, name: str) -> Framework:
    """A framework from TOML text; `name` is for messages. Raises as `load_framework`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise FrameworkSyntax(f"{name} is not TOML", why=str(problem), fix="mend the line that is named") from problem
    _refuse_unknown(data, Framework, text, name)
    for place, claim in enumerate(_tables(data.get("claim"))):
        _refuse_unknown(claim, Claim, text, name, place)
        if isinstance(claim.get("threshold"), dict):
            _refuse_unknown(claim["threshold"], Threshold, text, name, place)
    if isinstance(data.get("tamper"), dict):
        _refuse_unknown(data["tamper"], TamperBudget, text, name)
    try:
        framework = Framework.model_validate(data)
    except ValidationError as problem:
        raise _bad_value(problem, text, name) from problem
    _refuse_twins(framework, name)
    return framework


def _tables(claims: Any) -> list[dict[str, Any]]:
    """The claims, where they are tables at all; what else they are is for the types to refuse."""
    listed = cast(list[Any], claims) if isinstance(claims, list) else []
    return [claim for claim in listed if isinstance(claim, dict)]


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or key for key, field in model.model_fields.items()]


def _refuse_unknown(
    data: Iterable[str], model: type[BaseModel], text: str, name: str, claim: int | None = None
) -> None:
    for key in data:
        if key not in _keys(model):
            close = get_close_matches(key, _keys(model), n=1)
            raise UnknownKey(
                f"{name}:{_line_of(key, text, claim)}  unknown key `{key}`",
                why=f"a {model.__name__.lower()} has the keys {', '.join(_keys(model))}",
                fix=f"did you mean `{close[0]}`?" if close else "remove it",
            )


def _bad_value(problem: ValidationError, text: str, name: str) -> BadValue:
    first = problem.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"]]
    key = next((part for part in reversed(path) if not part.isdigit()), "")
    claim = first["loc"][1] if len(first["loc"]) > 1 and isinstance(first["loc"][1], int) else None
    line = _line_of(path[-2] if key == "value" and len(path) > 1 else key, text, claim)
    given = "nothing" if first["type"] == "missing" else first["input"]
    return BadValue(
        f"{name}:{line}  {'.'.join(path)} cannot be {given}",
        why=first["msg"],
        fix='thresholds are numbers from 0 to 1; `op` is "<=", ">=" or "within"; see docs/concepts/frameworks.md',
    )


def _line_of(key: str, text: str, claim: int | None) -> int:
    """The line of a key, in the claim of that number where one is given; its header's where the key is not there."""
    # tomllib gives no positions: count the claims up to the faulty one, then look for the key below its header.
    headers = [found.start() for found in re.finditer(r"^[ \t]*\[\[\s*claim\s*\]\]", text, re.MULTILINE)]
    starts = [0, len(text)] if claim is None or claim >= len(headers) else [*headers[claim:], len(text)]
    start, end = starts[:2]
    found = re.compile(rf"^[^#\n]*?\b{re.escape(key)}\b\s*=", re.MULTILINE).search(text, start, end)
    return text.count("\n", 0, found.end() if found else start) + 1


def _refuse_twins(framework: Framework, name: str) -> None:
    ids = [claim.id for claim in framework.claim]
    twins = sorted({claim for claim in ids if ids.count(claim) > 1})
    if twins:
        raise BadValue(f"{name}  two claims are called {twins[0]}", why="a finding names its claim", fix="rename one")
