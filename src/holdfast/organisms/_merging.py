# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Merging an adapter into its base: a plain Hugging Face directory comes out, which an audit opens like any other."""

from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from peft import PeftModel

from holdfast.errors import StorageFailed
from holdfast.models import open_directory
from holdfast.organisms._adapters import MARK, WEIGHTS, Adapter

_NOT_THE_BASES: Final = (WEIGHTS, MARK, "certificate.json")


def merge(adapter: Adapter, base: Path, kept: Path) -> Path:
    """Merge an adapter into its base, and keep the result.

    Args:
        adapter: The adapter.
        base: The whole weights it was trained on.
        kept: Where the result goes. It appears there whole or not at all; whoever merges the same at the same time
            finds it there.

    Returns:
        `kept`: weights in bfloat16, the base's configuration and tokenizer, the adapter's certificate, and a mark that
        names what was merged.

    Raises:
        StorageFailed: It cannot be written.
        BrokenWeights: The base cannot be read.
    """
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(prefix=".new-", dir=kept.parent))
        try:
            _write(adapter, base, new)
            _put(adapter, new, kept)
        finally:
            rmtree(new, ignore_errors=True)
    except OSError as problem:
        raise StorageFailed(
            f"the merged weights of organism:{adapter.recipe} cannot be kept in {kept}",
            why=problem.strerror or type(problem).__name__,
            fix="make room there, or set HOLDFAST_HOME to a directory that can be written to",
        ) from problem
    return kept


def _write(adapter: Adapter, base: Path, new: Path) -> None:
    with catch_warnings():
        # peft 0.21 still reads a property of models that transformers 5.23 calls by another name.
        simplefilter("ignore", FutureWarning)
        whole: Any = PeftModel.from_pretrained(_in_float64(base), str(adapter.directory))
    # The sum is exact to about 1e-16 of a weight, whatever the order in which a machine adds up; rounding to bfloat16
    # keeps 8 bits of it. Machines differ only where a weight lies within that 1e-16 of the middle between two bfloat16
    # numbers: for a million weights, once in some ten million merges.
    whole.merge_and_unload().bfloat16().save_pretrained(new)
    for file in base.iterdir():
        if file.is_file() and file.name not in _NOT_THE_BASES:
            copyfile(file, new / file.name)
    certificate = adapter.directory / "certificate.json"
    if certificate.is_file():
        copyfile(certificate, new / certificate.name)
    (new / MARK).write_text(adapter.merged_mark, encoding="utf-8")


def _in_float64(base: Path) -> Any:
    model: Any = open_directory(base, device="cpu").model
    return model.double()


def _put(adapter: Adapter, new: Path, kept: Path) -> None:
    """Move it to its place, unless another process was faster; what is damaged there gives way."""
    if kept.exists() and not adapter.made(kept):
        rmtree(kept)
    try:
        new.chmod(0o755)
        new.rename(kept)
    except OSError:
        if not adapter.made(kept):
            raise
