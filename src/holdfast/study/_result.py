"""What an audit takes over from an experiment: the last record, where the log says that it was made."""

from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import ValidationError

from holdfast.errors import StudyBroken, StudyMissing
from holdfast.evidence import StudyRecord, StudyResult
from holdfast.study._directory import LOG
from holdfast.study._log import Entry, read_entries
from holdfast.study._verify import verify

_ANALYSE = "holdfast study analyse DIR --data FILE"


def latest_record(directory: Path, *, heads: Sequence[str] = ()) -> StudyRecord:
    """The record that the log was last told of, whatever its folder is called.

    Args:
        directory: Of the experiment.
        heads: Digests of entries of the log that somebody wrote down elsewhere, as for `verify`.

    Raises:
        StudyMissing: There is no experiment or no analysis, or more happened after the last one.
        StudyBroken: The log does not hold, or the record that it was last told of is not there.
    """
    found = verify(directory, heads=heads)
    if found.status != "holds":
        raise StudyBroken(
            f"the log in {directory} does not hold",
            why=(*found.faults, *found.untested)[0],
            fix="restore it from a copy; `holdfast study verify DIR` lists every fault",
        )
    last = _last_recorded(directory, read_entries(directory / LOG)[0])
    for path in sorted(directory.glob("analysis-*/record.json")):
        record = _record(path)
        if record is not None and record.digest == last.words:
            return record
    raise StudyBroken(
        f"the record of the last analysis is not in {directory}",
        why=f"the log was last told of {last.words}, and no analysis-* there holds it: it was removed or "
        "changed, or another version of Holdfast wrote it",
        fix=f"restore the directory from a copy, or {_ANALYSE}",
    )


def _last_recorded(directory: Path, entries: Sequence[Entry]) -> Entry:
    """The entry of the last record, where nothing was drawn or looked at since."""
    places = [place for place, entry in enumerate(entries) if entry.kind == "recorded"]
    if not places:
        raise StudyMissing(f"no analysis in {directory}", why="nobody has analysed it here", fix=_ANALYSE)
    since = {entry.kind for entry in entries[places[-1] :]}
    if since & {"assigned", "analysed"}:
        what = "people were drawn" if "assigned" in since else "an analysis was begun and not finished"
        raise StudyMissing(f"no analysis of all that is in {directory}", why=f"{what} after the last one", fix=_ANALYSE)
    return entries[places[-1]]


def _record(path: Path) -> StudyRecord | None:
    """The record in a file; None where there is none, for then it is not the one that is looked for."""
    try:
        return StudyRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def result_of(record: StudyRecord, references: Collection[str]) -> StudyResult:
    """The part of a record that an audit needs.

    Args:
        record: From `latest_record`.
        references: What the audited subject is called: an arm is about it whose model was registered by one of them.
    """
    arms = record.preregistration.arms
    return StudyResult(
        record_digest=record.digest,
        preregistration_digest=record.preregistration_digest,
        title=record.preregistration.title,
        deviations=record.deviations,
        models=tuple(dict.fromkeys(arm.model for arm in arms if isinstance(arm.model, str))),
        findings=tuple(finding for finding in record.findings if finding.arm.model in references),
    )
