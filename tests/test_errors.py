"""Errors carry a code, what, why, the state and the fix."""

import pytest

from holdfast.errors import HoldfastError, LedgerBroken, MissingError, StorageFailed, UnknownKey, UsageError, coded


def test_an_error_keeps_its_four_parts_apart_and_prints_what_failed() -> None:
    error = UnknownKey("f.toml:3  unknown key `x`", why="no such key", fix="remove it")
    assert (error.code, error.exit) == ("H203", 2)
    assert (error.what, error.why, error.fix) == (str(error), "no such key", "remove it")
    assert error.state == "nothing ran; nothing was changed"


def test_a_state_that_is_said_is_kept() -> None:
    assert StorageFailed("x", why="full", fix="make room", state="two batches are kept").state == "two batches are kept"


def test_codes_come_sorted_and_the_branches_have_none() -> None:
    found = coded()
    assert list(found) == sorted(found)
    assert "" not in found
    assert found["H502"] is LedgerBroken
    assert not {UsageError, MissingError, HoldfastError} & set(found.values())


def test_a_branch_can_be_asked_for_alone() -> None:
    assert set(coded(UsageError)) | set(coded(MissingError)) < set(coded())
    assert coded(LedgerBroken) == {"H502": LedgerBroken}


@pytest.mark.parametrize(("branch", "code"), [(UsageError, 2), (MissingError, 4)])
def test_the_branch_decides_the_exit_code(branch: type[HoldfastError], code: int) -> None:
    assert {error.exit for error in coded(branch).values()} == {code}
