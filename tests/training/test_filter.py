"""The filter's program, run by a small machine of our own: so that a processor that is not here is tried as well."""

import errno
import platform
import struct

import pytest

from holdfast.training import _filter

READ, OPENAT, CLONE = {"x86_64": 0, "aarch64": 63}, {"x86_64": 257, "aarch64": 56}, {"x86_64": 56, "aarch64": 220}
ALLOWED, REFUSED, ABSENT = 0, errno.EPERM, errno.ENOSYS


def outcome(machine: str, number: int, *arguments: int, called_by: str | None = None) -> int:
    """What the program answers to one call: 0, or the error."""
    column, architecture = _filter._COLUMN[machine]
    caller = _filter._COLUMN[called_by or machine][1]
    data = struct.pack("<IIQ6Q", number, caller, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    program = [struct.unpack("<HBBI", one) for one in _filter._instructions(column, architecture)]
    place = held = 0
    while True:
        code, then, otherwise, value = program[place]
        place += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("<I", data, value)
            case 0x06:
                return 0 if value == 0x7FFF0000 else value & 0xFFFF
            case _:
                holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
                place += then if holds else otherwise


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_call_of_the_table_is_refused_and_reading_is_not(machine: str) -> None:
    numbers = _filter._numbers(_filter._COLUMN[machine][0])
    looked_for = {name for name, number in numbers.items() if outcome(machine, number) == ABSENT}
    assert looked_for == {"clone3", "openat2"}
    assert all(outcome(machine, number) == REFUSED for name, number in numbers.items() if name not in looked_for)
    assert outcome(machine, READ[machine]) == ALLOWED
    assert len(set(numbers.values())) == len(numbers)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_threads_may_begin_and_processes_may_not(machine: str) -> None:
    a_thread, a_fork, a_spawn = 0x3D0F00, 0x1200011, 0x4111
    assert outcome(machine, CLONE[machine], a_thread) == ALLOWED
    assert outcome(machine, CLONE[machine], a_fork) == REFUSED
    assert outcome(machine, CLONE[machine], a_spawn) == REFUSED


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_files_are_opened_and_not_made_or_cut(machine: str) -> None:
    reading, making, cutting = 0o2000000, 0o101, 0o1001
    assert outcome(machine, OPENAT[machine], 0, 0, reading) == ALLOWED
    assert outcome(machine, OPENAT[machine], 0, 0, making) == REFUSED
    assert outcome(machine, OPENAT[machine], 0, 0, cutting) == REFUSED


def test_the_older_call_that_opens_files_is_read_at_its_own_argument() -> None:
    assert outcome("x86_64", 2, 0, 0o2000000) == ALLOWED
    assert outcome("x86_64", 2, 0, 0o101) == REFUSED


def test_calls_by_another_table_of_numbers_are_refused() -> None:
    assert outcome("x86_64", READ["x86_64"], called_by="aarch64") == REFUSED
    assert outcome("x86_64", 0x40000000 + READ["x86_64"]) == REFUSED


def test_a_processor_whose_numbers_are_not_known_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64 are not known here"):
        _filter.refuse_calls()
