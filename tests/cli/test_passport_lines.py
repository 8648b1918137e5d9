"""A passport in lines: what `holdfast calibrate --show` prints of either kind."""

from tests.calibration.test_exam_passport import hiding, made, organism, weak

from holdfast.calibration import shipped_passports
from holdfast.cli._passport_lines import passport_lines


def test_a_passport_of_exams_says_who_was_told_from_whom_and_in_how_many() -> None:
    learns = [organism("learnable", n, gain=0.5 + n / 100, reading="gain", verdict="not met") for n in range(2)]
    said = "\n".join(passport_lines(made(hiding(16), weak(16), learns)))
    assert "34 organisms of 3 recipes, which are toy models; 0 could not be judged" in said
    assert "gains found where nothing is hidden         2 of 18" in said
    assert "least: hiding, adapter against learnable" in said
    area = next(line for line in said.splitlines() if "hiding, adapter against never-knew" in line)
    assert "1.000, 95 % 0.873–1.000 (32 organisms)" in area
    row = next(line for line in said.splitlines() if line.strip().startswith("hiding, adapter  "))
    assert "16 of 16" in row
    assert "60.0" in row


def test_what_cannot_be_told_says_why() -> None:
    said = passport_lines(made(weak(1)))
    assert any("fewer than two organisms on a side" in line for line in said)


def test_every_shipped_passport_has_lines_and_names_its_recipes() -> None:
    for check, passport in shipped_passports().items():
        said = passport_lines(passport)
        assert said[0].startswith(f"{check}: {passport.organisms} organisms")
        assert any("not met" in line for line in said)
