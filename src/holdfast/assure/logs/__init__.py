"""Logs that another tool wrote: from their samples to a record.

    log_plan            the plan of an assessment
    assess_logs         its record
    findings_under      one finding for each claim of a framework
    measured, Measured  a check's rows, judged once for every claim
    of_one_subject      which logs belong together
    NO_FRAMEWORK        the framework where nothing is claimed

Nothing was planned before such a run, so there are no controls, and findings say that.
"""

from holdfast.assure.logs._assess import NO_FRAMEWORK, assess_logs, findings_under
from holdfast.assure.logs._findings import Measured, measured
from holdfast.assure.logs._plan import log_plan, of_one_subject

__all__ = ["NO_FRAMEWORK", "Measured", "assess_logs", "findings_under", "log_plan", "measured", "of_one_subject"]
