"""The audit: joins subjects, suites and checks; runs, resumes, assesses.

    subject = open_subject("organism:aligned")
    framework = load_framework("demo")
    prepared = prepare(subject.facts, framework, suites_for(subject.facts), seed=0)
    audited = audit(prepared, subject, reference="organism:aligned")

`prepare_replay` takes the place of `prepare` where own conversations are asked again; `own_suites` gives `prepare` what
is asked where the owner brings requests or questions. `prepare_suites` and
`audit_suites` do the same with published suites, whose logs are judged as any log is.
`battery_for` plans attacks on copies of its weights, where a framework has claims about them. `prepare_tampering` and
`tamper` change copies of a subject's weights behind the seal.
`forecast` says what a prepared plan would cost and could decide. This is the one package that knows checks, suites and
subjects at once; it knows no statistics and draws nothing.
"""

from holdfast.audit._audit import Audited, audit
from holdfast.audit._battery import Battery, battery_for
from holdfast.audit._cards import calibration_cards
from holdfast.audit._collect import Collected, Progress, collect, scored
from holdfast.audit._committed import Finished
from holdfast.audit._forecast import ClaimForecast, EndpointCost, Forecast, LocalCost, forecast
from holdfast.audit._judging import completing, judge_of_topics, judges_wanted
from holdfast.audit._open import (
    open_subject,
    organism_cache,
    pin_reference,
    require_inspect,
    require_models,
    require_server,
    require_training,
)
from holdfast.audit._own_asked import own_suites
from holdfast.audit._own_requests import OwnRequests
from holdfast.audit._own_tampering import OwnFiles
from holdfast.audit._prepare import Prepared, SuiteChoice, measured_with, prepare, suites_for
from holdfast.audit._replay import FICTIONAL, ReplayChoice, prepare_replay
from holdfast.audit._suite_forecast import SuitesForecast, forecast_suites
from holdfast.audit._suites import PreparedSuites, audit_suites, prepare_suites
from holdfast.audit._tamper import prepare_tampering, refuse_untamperable, tamper
from holdfast.audit._tunable import Tunable

__all__ = [
    "FICTIONAL",
    "Audited",
    "Battery",
    "ClaimForecast",
    "Collected",
    "EndpointCost",
    "Finished",
    "Forecast",
    "LocalCost",
    "OwnFiles",
    "OwnRequests",
    "Prepared",
    "PreparedSuites",
    "Progress",
    "ReplayChoice",
    "SuiteChoice",
    "SuitesForecast",
    "Tunable",
    "audit",
    "audit_suites",
    "battery_for",
    "calibration_cards",
    "collect",
    "completing",
    "forecast",
    "forecast_suites",
    "judge_of_topics",
    "judges_wanted",
    "measured_with",
    "open_subject",
    "organism_cache",
    "own_suites",
    "pin_reference",
    "prepare",
    "prepare_replay",
    "prepare_suites",
    "prepare_tampering",
    "refuse_untamperable",
    "require_inspect",
    "require_models",
    "require_server",
    "require_training",
    "scored",
    "suites_for",
    "tamper",
]
