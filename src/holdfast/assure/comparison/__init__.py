"""Two sets of logs: paired differences, and which verdicts change.

    comparison_plan           the plan of a comparison
    compare_logs              its record
    compare_checks, Compared  one check that both have, with its difference

Which of the two is better is for whoever states a margin.
"""

from holdfast.assure.comparison._comparison import compare_logs, comparison_plan
from holdfast.assure.comparison._differences import Compared, compare_checks

__all__ = ["Compared", "compare_checks", "compare_logs", "comparison_plan"]
