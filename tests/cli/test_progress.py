"""Progress: a bar on a terminal, plain lines otherwise, nothing when nothing is wanted."""

from io import StringIO

from holdfast.cli._progress import drawn


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def draw_all(display: str, stream: StringIO) -> str:
    with drawn(display, stream, "samples") as draw:
        for done in (1, 2, 3):
            draw("misuse", done, 4)
        draw("capability", 4, 4)
    return stream.getvalue()


def test_a_log_gets_a_line_for_each_check_and_one_at_the_end() -> None:
    assert draw_all("auto", StringIO()) == "misuse: 1 of 4 samples\ncapability: 4 of 4 samples\n"


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    drawn_text = draw_all("auto", Terminal())
    assert "\x1b[" in drawn_text
    assert "capability" in drawn_text


def test_nothing_is_drawn_when_nothing_is_wanted() -> None:
    assert draw_all("none", Terminal()) == ""
