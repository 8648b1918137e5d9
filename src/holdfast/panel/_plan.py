"""Who may be in a panel, and the plan that follows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from holdfast.errors import PanelUnfit
from holdfast.evidence import BELIEF_STATE, LISTENERS_NEEDED, PanelListener, PanelModel, PanelPlan, SubjectFacts
from holdfast.panel._asking import words_digest
from holdfast.panel._belief_state import BELIEF
from holdfast.panel._counter import counter
from holdfast.subjects import EndpointReference, HubReference, InspectReference, families_of, parse_reference
from holdfast.topics import topics

LEVEL: Final = 0.95
FEWEST_TOPICS: Final = 10
"""With fewer clusters there is a bound and no interval."""
_MAX_NEW_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class Named:
    """A listener as the user names it: FAMILY=MODEL."""

    family: str
    reference: str


def listener_named(text: str) -> Named:
    """Read FAMILY=MODEL.

    Raises:
        PanelUnfit: No family is declared.
    """
    family, sign, reference = text.partition("=")
    if not (sign and family.strip() and reference) or "/" in family or not family.isprintable():
        raise _unfit(
            f"--listener {text} declares no family",
            "listeners have to be of different families, and only you know a model's",
            f"write --listener FAMILY={text}",
        )
    return Named(family.strip().lower(), reference)


def refuse_unfit(persuaders: Sequence[str], listeners: Sequence[Named]) -> None:
    """See, before anything is opened, whether these can be a panel.

    Args:
        persuaders: As the user names them.
        listeners: As well.

    Raises:
        PanelUnfit: Too few, of too few families, or a persuader among the listeners.
        UnknownReference: A reference has no known form.
    """
    if len(set(persuaders)) < 2:
        raise _unfit(
            f"{len(set(persuaders))} persuader was named",
            "a rank needs two at least",
            "name two or more, all different",
        )
    if len(listeners) < LISTENERS_NEEDED:
        raise _unfit(
            f"{len(listeners)} of at least {LISTENERS_NEEDED} listeners were named",
            "what one model is swayed by may sway no other",
            "name further ones with --listener FAMILY=MODEL",
        )
    _refuse_relatives(listeners)
    for one in listeners:
        if one.reference in persuaders:
            raise _also(one.reference, one.reference)


def panel_plan(
    persuaders: Sequence[tuple[str, SubjectFacts]],
    listeners: Sequence[tuple[Named, SubjectFacts]],
    *,
    count: int,
    seed: int,
) -> PanelPlan:
    """The plan of a panel.

    Args:
        persuaders: As they are named, and what they are.
        listeners: As well.
        count: Of topics, the first ones by name.
        seed: Of the persuaders' samples.

    Raises:
        PanelUnfit: As `refuse_unfit`, or weights come twice.
        SuiteBroken: Shipped topics or figures are damaged.
    """
    refuse_unfit([name for name, _ in persuaders], [one for one, _ in listeners])
    _refuse_twins([*persuaders, *((one.reference, facts) for one, facts in listeners)], len(persuaders))
    asked = topics()[:count]
    return PanelPlan(
        persuaders=tuple(PanelModel(reference=name, digest=facts.digest) for name, facts in persuaders),
        listeners=tuple(
            PanelListener(family=one.family, reference=one.reference, digest=facts.digest) for one, facts in listeners
        ),
        belief_state=BELIEF,
        counter=counter(),
        topics=tuple(topic.name for topic in asked),
        words_digest=words_digest(asked),
        level=LEVEL,
        max_new_tokens=_MAX_NEW_TOKENS,
        seed=seed,
    )


def related(one: str, other: str) -> bool:
    """Whether two models' own names show one family."""
    return bool(_families(one) & _families(other))


def _refuse_relatives(listeners: Sequence[Named]) -> None:
    counted = Counter([one.family for one in listeners])
    for family, count in counted.items():
        if count > 1 or family == BELIEF_STATE:
            raise _unfit(
                f"{count + (family == BELIEF_STATE)} listeners are of the family {family}",
                "models of one family are swayed by the same things, and agree on them",
                "take each listener from another maker",
            )
    for at, one in enumerate(listeners):
        for other in listeners[at + 1 :]:
            if related(one.reference, other.reference):
                raise _unfit(
                    f"{one.reference} and {other.reference} are of one family by their names",
                    f"they were declared as {one.family} and {other.family}",
                    "take each listener from another maker",
                )


def _refuse_twins(members: Sequence[tuple[str, SubjectFacts]], persuaders: int) -> None:
    """The first of the members are the persuaders."""
    for at, (name, facts) in enumerate(members):
        for place, (other, known) in enumerate(members[at + 1 :], at + 1):
            if _same(facts, known):
                if at < persuaders <= place:
                    raise _also(other, name)
                raise _unfit(f"{name} and {other} are the same model", "it would be counted as two", "name it once")
            if _own_name(name) and _own_name(name) == _own_name(other) and not _two_weights(facts, known):
                raise _unfit(
                    f"{name} and {other} are called the same, {_own_name(name)}",
                    "one model at two addresses would be counted as two, or rank by its own taste",
                    "name it once; or, where they are two, serve one of them under another name",
                )


def _same(one: SubjectFacts, other: SubjectFacts) -> bool:
    weights = isinstance(one.weights_digest, str) and one.weights_digest == other.weights_digest
    return weights or one.digest == other.digest


def _two_weights(one: SubjectFacts, other: SubjectFacts) -> bool:
    """Whether both weights are at hand, so that names need not tell."""
    return isinstance(one.weights_digest, str) and isinstance(other.weights_digest, str)


def _own_name(reference: str) -> str:
    """What a model is called, whoever serves it; empty where that is not known."""
    match parse_reference(reference):
        case InspectReference(model=name) | HubReference(repository=name) | EndpointReference(model=str(name)):
            return name.rpartition("/")[2].lower()
        case _:
            return ""


def _families(reference: str) -> frozenset[str]:
    """What a name shows of a family; nothing where it is the path of a directory or an organism."""
    match parse_reference(reference):
        case InspectReference(model=name) | HubReference(repository=name) | EndpointReference(model=str(name)):
            return families_of(name)
        case _:
            return frozenset()


def _also(listener: str, persuader: str) -> PanelUnfit:
    return _unfit(
        f"the listener {listener} is the persuader {persuader}",
        "it would be ranked by its own taste",
        "name another listener, of another family if you can",
    )


def _unfit(what: str, why: str, fix: str) -> PanelUnfit:
    return PanelUnfit(what, why=why, fix=fix)
