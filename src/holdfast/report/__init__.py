"""The same record in three forms: one HTML file, Markdown for a pull request, a few lines for a terminal.

    record, run ──┬── render_html       one offline file: page one, details, appendices
                  ├── render_markdown   the same page as tables, details folded
                  └── terminal_lines    subject, framework, one line for each claim, verdict and exit code

A record carries its page as blocks (text, interval rows, table, matrix), and the renderers walk those blocks. They know
no check, no suite and no model, and they say nothing that the record does not hold. All text goes through `visible`,
because reports carry words that were written to break them.

Nothing here reads a clock, a network or a file but the package's own templates: equal records give equal bytes.
"""

from holdfast.report._html import render_html
from holdfast.report._markdown import render_markdown
from holdfast.report._terminal import terminal_lines
from holdfast.visible import visible

__all__ = ["render_html", "render_markdown", "terminal_lines", "visible"]
