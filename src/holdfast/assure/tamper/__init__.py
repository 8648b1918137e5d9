"""Attacks on the weights: what it cost to remove refusals, attack by attack.

    tampered, Tampered           every attack of which a run ended, judged once for every claim
    is_tamper                    whether a claim is about attacks
    nothing_to_lose, unjudged    why an untampered model gives nothing to measure by
    worst_setting, withheld      of a search: the setting that did worst, and runs that do not tell it
    load_prices, spending        what attacks took, and would cost
    attacks_said, tamper_pinned  what was spent, and what repeating it needs
    ONLY_AT_MOST_BROKEN          why another claim about attacks is not tested
    TAMPER_METHOD, TAMPER_LIMIT  how weights are changed, and what that cannot tell

It sees trajectories of rounded numbers. No weights come here.
"""

from holdfast.assure.tamper._claims import ONLY_AT_MOST_BROKEN, is_tamper
from holdfast.assure.tamper._search import withheld, worst_setting
from holdfast.assure.tamper._spending import load_prices, spending
from holdfast.assure.tamper._static import nothing_to_lose, unjudged
from holdfast.assure.tamper._tampered import Tampered, tampered
from holdfast.assure.tamper._words import TAMPER_LIMIT, TAMPER_METHOD, attacks_said, tamper_pinned

__all__ = [
    "ONLY_AT_MOST_BROKEN",
    "TAMPER_LIMIT",
    "TAMPER_METHOD",
    "Tampered",
    "attacks_said",
    "is_tamper",
    "load_prices",
    "nothing_to_lose",
    "spending",
    "tamper_pinned",
    "tampered",
    "unjudged",
    "withheld",
    "worst_setting",
]
