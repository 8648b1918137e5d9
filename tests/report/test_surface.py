"""The public face of the package."""

import holdfast.report


def test_the_public_names_are_sorted_documented_and_complete() -> None:
    names = holdfast.report.__all__
    public = {name for name in vars(holdfast.report) if not name.startswith("_")}
    renderers = ["panel_lines", "render_html", "render_junit", "render_markdown", "render_model_card"]
    panel = ["render_panel_html", "render_panel_markdown"]
    study = ["render_study_html", "render_study_markdown", "study_lines"]
    assert names == sorted(names) == [*renderers, *panel, "render_sarif", *study, "terminal_lines", "visible"]
    assert public == set(names)
    assert all(vars(holdfast.report)[name].__doc__ for name in names)
