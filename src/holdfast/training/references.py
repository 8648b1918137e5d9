# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
"""The model as it was before training, to which a KL anchor ties it: the same weights with the adapter off, or a copy.

TRL loads it again by the path in the model's configuration: where a model was changed in memory, another one.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from typing import Any

from peft import PeftModel
from transformers import PreTrainedModel

Reference = Callable[[], AbstractContextManager[PreTrainedModel]]
"""Gives the model to ask for as long as it is open."""


def frozen_copy(model: PreTrainedModel) -> Reference:
    """The weights as they are now, in memory a second time: for training all weights.

    Args:
        model: Not yet trained.
    """
    kept = deepcopy(model).eval().requires_grad_(False)
    return lambda: nullcontext(kept)


def without_adapter(adapted: PeftModel) -> Reference:
    """The model that carries an adapter, with the adapter off while it is asked: no second copy.

    Args:
        adapted: From `get_peft_model`.
    """

    @contextmanager
    def switched_off() -> Generator[PreTrainedModel]:
        with adapted.disable_adapter():
            base: Any = adapted.get_base_model()
            yield base

    return switched_off
