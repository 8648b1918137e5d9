"""The public face of the package."""

import holdfast.report


def test_the_public_names_are_sorted_documented_and_complete() -> None:
    names = holdfast.report.__all__
    public = {name for name in vars(holdfast.report) if not name.startswith("_")}
    assert names == sorted(names) == ["render_html", "render_markdown", "terminal_lines", "visible"]
    assert public == set(names)
    assert all(vars(holdfast.report)[name].__doc__ for name in names)
