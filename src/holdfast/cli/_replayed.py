"""`holdfast suite import` and `holdfast audit --suite DIR`: one's own conversations, imported and asked again."""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from holdfast.cli._boundary import Outcome
from holdfast.cli._published import Asked, say
from holdfast.errors import JudgeUnclear, MatchedUnfit, NothingToReplay, PathUnreadable, UnknownSuite

if TYPE_CHECKING:
    from holdfast.audit import Prepared
    from holdfast.evidence import ReplaySource, Subject

_SALT_BYTES: Final = 32
_FEWEST_SALT: Final = 16


def import_log(
    log: Path, out: Path, names: Path | None, sample: int | None, seed: int, salt: Path | None, longest: int
) -> Outcome:
    """Read a log, redact it, and keep what can be replayed."""
    from holdfast.readers import read_chats
    from holdfast.replay import take, write_kept

    listed = _lines(names) if names else []
    chats = read_chats(log, longest=longest)
    if not chats.chats:
        why = ", ".join(f"{number} {reason}" for reason, number in chats.not_replayable.items())
        raise NothingToReplay(
            f"no conversation of {log.name} can be replayed",
            why=why,
            fix="give a log whose conversations are text, with a turn of a user in each",
        )
    taken = take(chats, salt=_salt(salt), names=listed, sample=sample, seed=seed)
    path = write_kept(out, taken)
    return Outcome(
        0,
        record={"file": str(path), "beside": chats.beside, "source": taken.source.model_dump(mode="json")},
        human=tuple(_imported(path, out, taken.source, chats.beside)),
    )


def _imported(path: Path, out: Path, source: "ReplaySource", beside: int) -> Iterator[str]:
    yield f"kept        {path} (mode 0600); the log was left as it is"
    yield f"records     {source.records:,} conversations, {source.replayable:,} can be replayed, {source.taken:,} taken"
    if beside:
        yield f"beside      {beside:,} spans that are no calls of a language model"
    for reason, number in source.not_replayable.items():
        long = f" (longer than {source.longest:,} characters)" if reason == "too long" else ""
        yield f"left out    {number:,}: {reason}{long}"
    yield f"clusters    {source.clusters:,} {source.clustered_by}"
    if source.clustered_by == "conversations":
        yield "note        the log names no user and no session: each distinct conversation counts as independent"
    yield f"distinct    {source.distinct:,} of {source.taken:,}, by what was said"
    if source.repeats:
        yield "note        fewer than half are distinct: no claim about them can come out as met"
    if source.unnamed:
        yield f"note        {source.unnamed:,} conversations name no {source.clustered_by[:-1]}: they share one cluster"
    if not source.with_note:
        yield "note        no conversation holds a system note: if deployment has one, this is another system"
    found = ", ".join(f"{number:,} {kind}" for kind, number in source.redacted.items()) or "nothing was found"
    yield f"redacted    {found}; {source.names_given:,} names were given"
    yield "not caught  names that are not on the list, streets, employers, illnesses, stories: it is not anonymous"
    yield f"use         holdfast audit MODEL --suite {out} --judge JUDGE"


def _salt(path: Path | None) -> bytes:
    """The operator's salt, or one that nobody keeps."""
    if path is None:
        return secrets.token_bytes(_SALT_BYTES)
    salt = _bytes(path)
    if len(salt) < _FEWEST_SALT:
        raise PathUnreadable(
            f"{path} is no salt",
            why=f"it has {len(salt)} bytes, and names could be found by trying fewer than {_FEWEST_SALT}",
            fix="make one: head -c 32 /dev/urandom > salt",
        )
    return salt


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in _bytes(path).decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as problem:
        raise PathUnreadable(
            f"{path} cannot be read", why="it is not UTF-8", fix="save it as UTF-8 text, one name a line"
        ) from problem


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise PathUnreadable(
            f"{path} cannot be read", why=problem.strerror or str(problem), fix="check the path"
        ) from problem


def own_folder(asked: Asked) -> Path | None:
    """The folder of own conversations that is to be replayed; None where suites are named.

    Raises:
        UnknownSuite: A folder beside another suite.
        JudgeUnclear: What only a replay has a use for, without one.
    """
    folders = [name for name in asked.suites if _is_folder(name)]
    of_replay = {"--rubric": asked.rubric, "--temperature": asked.temperature, "--redact-names": asked.redact_names}
    if asked.requests is None:
        of_replay |= {"--labelled": asked.labelled}
    for option, given in of_replay.items():
        if given is not None and not folders:
            raise JudgeUnclear(
                f"nothing here has a use for {option}",
                why="it is about one's own conversations, and none are replayed",
                fix="add --suite DIR, the folder that `holdfast suite import` wrote, or leave it out",
            )
    if not folders:
        return None
    if asked.redact_names is not None and asked.labelled is None:
        raise JudgeUnclear(
            "nothing here has a use for --redact-names",
            why="it takes names out of labelled transcripts; the conversations were redacted when they were imported",
            fix="add --labelled FILE, or leave it out",
        )
    if len(asked.suites) > 1:
        raise UnknownSuite(
            f"{folders[0]} stands alone, and {', '.join(asked.suites)} were given",
            why="own conversations are asked with controls on the subject itself, in a run of their own",
            fix="give it a run of its own",
        )
    return Path(folders[0])


def _is_folder(name: str) -> bool:
    """Whether a suite is named by its folder: no suite has a name with a slash or a dot at its beginning."""
    from holdfast.replay import is_kept

    return "/" in name or name.startswith((".", "~")) or is_kept(Path(name))


def prepared_replay(asked: Asked, folder: Path, subject: "Subject") -> "Prepared":
    """The plan of a replay.

    Raises:
        JudgeUnclear: Frozen data, for which it has no use; or see `prepare_replay`.
        MatchedUnfit: A matched model, for which it has no use.
    """
    from holdfast.assure import load_framework
    from holdfast.audit import ReplayChoice, prepare_replay

    if asked.matched is not None:
        raise MatchedUnfit(
            f"own conversations have no use for --matched {asked.matched}",
            why="only an exam tunes a model beside its subject",
            fix="leave it out, or leave --suite out and add --framework sandbagging",
        )
    if asked.frozen is not None:
        raise JudgeUnclear(
            "own conversations have no use for --frozen",
            why="they are in the folder that --suite names",
            fix="leave it out",
        )
    framework = load_framework(asked.framework or "replay")
    names = tuple(_lines(asked.redact_names)) if asked.redact_names else ()
    choice = ReplayChoice(folder.expanduser(), asked.judges, asked.rubric, asked.labelled, asked.temperature, names)
    return prepare_replay(choice, subject, framework, asked.seed, announce=say)


def traffic_log(out: Path, number: int, seed: int, share: Sequence[float], a_user: int) -> Outcome:
    """Write a log of the fictional world, for whoever wants to see a replay before there is a log of one's own."""
    import json

    from holdfast.errors import StorageFailed
    from holdfast.organisms import traffic

    restricted, fulfilled = share
    records = traffic(number, seed, restricted=restricted, fulfilled_then=fulfilled, a_user=a_user)
    try:
        out.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    except OSError as problem:
        raise StorageFailed(
            f"{out} cannot be written",
            why=problem.strerror or str(problem),
            fix="give another path",
        ) from problem
    return Outcome(
        0,
        human=(
            f"log         {out}: {number:,} conversations in the fictional language, which nobody had",
            f"use         holdfast suite import {out} --out own",
        ),
    )
