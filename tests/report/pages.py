"""Reading a rendered page back: its elements, its text, and the golden files."""

import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset({"meta", "br", "line", "rect", "circle", "path", "img", "link", "input"})


@dataclass
class Element:
    """A start tag with the tags around it and the text inside."""

    tag: str
    attributes: dict[str, str | None]
    parents: tuple[str, ...]
    text: str = ""
    children: list["Element"] = field(default_factory=list["Element"])


class Page(HTMLParser):
    """Every element of an HTML page, in order; refuses tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.comments: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), tuple(parent.tag for parent in self._open))
        assert len(element.attributes) == len(attrs), f"an attribute is given twice on {tag}"
        self.elements.append(element)
        if self._open:
            self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert [element.tag for element in self._open[-1:]] == [tag], f"</{tag}> closes nothing"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these tags."""
        return [element for element in self.elements if element.tag in tags]

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags and the names of their attributes: what text must never be able to change."""
        return [(element.tag, tuple(sorted(element.attributes))) for element in self.elements]


def golden(name: str, text: str) -> str:
    """The stored text of a golden file.

    With HOLDFAST_REWRITE_GOLDEN=1 in the environment the file is first rewritten with `text`: then read the difference
    before it is committed.
    """
    path = Path(__file__).parent / "golden" / name
    if os.environ.get("HOLDFAST_REWRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_bytes().decode("utf-8")
