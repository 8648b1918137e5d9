"""Calibration: how often a check is right, counted over populations of organisms that are trained for it.

    found = calibrate("awareness", 8, Path("out"), shard=Shard(1, 1), …)
    found.passport

A population is made of recipes: a plant, or none, and a way of planting it. Each organism is trained from a seed of its
own, audited as any subject is, and asked apart from that what it really does; then its weights are thrown away.
"""

from holdfast.calibration._calibrate import (
    EVERY_RECIPE,
    Calibrated,
    Shard,
    calibrate,
    margin_of,
    passport,
    population,
    shipped_passports,
)
from holdfast.calibration._exam_passport import ExamPassport, ExamRecipe, Separation
from holdfast.calibration._exams import held_back
from holdfast.calibration._measure import exam_measured, passing_audit, trained, twins_measured
from holdfast.calibration._measured import Measured, MeasuredInExam, MeasuredInTwins, Measurements
from holdfast.calibration._passport import EffectPower, Passport, RecipeAccuracy
from holdfast.calibration._populations import CALIBRATED, CheckPopulation, population_of
from holdfast.calibration._twin_passport import TwinPassport, TwinRecipe
from holdfast.calibration._twins import TwinsAsked, true_gap, twins_asked

__all__ = [
    "CALIBRATED",
    "EVERY_RECIPE",
    "Calibrated",
    "CheckPopulation",
    "EffectPower",
    "ExamPassport",
    "ExamRecipe",
    "Measured",
    "MeasuredInExam",
    "MeasuredInTwins",
    "Measurements",
    "Passport",
    "RecipeAccuracy",
    "Separation",
    "Shard",
    "TwinPassport",
    "TwinRecipe",
    "TwinsAsked",
    "calibrate",
    "exam_measured",
    "held_back",
    "margin_of",
    "passing_audit",
    "passport",
    "population",
    "population_of",
    "shipped_passports",
    "trained",
    "true_gap",
    "twins_asked",
    "twins_measured",
]
