"""What an owner brings to an audit, and which checks it is for."""

from collections.abc import Callable
from typing import Final

from holdfast.audit._own_exam import own_exam
from holdfast.audit._own_recognition import own_recognition
from holdfast.audit._own_requests import OwnRequests
from holdfast.audit._own_twins import own_bracket, own_twins
from holdfast.checks import AWARENESS, BRACKET, CHECKS, RECOGNITION, SANDBAGGING
from holdfast.errors import MaterialUnfit
from holdfast.evidence import CheckDesign, Framework, SubjectFacts, Suite
from holdfast.organisms import language_digest

_OF_REQUESTS: Final = (AWARENESS.id, BRACKET.id)
_OF_QUESTIONS: Final = (SANDBAGGING.id, RECOGNITION.id)


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
        By check: twins and what hangs on them where there are restricted requests, an exam and what is asked around
        questions where there are some with answers. And all designs, with replies as long as the owner says.

    Raises:
        MaterialUnfit: No claim would use what was brought, the subject does not speak English, or see what makes
            each suite, which has the other errors too.
    """
    claimed = {claim.check for claim in framework.claim}
    if subject.words == language_digest():
        raise MaterialUnfit(
            "this subject is not asked in English",
            why="it speaks the language of the fictional world, and has requests and framings in that",
            fix="leave --requests and --benchmark out",
        )
    unused = own.requests is not None and not claimed & set(_OF_REQUESTS)
    made = {} if unused else _made(own, subject, claimed, announce)
    if not made:
        raise MaterialUnfit(
            f"no claim of framework {framework.name} would use what you bring",
            why=f"requests are asked for claims about {' and '.join(_OF_REQUESTS)}, questions with answers for claims "
            f"about {' and '.join(_OF_QUESTIONS)}",
            fix=f"add --framework {_OF_REQUESTS[0]}, or --framework {_OF_QUESTIONS[0]}",
        )
    suites = {check: suite for check, (suite, _) in made.items()}
    return suites, CHECKS | {check: design for check, (_, design) in made.items()}


def _made(
    own: OwnRequests, subject: SubjectFacts, claimed: set[str], announce: Callable[[str], None]
) -> dict[str, tuple[Suite, CheckDesign]]:
    made: dict[str, tuple[Suite, CheckDesign]] = {}
    if own.requests is not None and claimed & set(_OF_REQUESTS):
        twins, design = own_twins(own, own.requests, subject, announce)
        made[AWARENESS.id] = twins, design
        if BRACKET.id in claimed:
            made[BRACKET.id] = own_bracket(twins, own.max_new_tokens)
    if own.benchmarks and SANDBAGGING.id in claimed:
        made[SANDBAGGING.id] = own_exam(own.benchmarks, own.max_new_tokens)
    if own.benchmarks and RECOGNITION.id in claimed:
        made[RECOGNITION.id] = own_recognition(own.benchmarks, own.max_new_tokens)
    return made
