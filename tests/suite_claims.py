"""Frameworks of one claim, for tests of suites."""

from holdfast.assure import parse_framework
from holdfast.evidence import Framework


def claims_text(check: str, op: str, value: float) -> str:
    return f"""
schema = "holdfast.framework/1"
name = "test"
version = "1"
question = "Does it hold?"
valid_days = 1

[[claim]]
id = "claim"
check = "{check}"
says = "It holds."
threshold = {{ op = "{op}", value = {value} }}
"""


def claims(check: str, op: str, value: float) -> Framework:
    return parse_framework(claims_text(check, op, value), "test")
