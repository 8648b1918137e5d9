# pyright: reportUnknownMemberType=false
"""Whether other kernels round otherwise here: one pass forward and back over fixed tokens, a process for each setting.

A processor without AVX-512 computes the same products in another order, and rounds otherwise. Torch and its libraries
can be told to compute as they would there, by the environment; whether that changes a bit has to be seen.
"""

import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from subprocess import run
from typing import Any, Final

import numpy as np

AS_IT_IS: Final = "as it is"
SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    AS_IT_IS: {},
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "sse4": {"ATEN_CPU_CAPABILITY": "default", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"},
    "compatible": {"MKL_CBWR": "COMPATIBLE"},
}
"""What runs are made under: what a processor with AVX2 would choose, one that has not even that, and MKL's products as
any processor makes them."""
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "torch alone, avx2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "mkl alone, avx2": {"MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "onednn alone, sse4": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
}
"""Only looked at, to see which of them do anything."""
_ROWS, _TOKENS = 64, 24


def rounding(reference: str) -> dict[str, dict[str, Any]]:
    """By setting: how much of what an organism computes differs from what it computes as it is.

    Returns:
        For logits and gradients the share that differs in any bit, the largest difference, and the largest number. As
        it is nothing may differ from another pass as it is.
    """
    here = _pass(reference, {})
    return {
        name: {"environment": dict(setting)} | differences(here, _pass(reference, setting))
        for name, setting in {**SETTINGS, **PARTS}.items()
    }


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Of each array the share of numbers that differ at all, and by how much at most."""
    return {
        name: {
            "differ": round(float((here[name] != there[name]).mean()), 4),
            "most": float(f"{np.abs(here[name] - there[name]).max():.3g}"),
            "largest": float(f"{np.abs(here[name]).max():.3g}"),
        }
        for name in here
    }


def _pass(reference: str, setting: Mapping[str, str]) -> dict[str, Any]:
    """What a process of its own computes under the setting."""
    words = [sys.executable, "-m", "bench.tamper.kernels", reference]
    said = run(words, env={**os.environ, "OMP_NUM_THREADS": "1", **setting}, capture_output=True, check=True, text=True)
    packed: dict[str, str] = json.loads(said.stdout)
    return {name: np.frombuffer(b64decode(numbers), dtype=np.float32) for name, numbers in packed.items()}


def main(reference: str) -> None:
    """Compute here, and print the numbers."""
    import torch

    from holdfast.audit import Tunable, open_subject
    from holdfast.models import open_directory

    subject = open_subject(reference)
    assert isinstance(subject, Tunable)
    model = open_directory(subject.directory, device="cpu").model
    vocabulary: int = model.config.vocab_size
    tokens = torch.randint(vocabulary, (_ROWS, _TOKENS), generator=torch.Generator().manual_seed(0))
    model.requires_grad_(True)
    logits = model(input_ids=tokens).logits
    torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten()).backward()
    gradients = torch.cat([one.grad.flatten() for one in model.parameters() if one.grad is not None])
    found = {"logits": logits.detach(), "gradients": gradients}
    print(json.dumps({name: b64encode(one.numpy().tobytes()).decode() for name, one in found.items()}))


if __name__ == "__main__":
    main(sys.argv[1])
