"""What is kept on disk: the ledger of committed plans, and the directories of runs.

`Ledger` is append-only and hash-chained; `commitment` and its neighbours say in it which logs were judged by what, and
since when a framework has been known; `open_run` finds or makes a run's directory, where
`JudgeLog` keeps the calls of judges; `home` says where the ledger and
trained organisms live. This package does not know what any of it means.
"""

from holdfast.store._assessments import assessment_ordinals, commit_assessment, commit_framework, commitment
from holdfast.store._home import home
from holdfast.store._judge_notes import JudgeLog, open_judge_log
from holdfast.store._ledger import Entry, Ledger
from holdfast.store._runs import FinishedRun, RunDirectory, is_run, load_run, open_run, suite_logs

__all__ = [
    "Entry",
    "FinishedRun",
    "JudgeLog",
    "Ledger",
    "RunDirectory",
    "assessment_ordinals",
    "commit_assessment",
    "commit_framework",
    "commitment",
    "home",
    "is_run",
    "load_run",
    "open_judge_log",
    "open_run",
    "suite_logs",
]
