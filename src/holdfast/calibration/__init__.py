"""Calibration: how often a check is right, counted over populations of organisms that are trained for it.

    found = calibrate("awareness", 8, Path("out"), shard=Shard(1, 1), …)
    found.passport

A population is made of recipes: a plant, or none, and a way of planting it. Each organism is trained from a seed of its
own, audited as any subject is, and asked apart from that what it really does; then its weights are thrown away.
"""

from holdfast.calibration._calibrate import (
    CALIBRATED,
    Calibrated,
    Shard,
    calibrate,
    margin_of,
    population,
    shipped_passports,
)
from holdfast.calibration._measure import measured_of, passing_audit
from holdfast.calibration._measured import Measured, Measurements
from holdfast.calibration._passport import EffectPower, Passport, RecipeAccuracy, passport
from holdfast.calibration._twins import TwinsAsked, twins_asked

__all__ = [
    "CALIBRATED",
    "Calibrated",
    "EffectPower",
    "Measured",
    "Measurements",
    "Passport",
    "RecipeAccuracy",
    "Shard",
    "TwinsAsked",
    "calibrate",
    "margin_of",
    "measured_of",
    "passing_audit",
    "passport",
    "population",
    "shipped_passports",
    "twins_asked",
]
