"""Where a model runs: chosen with a reason, or as asked, or a coded error."""

import pytest
import torch

from holdfast.errors import UnusableDevice
from holdfast.models import place
from holdfast.models._placement import MOST_SLOTS, runs_on_one_thread, slots_of
from tiny_models import tiny

NO_ACCELERATOR = not torch.cuda.is_available() and not torch.backends.mps.is_available()


@pytest.mark.skipif(not NO_ACCELERATOR, reason="there is an accelerator")
def test_without_an_accelerator_it_is_the_cpu_in_single_precision_and_it_says_why() -> None:
    chosen = place()
    assert (chosen.device.value, chosen.dtype.value) == ("cpu", "float32")
    assert "no accelerator" in str(chosen.device)
    assert "slow on a CPU" in str(chosen.dtype)


def test_what_was_asked_for_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = place("cpu", "bfloat16")
    assert (str(chosen.device), str(chosen.dtype)) == ("cpu (as asked)", "bfloat16 (as asked)")
    monkeypatch.setattr("holdfast.models._placement.find_spec", lambda name: object())
    assert place("auto", "auto").device.value == "auto"


def test_a_model_is_not_spread_without_the_package_that_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.models._placement.find_spec", lambda name: None)
    with pytest.raises(UnusableDevice, match="spread"):
        place("auto")


@pytest.mark.parametrize(("device", "dtype"), [("cuda:99", None), ("toaster", None), ("cpu", "float7")])
def test_a_device_or_number_type_that_is_not_there_is_a_coded_error(device: str, dtype: str | None) -> None:
    with pytest.raises(UnusableDevice) as caught:
        place(device, dtype)
    assert (device if dtype is None else dtype) in caught.value.what


def test_slots_are_limited_by_memory_and_by_what_is_worth_it() -> None:
    slots = slots_of(tiny("llama"))
    assert slots.value == str(MOST_SLOTS)
    assert "a sequence of 2,048 tokens keeps" in slots.reason


def test_a_model_that_leaves_no_memory_still_gets_one_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.models._placement._memory", lambda device: 0)
    assert slots_of(tiny("llama")).value == "1"


def test_a_tiny_model_runs_on_one_thread() -> None:
    assert runs_on_one_thread(tiny("llama"))
