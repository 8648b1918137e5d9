"""Numbers that name somebody: cards, accounts, telephones, addresses of machines. Checked by their own check digits."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

Span = tuple[int, int]
_SPACE: Final = r" \u00a0\u2007\u2009\u202f"
_DASH: Final = r"\u2010-\u2014-"
CARD: Final = re.compile(rf"(?<!\d)(?<!\d[.,])\d(?:[{_SPACE}\t\r\n._{_DASH}]{{0,2}}\d){{12,}}")
"""A run of digits in groups, in which a card may stand: an expiry date or another number may come before and after."""
_GROUP: Final = re.compile(r"\d+")
_FIRST_GROUP: Final = 4
_MOST_GROUPS: Final = 5
"""Cards are written as one group, or as a few of which the first has four digits."""
IBAN: Final = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}\d{{2}}(?:[{_SPACE}.{_DASH}]?[A-Za-z0-9]){{11,30}}")
IP: Final = re.compile(
    r"(?<![\w.])(?P<v4>\d{1,3}(?:\.\d{1,3}){3})(?![\w]|\.\d)"
    # A word may stand before version 6, as in `host:`, of which the colon is no part of the address.
    r"|(?<![\w.:])(?:[A-Za-z]\w*:(?!:))??(?P<v6>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?)(?![\w:])"
)
PHONE: Final = re.compile(
    r"(?<![\w/-])(?<!\d[.,:])(?:"
    rf"(?:\+|00)[1-9][\d{_SPACE}()./{_DASH}]{{6,18}}\d"
    rf"|\(?0[1-9]\d{{1,4}}\)?[{_SPACE}/{_DASH}]\d[\d{_SPACE}/{_DASH}]{{3,12}}\d"
    rf"|0[1-9](?:[{_SPACE}.]?\d{{2}}){{4}}|0[1-9]\d{{8,9}}"
    rf"|\(\d{{3}}\)[{_SPACE}]?\d{{3}}[{_SPACE}.{_DASH}]\d{{4}}|\d{{3}}[.{_DASH}]\d{{3}}[.{_DASH}]\d{{4}}"
    r")(?![\w]|[.,:/-]\d)"
)
"""Written with a country code, with a trunk zero (in parts, in pairs or as ten digits or more), or as in North America
in parts."""
_LENGTHS: Final[Mapping[str, int]] = {
    **{"AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CR": 22},
    **{"CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27},
    **{"GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26},
    **{"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24},
    **{"ME": 22, "MK": 19, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29},
    **{"RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20},
}
"""Characters of an account number by country (the IBAN registry)."""


def cards_in(match: re.Match[str]) -> list[Span]:
    """Where payment cards stand in a run of digits, from left to right.

    The longest that begins at a group goes first, since what follows may belong to it. A part of a group is none.
    """
    groups = [part.span() for part in _GROUP.finditer(match.string, match.start(), match.end())]
    spans: list[Span] = []
    place = 0
    while place < len(groups):
        length = _groups_of_card(match, groups, place)
        if length:
            spans.append((groups[place][0], groups[place + length - 1][1]))
        place += length or 1
    return spans


def _groups_of_card(match: re.Match[str], groups: list[Span], place: int) -> int:
    """How many groups from here on are a card; 0 for none. Any way of grouping will do where all of the run is one."""
    if place == 0 and is_card(match[0]):
        return len(groups)
    start, end = groups[place]
    if match.string[start - 1 : start] == "." and match.string[start - 2 : start - 1].isdigit():
        return 0
    most = _MOST_GROUPS if end - start == _FIRST_GROUP else 1
    lengths = range(min(most, len(groups) - place), 0, -1)
    return next((n for n in lengths if is_card(match.string[start : groups[place + n - 1][1]])), 0)


def is_card(run: str) -> bool:
    """Whether the digits are those of a payment card: 13 to 19, an issuer's first ones, a right check digit (Luhn).

    No issuer's begin with 20 or 21, and years do.
    """
    digits = [int(char) for char in run if char.isdecimal()]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6) or digits[:2] in ([2, 0], [2, 1]):
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def account_in(run: str) -> str:
    """The account number (IBAN) with which a run begins, as it is written there; empty where it begins with none.

    Its length is its country's and its check digits are right (ISO 7064, MOD 97-10).
    """
    wanted, taken = _LENGTHS.get(run[:2].upper(), 0), ""
    for char in run:
        if sum(one.isalnum() for one in taken) == wanted:
            break
        taken += char
    bare = "".join(char for char in taken.upper() if char.isalnum())
    if not wanted or len(bare) != wanted:
        return ""
    number = "".join(str(int(char, 36)) for char in bare[4:] + bare[:4])
    return taken if int(number) % 97 == 1 else ""


def is_ip(run: str) -> bool:
    """Whether it is the address of a machine, version 4 or 6; a time of day is none."""
    try:
        ip_address(run)
    except ValueError:
        return False
    return "." in run or run.count(":") > 2 or "::" in run


def is_phone(run: str) -> bool:
    """Whether it has as many digits as telephone numbers have: 7 to 15 (E.164)."""
    return 7 <= sum(char.isdigit() for char in run) <= 15
