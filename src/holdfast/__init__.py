"""Holdfast tells whether an AI model's safety holds: which claims, and how sure one may be.

Rows of scored samples go in, a record of findings comes out; each finding has its n, its interval, its threshold and a
verdict. `holdfast.audit.audit` runs a plan against a subject; `assess` judges rows that somebody already has.

    from holdfast import assess, load_framework

Names are loaded when they are first used, so importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holdfast.assure import assess, load_framework
    from holdfast.audit import open_subject, prepare, suites_for
    from holdfast.errors import HoldfastError
    from holdfast.evidence import Record

_HOMES = {
    "HoldfastError": "holdfast.errors",
    "Record": "holdfast.evidence",
    "assess": "holdfast.assure",
    "load_framework": "holdfast.assure",
    "open_subject": "holdfast.audit",
    "prepare": "holdfast.audit",
    "suites_for": "holdfast.audit",
}

__all__ = ["HoldfastError", "Record", "assess", "load_framework", "open_subject", "prepare", "suites_for"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'holdfast' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
