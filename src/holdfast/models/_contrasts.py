# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""From a contrast of prompts to a vector: the states behind both lists, and the difference of their means."""

from collections.abc import Callable
from typing import Final

from torch import Tensor

from holdfast.errors import UnreadableModel
from holdfast.evidence import Absent, PromptContrast, Steer
from holdfast.evidence._steer import Conversation
from holdfast.models._engine import Engine
from holdfast.models._layers import decoder_layers
from holdfast.models._steering import Steering

_QUARTERS: Final = 4

Tokens = tuple[int, ...]


class Contrasts:
    """The vectors of one model, each computed once and kept in memory."""

    def __init__(self, engine: Engine, tokens_of: Callable[[Conversation], Tokens]) -> None:
        """Nothing is computed yet.

        Args:
            engine: Whose states are read.
            tokens_of: A conversation as the model reads it, up to where it goes on.
        """
        self._engine, self._tokens_of = engine, tokens_of
        self._known: dict[tuple[str, int], Tensor] = {}

    def steering(self, steer: Steer) -> Steering | Absent:
        """What is added, and where; or why nothing can be.

        Returns:
            The dose times the vector, made as long as another contrast's where that is wanted. It depends on the
            weights and on what the plan says, and not on what was asked before.
        """
        try:
            layer = -(-len(decoder_layers(self._engine.model)) * steer.quarter // _QUARTERS)
        except UnreadableModel as problem:
            return Absent(absent="not tested", reason=f"{problem.what}: {problem.why}")
        vector, like = self._vector(steer.contrast, layer), self._vector(steer.as_long_as or steer.contrast, layer)
        length, wanted = float(vector.norm()), float(like.norm())
        # Neither holds of a number that is none.
        if not (0 < length < float("inf") and 0 < wanted < float("inf")):
            return Absent(absent="not tested", reason="the states behind the two lists of prompts do not differ")
        return Steering(layer, vector * (steer.dose * wanted / length))

    def _vector(self, contrast: PromptContrast, layer: int) -> Tensor:
        """(width,) float32, on the CPU."""
        key = contrast.digest, layer
        if key not in self._known:
            prompts = [self._tokens_of(turns) for turns in (*contrast.toward, *contrast.away)]
            states = self._engine.states(prompts, [layer])[:, 0].double()
            split = len(contrast.toward)
            self._known[key] = (states[:split].mean(0) - states[split:].mean(0)).float()
        return self._known[key]
