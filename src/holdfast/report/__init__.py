"""The same record in several forms: for people who decide, for a pull request, a terminal, a model card and a CI.

    record, run ──┬── render_html        one offline file: page one, details, appendices
                  ├── render_markdown    the same page as tables, details folded
                  ├── terminal_lines     subject, framework, one line for each claim, verdict and exit code
                  ├── render_model_card  a section for a model's README
                  ├── render_sarif       results for code scanning, SARIF 2.1.0
                  └── render_junit       one test case for each claim, JUnit XML

    study ────────┬── render_study_html  an experiment with people, as one offline file
                  ├── render_study_markdown
                  └── study_lines        for a terminal

    panel ────────┬── render_panel_html  ranks within a panel of simulated listeners, as one offline file
                  ├── render_panel_markdown
                  └── panel_lines        for a terminal

A record carries its page as blocks (text, interval rows, curves, table, matrix), and the first two renderers walk those
blocks; the others read its findings. They know no check, no suite and no model, and they say nothing that the record
does not hold. All text goes through `visible`, because reports carry words that were written to break them.

Nothing here reads a clock, a network or a file but the package's own templates: equal records give equal bytes.
"""

from holdfast.report._html import render_html
from holdfast.report._junit import render_junit
from holdfast.report._markdown import render_markdown
from holdfast.report._model_card import render_model_card
from holdfast.report._panel import panel_lines, render_panel_html, render_panel_markdown
from holdfast.report._sarif import render_sarif
from holdfast.report._study import render_study_html, render_study_markdown, study_lines
from holdfast.report._terminal import terminal_lines
from holdfast.visible import visible

__all__ = [
    "panel_lines",
    "render_html",
    "render_junit",
    "render_markdown",
    "render_model_card",
    "render_panel_html",
    "render_panel_markdown",
    "render_sarif",
    "render_study_html",
    "render_study_markdown",
    "study_lines",
    "terminal_lines",
    "visible",
]
