"""References: how a user names what is to be evaluated. Nothing is opened here; no name reaches a finding."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from holdfast.errors import UnknownReference

ORGANISM_PREFIX: Final = "organism:"
HUB_PREFIX: Final = "hf:"
INSPECT_PREFIX: Final = "inspect:"
PROVIDERS: Final = frozenset(
    {
        *("anthropic", "azureai", "bedrock", "cloudflare", "deepseek", "fireworks", "google", "grok", "groq", "hf"),
        *(
            "hf-inference-providers",
            "holdfast",
            "litellm-proxy",
            "llama-cpp-python",
            "meta",
            "mistral",
            "mockllm",
            "moonshot",
        ),
        *("nnterp", "ollama", "openai", "openai-api", "openai-api-completions", "openrouter", "perplexity"),
        *("sagemaker", "sambanova", "sglang", "together", "transformer_lens", "vllm", "vllm-completions"),
    }
)
"""The providers that Inspect 0.3.285 brings, and ours. Any other is named with `inspect:`."""

_REPOSITORY: Final = re.compile(r"(?P<repository>\w[\w.-]*(/\w[\w.-]*)?)(@(?P<revision>[\w./-]+))?", re.ASCII)
_MODEL_STRING: Final = re.compile(r"[\w-]+(/[^/\s]+)+")


@dataclass(frozen=True, slots=True)
class OrganismReference:
    """`organism:NAME`: a model with planted behaviour from the zoo."""

    name: str


@dataclass(frozen=True, slots=True)
class DirectoryReference:
    """The path of a local Hugging Face directory."""

    path: Path


@dataclass(frozen=True, slots=True)
class HubReference:
    """`hf:org/name@revision`: a model of the Hugging Face hub."""

    repository: str
    revision: str | None
    """A branch, a tag or a commit; None where the user gave none."""


@dataclass(frozen=True, slots=True)
class EndpointReference:
    """`http://host:port/v1#MODEL`: a model behind an endpoint that speaks the OpenAI wire."""

    base_url: str
    """Without a slash at its end; `/chat/completions` is appended to it."""
    model: str | None
    """None where the user gave none: then the endpoint must serve exactly one."""


@dataclass(frozen=True, slots=True)
class InspectReference:
    """`provider/model` or `inspect:provider/model`: a model string of Inspect."""

    model: str


Reference = OrganismReference | DirectoryReference | HubReference | EndpointReference | InspectReference


def parse_reference(text: str) -> Reference:
    """Read a reference. A directory that exists is one, whatever else its path may look like.

    Args:
        text: `organism:NAME`; a path, which holds a slash, begins with a dot, or names something that exists;
            `hf:org/name@revision`; `http(s)://host:port/v1#MODEL`; `inspect:provider/model`, or a model string whose
            first part is one of Inspect's providers.

    Raises:
        UnknownReference: It has none of these forms.
    """
    if text.startswith(ORGANISM_PREFIX):
        return OrganismReference(text.removeprefix(ORGANISM_PREFIX))
    if text.startswith(HUB_PREFIX):
        return _hub(text)
    if text.lower().startswith(("http:", "https:")):
        return _endpoint(text)
    if text.startswith(INSPECT_PREFIX):
        return _inspect(text, text.removeprefix(INSPECT_PREFIX))
    if text.partition("/")[0] in PROVIDERS and "/" in text and not Path(text).is_dir():
        return _inspect(text, text)
    if "/" in text or text.startswith((".", "~")) or (text and Path(text).exists()):
        return _directory(text)
    raise UnknownReference(
        f"cannot open {text!r}",
        why="it is neither organism:NAME, the path of a directory, hf:org/name, an endpoint nor a model string",
        fix=f"did you mean `{ORGANISM_PREFIX}{text}` or `./{text}`?",
    )


def _directory(text: str) -> DirectoryReference:
    try:
        return DirectoryReference(Path(text).expanduser())
    except RuntimeError as problem:
        raise UnknownReference(
            f"cannot open {text!r}",
            why="there is no such user, so there is no such home directory",
            fix="give the whole path",
        ) from problem


def _hub(text: str) -> HubReference:
    found = _REPOSITORY.fullmatch(text.removeprefix(HUB_PREFIX))
    if not found or ".." in text:
        raise UnknownReference(
            f"cannot open {text!r}",
            why="a model of the hub is an organisation and a name, and a revision if you like",
            fix="write it as hf:org/name or hf:org/name@revision",
        )
    return HubReference(found["repository"], found["revision"])


def _inspect(text: str, model: str) -> InspectReference:
    if not _MODEL_STRING.fullmatch(model):
        raise UnknownReference(
            f"cannot open {text!r}",
            why="a model string of Inspect is a provider, a slash and a model's name",
            fix="write it as provider/model, or inspect:provider/model",
        )
    return InspectReference(model)


def _endpoint(text: str) -> EndpointReference:
    try:
        parts = urlsplit(text)
        wrong = _wrong_with(parts)
    except ValueError as problem:
        parts, wrong = urlsplit(""), str(problem)
    if wrong:
        # A password in the address must not be repeated in a message.
        shown = text.replace(parts.netloc, parts.netloc.rpartition("@")[2]) if "@" in parts.netloc else text
        raise UnknownReference(
            f"cannot open {shown.partition('?')[0]!r}",
            why=wrong,
            fix="give the base address as OpenAI's clients take it, and the model behind a #: http://host:port/v1#MODEL",
        )
    return EndpointReference(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", parts.fragment or None)


def _wrong_with(parts: SplitResult) -> str | None:
    """What is wrong with an endpoint's address; None where nothing is. A port that is no number raises ValueError."""
    if not parts.hostname or parts.port == 0:
        return "the address names no host, or no port that can be asked"
    if "@" in parts.netloc:
        return "an address is written to the record, so it may hold no password; set HOLDFAST_API_KEY instead"
    if parts.query:
        return "an endpoint's address has no query, and one could hold a key; set HOLDFAST_API_KEY instead"
    if not parts.path.strip("/"):
        return "the address has no path; nearly every endpoint's ends in /v1"
    if parts.path.rstrip("/").endswith("/completions"):
        return "this is the address of one route; the base address ends before it"
    return None
