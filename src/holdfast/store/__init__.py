"""What is kept on disk: the ledger of committed plans, and the directories of runs.

`Ledger` is append-only and hash-chained; `commitment` and its neighbours say in it which logs were judged by what, and
since when a framework has been known; `open_run` finds or makes a run's directory and keeps other processes out of it;
`JudgeLog` keeps the calls of judges there; `home` says where the ledger and trained organisms live. This package does
not know what any of it means.
"""

from holdfast.store._assessments import (
    assessment_ordinals,
    began,
    commit_assessment,
    commit_framework,
    commitment,
    committed_with,
)
from holdfast.store._home import home
from holdfast.store._judge_notes import JudgeLog, open_judge_log
from holdfast.store._ledger import Entry, Ledger
from holdfast.store._runs import FinishedRun, RunDirectory, is_run, load_run, open_run, suite_logs
from holdfast.store._secret import secret_for
from holdfast.store._tampered import TamperedRun, is_tampered, load_attacked, load_tamper_runs, load_tampered

__all__ = [
    "Entry",
    "FinishedRun",
    "JudgeLog",
    "Ledger",
    "RunDirectory",
    "TamperedRun",
    "assessment_ordinals",
    "began",
    "commit_assessment",
    "commit_framework",
    "commitment",
    "committed_with",
    "home",
    "is_run",
    "is_tampered",
    "load_attacked",
    "load_run",
    "load_tamper_runs",
    "load_tampered",
    "open_judge_log",
    "open_run",
    "secret_for",
    "suite_logs",
]
