"""Models for published suites: whatever a user can name, as Inspect asks it."""

from typing import TYPE_CHECKING, Any, Final

from holdfast.audit._hub import hub_directory
from holdfast.audit._inspect_subject import made_by_inspect, named_facts
from holdfast.audit._open import organism_cache, require_models
from holdfast.evidence import SubjectFacts
from holdfast.organisms import organism_directory
from holdfast.subjects import DirectoryReference, EndpointReference, HubReference, InspectReference, parse_reference

if TYPE_CHECKING:
    from inspect_ai.model import Model

MAX_RETRIES: Final = 5
ATTEMPT_TIMEOUT_S: Final = 120


def inspect_model(reference: str, *, device: str | None = None, dtype: str | None = None) -> "Model":
    """The model that a reference names, as Inspect asks it: a local one through our own engine.

    Args:
        reference: As for `open_subject`.
        device: Where a local model shall run; None to choose.
        dtype: In which number type; None to choose.

    Raises:
        UnknownReference: The reference has no known form.
        UnknownOrganism: There is no organism of that name.
        ExtraNotInstalled: torch or transformers is missing.
        EndpointRefused: Inspect cannot make the model: no such provider, or no key.
        MissingError: The model cannot be opened or fetched; see `open_subject`.
    """
    name = _model_string(reference)
    placed: dict[str, Any] = {"device": device, "dtype": dtype} if name.startswith("holdfast/") else {}
    from inspect_ai.model import GenerateConfig

    # A judge is configured here alone: what a run sends along is meant for its subject.
    patience = GenerateConfig(max_retries=MAX_RETRIES, attempt_timeout=ATTEMPT_TIMEOUT_S)
    return made_by_inspect(name, config=patience, **placed)


def facts_of(model: "Model") -> SubjectFacts:
    """What is known of a model: of a local one its digests, of any other its name."""
    facts: object = getattr(model.api, "facts", None)
    if isinstance(facts, SubjectFacts):
        return facts
    return named_facts(str(model), model, MAX_RETRIES, begins_replies=False)


def is_ours(model: "Model") -> bool:
    """Whether our own engine or client answers; neither calls tools."""
    return isinstance(getattr(model.api, "facts", None), SubjectFacts)


def _model_string(reference: str) -> str:
    parsed = parse_reference(reference)
    match parsed:
        case InspectReference():
            return parsed.model
        case EndpointReference():
            return f"holdfast-wire/{reference}"
        case DirectoryReference():
            directory = parsed.path.resolve()
        case HubReference():
            require_models()
            directory, _ = hub_directory(parsed)
        case _:
            directory = organism_directory(parsed.name, organism_cache())
    require_models()
    return f"holdfast/{directory}"
