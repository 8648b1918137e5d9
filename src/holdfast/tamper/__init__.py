"""Tampering: what it costs to remove a model's safety by changing its weights, measured behind a seal.

    DESIGNS, designs_named   the attacks: published families at one coarse setting each
    prepare_tamper           everything that is decided before a weight is changed, with its plan
    fitting                  which of them can be run with what there is
    commitment               to the worst setting of a search, which is not said
    do_runs                  the runs, in processes that can write nothing

Importing this loads no torch: only the sealed processes do. What is asked and what attacks are made of is given to it:
it knows no world. No weights leave, nothing is saved, and no option allows it.
"""

from holdfast.tamper._designs import DESIGNS, QUICK
from holdfast.tamper._hearing import Ears
from holdfast.tamper._prepare import Asked, Labelling, PreparedTamper, designs_named, prepare_tamper
from holdfast.tamper._runs import Done, Where, do_runs
from holdfast.tamper._search import commitment, unspoken
from holdfast.tamper._sizes import FEWEST_PAIRS, LARGE, fitting

__all__ = [
    "DESIGNS",
    "FEWEST_PAIRS",
    "LARGE",
    "QUICK",
    "Asked",
    "Done",
    "Ears",
    "Labelling",
    "PreparedTamper",
    "Where",
    "commitment",
    "designs_named",
    "do_runs",
    "fitting",
    "prepare_tamper",
    "unspoken",
]
