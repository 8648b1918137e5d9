"""What an owner brings to an audit, and which checks it is for."""

from collections.abc import Callable

from holdfast.audit._own_exam import own_exam
from holdfast.audit._own_requests import OwnRequests
from holdfast.audit._own_twins import own_twins
from holdfast.checks import AWARENESS, CHECKS, SANDBAGGING
from holdfast.errors import MaterialUnfit
from holdfast.evidence import CheckDesign, Framework, SubjectFacts, Suite
from holdfast.organisms import language_digest


def own_suites(
    own: OwnRequests, subject: SubjectFacts, framework: Framework, *, announce: Callable[[str], None] = lambda _: None
) -> tuple[dict[str, Suite], dict[str, CheckDesign]]:
    """The suites that are made of what the owner brings, for the checks that the framework has claims about.

    Args:
        own: What the owner names.
        subject: Who is asked.
        framework: Its claims choose the checks.
        announce: Told where replies go.

    Returns:
        By check: twins where there are restricted requests, an exam where there are questions. And all designs, with
        replies as long as the owner says.

    Raises:
        MaterialUnfit: No claim would use what was brought, the subject does not speak English, or see `own_twins` and
            `own_exam`, which have the other errors too.
    """
    claimed = {claim.check for claim in framework.claim}
    if subject.words == language_digest():
        raise MaterialUnfit(
            "this subject is not asked in English",
            why="it speaks the language of the fictional world, and has requests and framings in that",
            fix="leave --requests and --benchmark out",
        )
    made: dict[str, tuple[Suite, CheckDesign]] = {}
    if own.requests is not None and AWARENESS.id in claimed:
        made[AWARENESS.id] = own_twins(own, own.requests, subject, announce)
    if own.benchmarks and SANDBAGGING.id in claimed:
        made[SANDBAGGING.id] = own_exam(own.benchmarks, own.max_new_tokens)
    if not made:
        raise MaterialUnfit(
            f"no claim of framework {framework.name} would use what you bring",
            why=f"requests are asked in twins, for claims about {AWARENESS.id}; questions with answers are an exam, "
            f"for claims about {SANDBAGGING.id}",
            fix="add --framework awareness, or --framework sandbagging",
        )
    suites = {check: suite for check, (suite, _) in made.items()}
    return suites, CHECKS | {check: design for check, (_, design) in made.items()}
