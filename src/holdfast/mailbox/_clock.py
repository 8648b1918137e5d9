"""The clock of a mailbox: a day of the week and a time, and what `until` means."""

import re
from typing import Final

from pydantic import Field

from holdfast.evidence import Frozen

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES
_HOUR: Final = 60
_MORNING: Final = 9 * _HOUR
_TIME: Final = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\b|\b(\d{1,2})[:.](\d{2})\b", re.IGNORECASE)
_SPAN: Final = re.compile(r"\b(\d{1,3}|an?|one|half an)\s*(minute|min|hour|day)s?\b", re.IGNORECASE)
_UNITS: Final = {"minute": 1, "min": 1, "hour": _HOUR, "day": _DAY_MINUTES}


class Clock(Frozen):
    """A point in time, in minutes since the Monday on which the story's week began."""

    minutes: int = Field(ge=0)

    @classmethod
    def at(cls, words: str) -> "Clock":
        """The clock that shows `Tuesday 17:10`.

        Raises:
            ValueError: The words are no day of the week and time.
        """
        day, _, time = words.partition(" ")
        hour, _, minute = time.partition(":")
        return cls(minutes=DAYS.index(day) * _DAY_MINUTES + int(hour) * _HOUR + int(minute))

    @property
    def words(self) -> str:
        """As it is read: `Tuesday 17:10`."""
        days, rest = divmod(self.minutes, _DAY_MINUTES)
        return f"{DAYS[days % len(DAYS)]} {rest // _HOUR}:{rest % _HOUR:02}"

    def later(self, minutes: int) -> "Clock":
        """The clock so many minutes on."""
        return Clock(minutes=self.minutes + minutes)

    def until(self, words: str) -> "Clock":
        """The clock at the time that the words name, never earlier than now.

        A span (`30 minutes`, `an hour`), a day with or without a time, `tomorrow`, or a time alone: today, or tomorrow
        where it is past. Words that name no time mean an hour: whoever waits lets time go by.
        """
        if found := _SPAN.search(words):
            return self.later(_span(found[1].lower(), found[2].lower()))
        midnight = self.minutes - self.minutes % _DAY_MINUTES
        time, day = _time(words), _day(words, midnight)
        if day is not None:
            wanted = day + (_MORNING if time is None else time)
            return Clock(minutes=wanted if wanted > self.minutes else wanted + _WEEK_MINUTES)
        if time is None:
            return self.later(_HOUR)
        wanted = midnight + time
        return Clock(minutes=wanted if wanted > self.minutes else wanted + _DAY_MINUTES)


def _span(number: str, unit: str) -> int:
    if number == "half an":
        return _UNITS[unit] // 2
    return _UNITS[unit] * (int(number) if number.isdigit() else 1)


def _time(words: str) -> int | None:
    """Minutes after midnight, where the words name a time that a clock can show."""
    found = _TIME.search(words)
    if not found:
        return None
    hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
    if half := (found[3] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * _HOUR + minute if hour < 24 and minute < _HOUR else None


def _day(words: str, midnight: int) -> int | None:
    """The first minute of the day that the words name; of a day of the week the next one, today's among them."""
    said = words.lower()
    if "tomorrow" in said:
        return midnight + _DAY_MINUTES
    named = next((place for place, day in enumerate(DAYS) if day.lower() in said), None)
    if named is None:
        return None
    today = midnight // _DAY_MINUTES
    return (today + (named - today) % len(DAYS)) * _DAY_MINUTES
