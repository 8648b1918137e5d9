"""Calibration cards: how often each check was right on model organisms, as measured by `bench/calibration`."""

from importlib.resources import files

from pydantic import TypeAdapter

from holdfast.evidence import Calibration

_CARDS: TypeAdapter[dict[str, Calibration]] = TypeAdapter(dict[str, Calibration])


def calibration_cards() -> dict[str, Calibration]:
    """The shipped cards, by check."""
    return _CARDS.validate_json(files("holdfast.audit").joinpath("calibration.json").read_text("utf-8"))
