"""The audit: joins subjects, suites and checks; runs, resumes, assesses.

    subject = open_subject("organism:aligned")
    framework = load_framework("demo")
    prepared = prepare(subject.facts, framework, suites_for(subject.facts), seed=0)
    audited = audit(prepared, subject, reference="organism:aligned")

`forecast` says what a prepared plan would cost and could decide. This is the one package that knows checks, suites and
subjects at once; it knows no statistics and draws nothing.
"""

from holdfast.audit._audit import Audited, audit
from holdfast.audit._cards import calibration_cards
from holdfast.audit._collect import Collected, Progress, collect, scored
from holdfast.audit._forecast import ClaimForecast, EndpointCost, Forecast, LocalCost, forecast
from holdfast.audit._open import (
    open_subject,
    organism_cache,
    pin_reference,
    require_inspect,
    require_models,
    require_server,
)
from holdfast.audit._prepare import Prepared, SuiteChoice, prepare, suites_for

__all__ = [
    "Audited",
    "ClaimForecast",
    "Collected",
    "EndpointCost",
    "Forecast",
    "LocalCost",
    "Prepared",
    "Progress",
    "SuiteChoice",
    "audit",
    "calibration_cards",
    "collect",
    "forecast",
    "open_subject",
    "organism_cache",
    "pin_reference",
    "prepare",
    "require_inspect",
    "require_models",
    "require_server",
    "scored",
    "suites_for",
]
