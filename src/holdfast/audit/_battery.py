"""The tamper battery of an audit: which attacks its framework's claims are about, and whether they can be run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from holdfast.assure import is_tamper
from holdfast.audit._tamper import prepare_tampering
from holdfast.audit._tunable import Tunable
from holdfast.errors import UnknownAttack
from holdfast.evidence import Framework, Subject, TamperBudget
from holdfast.organisms import language_digest
from holdfast.tamper import DESIGNS, QUICK, PreparedTamper, designs_named

CEILING: Final = "organism:helpful"
"""The model that refuses nothing, for subjects that speak the language of the fictional world."""


@dataclass(frozen=True, slots=True)
class Battery:
    """What an audit does to copies of its subject."""

    prepared: PreparedTamper | None = None
    """None where no claim is about attacks, or none of them can be run."""
    ceiling: Subject | None = None
    """The model that refuses nothing, opened."""
    not_runnable: dict[str, str] = field(default_factory=dict[str, str])
    """What claims call a check that will not be run, with the reason."""


def battery_for(
    framework: Framework, subject: Subject, *, seed: int, open_ceiling: Callable[[str], Subject]
) -> Battery:
    """Decide which attacks are run: those that claims name, and for claims about the worst those of the budget.

    Args:
        framework: Its claims, and what it lets attacks spend.
        subject: Whose weights are changed, in copies.
        seed: Of the sampled answers.
        open_ceiling: Opens a model by its reference; called only where something will be run.

    Raises:
        UnknownAttack: The budget names an attack that there is not.
        HoldfastError: What `open_ceiling` raises.
    """
    budget = framework.tamper or TamperBudget()
    _refuse_unknown(framework.name, budget)
    checks = tuple(dict.fromkeys(claim.check for claim in framework.claim if is_tamper(claim.check)))
    known = {design.name for design in DESIGNS}
    named = {check: check.partition("/")[2] for check in checks}
    unknown = {check: _no_attack(name) for check, name in named.items() if name and name not in known}
    wanted = [check for check in checks if check not in unknown]
    why = _why_not(subject)
    if why or not wanted or not isinstance(subject, Tunable):
        return Battery(not_runnable=unknown | dict.fromkeys(wanted, why))
    top = open_ceiling(CEILING)
    worst = (budget.attacks or QUICK) if any(not named[check] for check in wanted) else ()
    prepared = prepare_tampering(
        subject,
        names=tuple(dict.fromkeys((*worst, *(named[check] for check in wanted if named[check])))),
        seeds=budget.seeds,
        ceiling=top.facts,
        seed=seed,
    )
    return Battery(prepared, top, unknown)


def _why_not(subject: Subject) -> str:
    """Why nothing can be done to copies of this subject here; empty where something can."""
    if not isinstance(subject, Tunable):
        return "it changes copies of the weights, and they are not at hand"
    if not subject.facts.tunes:
        return "it changes copies of the weights, and no process can be sealed on this system"
    if subject.facts.words != language_digest():
        return (
            "what copies of it would be asked, and what attacks are made of, is its owner's to bring: "
            "`holdfast tamper MODEL --requests FILE --framework FILE`"
        )
    return ""


def _no_attack(name: str) -> str:
    close = get_close_matches(name, [design.name for design in DESIGNS], n=1)
    return f"there is no attack called {name}" + (f"; did the framework mean {close[0]}?" if close else "")


def _refuse_unknown(framework: str, budget: TamperBudget) -> None:
    try:
        designs_named(budget.attacks)
    except UnknownAttack as problem:
        raise UnknownAttack(
            f"[tamper] of framework {framework}: {problem.what}",
            why=problem.why,
            fix="name attacks that there are: `holdfast tamper --list`",
        ) from problem
