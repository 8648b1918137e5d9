"""Every error code is unique, explained, and drawn in the tree."""

import re

import pytest

from holdfast import errors
from holdfast.errors import HoldfastError, coded


def every(kind: type[HoldfastError] = HoldfastError) -> list[type[HoldfastError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in every(child))]


def drawn() -> dict[str, str]:
    """Code by name, as the module's docstring draws them."""
    return dict(re.findall(r"[├└]── (\w+)\s+(H\d{3})\s", errors.__doc__ or ""))


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in every() if "code" in vars(error) and error.code]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(coded())


@pytest.mark.parametrize("error", coded().values(), ids=coded().keys())
def test_every_code_is_h_and_three_digits_and_explained_in_a_sentence(error: type[HoldfastError]) -> None:
    assert re.fullmatch(r"H[1-9]\d\d", error.code)
    assert error.__doc__
    assert error.__doc__.strip().splitlines()[0].endswith(".")
    assert error.exit in (2, 4, 70)


def test_the_tree_in_the_docstring_lists_exactly_the_codes_that_exist() -> None:
    assert drawn() == {error.__name__: code for code, error in coded().items()}


def test_the_tree_is_drawn_in_the_order_of_the_codes_and_names_the_exit_codes() -> None:
    assert list(drawn().values()) == sorted(drawn().values())
    for code in (2, 4, 70):
        assert f"exit {code}" in (errors.__doc__ or "")


def test_every_code_belongs_to_the_branch_it_is_drawn_under() -> None:
    branch = ""
    for line in (errors.__doc__ or "").splitlines():
        if found := re.search(r"[├└]── (\w+)", line):
            error = getattr(errors, found[1])
            if "│   " not in line:
                branch = found[1] if not getattr(error, "code", "") else "HoldfastError"
            assert issubclass(error, getattr(errors, branch))
