"""Models in this process: opening a local directory, the engine that runs it, and the ways to ask it.

    open_directory      load a Hugging Face directory, or raise a coded error
    LocalSubject        asks in, replies out: what an audit talks to
    Engine              token ids in, token ids and log-probabilities out, for many sequences at once
    EngineWorker        an engine that many callers share, each request on its own
    Steering            a vector that is added to the residual stream of a whole batch

The engine keeps what `generate` of transformers throws away: finished rows make room, shared beginnings are computed
once, every token comes with its id and the log-probability that it was drawn with. This package does not know what is
asked or why, and it writes no weights.
"""

from holdfast.models._activations import load_activations, save_activations
from holdfast.models._chat import Chat
from holdfast.models._engine import Engine
from holdfast.models._layers import decoder_layers, hooked, stream_of
from holdfast.models._open import OpenedModel, open_directory
from holdfast.models._placement import Placement, Resolved, place
from holdfast.models._request import Capture, Completion, Request
from holdfast.models._steering import Steering
from holdfast.models._subject import LocalSubject
from holdfast.models._worker import EngineWorker

__all__ = [
    "Capture",
    "Chat",
    "Completion",
    "Engine",
    "EngineWorker",
    "LocalSubject",
    "OpenedModel",
    "Placement",
    "Request",
    "Resolved",
    "Steering",
    "decoder_layers",
    "hooked",
    "load_activations",
    "open_directory",
    "place",
    "save_activations",
    "stream_of",
]
