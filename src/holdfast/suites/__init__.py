"""Published suites, run as their authors wrote them: nothing of them is rewritten and none of their data are shipped.

    suite_named             one of the suites that can be run
    load_suite              import its one module of inspect_evals, fetch its data or take frozen ones, build its task
    run_suite               run that task through Inspect; what comes back is a log, for `holdfast.readers`
    freeze_suite            fetch the data once, for a machine without a network

This package judges nothing and reads no score. inspect_ai and inspect_evals are imported when a suite is loaded, and of
inspect_evals the one module that holds the suite.
"""

from holdfast.suites._freeze import freeze_suite
from holdfast.suites._frozen import FrozenHead
from holdfast.suites._known import SUITES, KnownSuite, Publisher, suite_named
from holdfast.suites._load import Loaded, load_suite
from holdfast.suites._run import run_suite

__all__ = [
    "SUITES",
    "FrozenHead",
    "KnownSuite",
    "Loaded",
    "Publisher",
    "freeze_suite",
    "load_suite",
    "run_suite",
    "suite_named",
]
