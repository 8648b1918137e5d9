"""`holdfast audit --weight-noise`: an exam that is also asked under noise on the subject's weights."""

from typing import TYPE_CHECKING

import click

from holdfast.cli._published import Asked
from holdfast.errors import NoNoise

if TYPE_CHECKING:
    from holdfast.evidence import Framework, Subject

noise_option = click.option(
    "--weight-noise",
    is_flag=True,
    help="Ask an exam under noise on a copy of the weights too, behind a seal: a sign beside the gains, and no more.",
)
"""The option, on a command."""


def wants_noise(asked: Asked, claims: "Framework", subject: "Subject") -> bool:
    """Whether noise is wanted.

    Raises:
        NoNoise: It is, and cannot be had here, or no claim is about an exam.
    """
    from holdfast.checks import CHECKS

    if not asked.weight_noise:
        return False
    if not any(claim.check in CHECKS and CHECKS[claim.check].in_exam for claim in claims.claim):
        raise _none_for(f"no claim of framework {claims.name} is about an exam", "add --framework sandbagging")
    if subject.facts.access != "weights":
        raise _none_for(f"the weights of {asked.model} are not at hand", "name a local model")
    if not subject.facts.tunes:
        raise _none_for("no process that may write nothing can be had here", "use Linux, and install holdfast[audit]")
    return True


def refuse_noise(asked: Asked) -> None:
    """Refuse noise where no exam is set.

    Raises:
        NoNoise: It was wanted.
    """
    if asked.weight_noise:
        raise _none_for("published suites and replayed conversations are no exam", "leave --suite out")


def _none_for(why: str, fix: str) -> NoNoise:
    return NoNoise("there is no exam to be asked under --weight-noise", why=why, fix=f"{fix}, or leave it out")
