"""Assessment: rows and a framework in, a record out.

    load_framework          claims from TOML, read strictly
    assess                  an audit's own rows, with their plan and controls
    reassess                those rows again, under another framework
    with_truths             those rows with people's labels beside a judge's
    assess_logs             logs that another tool wrote, with human labels where there are any
    assess_tamper           runs in which copies of a subject were changed: what it cost, attack by attack
    reassess_tamper         those runs again, under another framework
    compare_logs            two sets of logs: paired differences, and which verdicts change
    NEEDS_PEOPLE            why a claim about people is not tested without an experiment with people
    ONLY_WITHIN             why a claim about a gap that is no margin is not tested
    ONLY_A_SURPLUS          why a claim about recognition that is no upper limit is not tested
    ONLY_AT_MOST            why a claim about an exam that is no upper limit is not tested
    ONLY_POOLED_REPLAY      why a claim about the worst stratum of own conversations is not tested
    BEYOND_MATCHED          the scope of a claim about what is hidden, and not learned
    ONLY_AN_EXAM            why such a claim about another check than an exam is not tested
    is_tamper               whether a claim is about attacks on the weights
    ONLY_AT_MOST_BROKEN     why a claim about attacks that is no upper limit is not tested
    load_prices             what a machine costs
    spending                what attacks took, and would cost
    worst_setting           which setting of a search did worst
    withheld                a run without what would tell at which setting it was done
    unjudged                replies on which a judge gave no verdict
    nothing_to_lose         benchmarks that cannot show whether a subject keeps what it can do
    NOTHING_CLAIMED         the framework of a tamper run of which nothing is claimed
    NOT_A_DIFFERENCE        why a margin that is claimed of a share is not tested
    POOLED_FAMILIES         why a claim about all families of wordings together is not tested
    known_unreadable        families of wordings of which it is known before a run that they will not count

Each gives a `Record`: findings, verdict and page. What is asked has a package each, with its statistics, its words and
its part of the page (`families`, `gap`, `recognition`, `bracket`, `elicited`, `cornered`, `attempts`, `replay`,
`tamper`), and so have `logs` and `comparison`. What they share lies beside them: rows become units in `_units`, pairs
in `_twins`, and findings in `_findings`, whose page is `_page`. No room knows that one.

This package runs no model and reads no file but frameworks. It belongs to the light wing: torch is never loaded here.
"""

from holdfast.assure._assess import assess
from holdfast.assure._estimates import exact_share, interval_estimate
from holdfast.assure._findings import NOT_A_DIFFERENCE
from holdfast.assure._frameworks import load_framework, parse_framework, shipped_frameworks
from holdfast.assure._leaves import LEAVES
from holdfast.assure._people import NEEDS_PEOPLE
from holdfast.assure._reading import POOLED_FAMILIES, known_unreadable
from holdfast.assure._reassess import reassess, replanned
from holdfast.assure._tamper import NOTHING_CLAIMED, assess_tamper, reassess_tamper, replanned_tamper
from holdfast.assure._truths import with_truths
from holdfast.assure._untested import ONLY_AN_EXAM
from holdfast.assure.bracket import ONLY_LEAST_FAVOURABLE
from holdfast.assure.comparison import compare_logs, comparison_plan
from holdfast.assure.elicited import BEYOND_MATCHED, ONLY_AT_MOST
from holdfast.assure.gap import ONLY_WITHIN
from holdfast.assure.logs import NO_FRAMEWORK, assess_logs, log_plan, of_one_subject
from holdfast.assure.recognition import ONLY_A_SURPLUS
from holdfast.assure.replay import ONLY_POOLED_REPLAY
from holdfast.assure.tamper import (
    ONLY_AT_MOST_BROKEN,
    is_tamper,
    load_prices,
    nothing_to_lose,
    spending,
    unjudged,
    withheld,
    worst_setting,
)

__all__ = [
    "BEYOND_MATCHED",
    "LEAVES",
    "NEEDS_PEOPLE",
    "NOTHING_CLAIMED",
    "NOT_A_DIFFERENCE",
    "NO_FRAMEWORK",
    "ONLY_AN_EXAM",
    "ONLY_AT_MOST",
    "ONLY_AT_MOST_BROKEN",
    "ONLY_A_SURPLUS",
    "ONLY_LEAST_FAVOURABLE",
    "ONLY_POOLED_REPLAY",
    "ONLY_WITHIN",
    "POOLED_FAMILIES",
    "assess",
    "assess_logs",
    "assess_tamper",
    "compare_logs",
    "comparison_plan",
    "exact_share",
    "interval_estimate",
    "is_tamper",
    "known_unreadable",
    "load_framework",
    "load_prices",
    "log_plan",
    "nothing_to_lose",
    "of_one_subject",
    "parse_framework",
    "reassess",
    "reassess_tamper",
    "replanned",
    "replanned_tamper",
    "shipped_frameworks",
    "spending",
    "unjudged",
    "with_truths",
    "withheld",
    "worst_setting",
]
