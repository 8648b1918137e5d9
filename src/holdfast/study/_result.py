"""What an audit takes over from an experiment: the last record, where the log says that it was made."""

import re
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from holdfast.errors import StudyBroken, StudyMissing
from holdfast.evidence import StudyRecord, StudyResult
from holdfast.study._directory import LOG
from holdfast.study._log import read_entries
from holdfast.study._verify import verify

_ANALYSE = "holdfast study analyse DIR --data FILE"


def latest_record(directory: Path) -> StudyRecord:
    """The record of the last analysis.

    Raises:
        StudyMissing: There is no experiment or no analysis, or its record cannot be read.
        StudyBroken: The log does not hold, or knows nothing of this record.
    """
    found = verify(directory)
    places = [
        (int(name[1]), path) for path in directory.iterdir() if (name := re.fullmatch(r"analysis-(\d+)", path.name))
    ]
    if not places:
        raise StudyMissing(f"no analysis in {directory}", why="nobody has analysed it here", fix=_ANALYSE)
    path = max(places)[1] / "record.json"
    try:
        record = StudyRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as problem:
        raise StudyMissing(f"{path} cannot be read", why=str(problem).split("\n")[0], fix=_ANALYSE) from problem
    if found.status != "holds":
        raise StudyBroken(
            f"the log in {directory} does not hold",
            why=(*found.faults, *found.untested)[0],
            fix="restore it from a copy; `holdfast study verify DIR` lists every fault",
        )
    known = {entry.words for entry in read_entries(directory / LOG)[0] if entry.kind == "recorded"}
    if record.digest not in known:
        raise StudyBroken(
            f"{path} is not what was written",
            why="the log holds the digest of every record that was made, and not of this one",
            fix=_ANALYSE,
        )
    return record


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
