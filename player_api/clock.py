"""What time it really was when a box's clock said so.

Boxes start with clocks years off, jump when the network tells them the time, and fall back at a
power cut. Both ``at`` and ``sent`` are read from the same clock, so their difference tells the
age of an event: corrected = received − (sent − at). Each reading has a grade that tells how much
had to be believed.
"""

from __future__ import annotations

from typing import NamedTuple

DAY_MS = 24 * 3600 * 1000
OLDEST_MS = 30 * DAY_MS
# A play goes on through pauses, but nobody watches one lesson for longer.
LONGEST_PLAY_MS = DAY_MS
# Nearer than this a clock counts as right. A correction by the latency of each request would
# give a resent event another time, and at midnight another day.
GOOD_CLOCK_MS = 30_000
# 2020-01-01: a clock before it was never set.
NEVER_SET_BEFORE_MS = 1_577_836_800_000

# GOOD: the clock was right. CORRECTED: wrong by an amount that is known. POOR: it was set between
# the event and its sending, so the time is the best guess.
GOOD, CORRECTED, POOR = 0, 1, 2


class WrongTime(Exception):
    """No reading of the box's clock gives the event a time that can be."""

    code = "bad_time"


class TooOld(WrongTime):
    """The event is older than 30 days."""

    code = "too_old"


class Reading(NamedTuple):
    """What to add to the box's times of an event, and how far that is believed."""

    offset_ms: int
    grade: int


class BoxClock:
    """The clock of a box, as a request shows it: what it says at sending, and what is true then."""

    def __init__(self, *, sent_ms: int, received_ms: int, boot: str = "") -> None:
        offset_ms = received_ms - sent_ms
        self.sent_ms, self.received_ms, self.boot = sent_ms, received_ms, boot
        self.offset_ms = 0 if abs(offset_ms) <= GOOD_CLOCK_MS else offset_ms
        self._plain = Reading(self.offset_ms, CORRECTED if self.offset_ms else GOOD)
        # From when to when an event of this boot is read without further thought.
        was_set = NEVER_SET_BEFORE_MS if sent_ms >= NEVER_SET_BEFORE_MS else 0
        self._first_ms = max(received_ms - OLDEST_MS - self.offset_ms, was_set)
        self._last_ms = received_ms + GOOD_CLOCK_MS - self.offset_ms

    def read(self, at_ms: int, boot: str | None = None) -> Reading:
        """The true time of an event of that boot, or of this one. Raises WrongTime, TooOld.

        A clock that was set anew between the event and its sending makes nonsense of the
        difference: then the event's own time is believed where it can be true. So it is, and
        first, when the box was switched on again in between. An event from before the clock was
        ever set counts at its arrival.
        """
        same_boot = boot is None or boot == self.boot
        if same_boot and self._first_ms <= at_ms <= self._last_ms:
            return self._plain
        if at_ms < 0:
            raise WrongTime
        never_set = at_ms < NEVER_SET_BEFORE_MS
        if never_set and (self.sent_ms >= NEVER_SET_BEFORE_MS or not same_boot):
            return Reading(self.received_ms - at_ms, POOR)
        if not same_boot and self._can_be(at_ms):
            return Reading(0, POOR if self.offset_ms else GOOD)
        if self._can_be(at_ms + self.offset_ms):
            return Reading(self.offset_ms, POOR)
        if self._can_be(at_ms):
            return Reading(0, POOR)
        raise TooOld if at_ms + self.offset_ms < self.received_ms else WrongTime

    def _can_be(self, ms: int) -> bool:
        return self.received_ms - OLDEST_MS <= ms <= self.received_ms + GOOD_CLOCK_MS


def start_ms(*, play_ms: int, at_ms: int, offset_ms: int) -> int:
    """When the play began: the time inside its id, corrected as the event is.

    Where that cannot be, because the clock was set while the play went on, the event's time.
    """
    return (play_ms if 0 <= at_ms - play_ms <= LONGEST_PLAY_MS else at_ms) + offset_ms


def passed_ms(*, play_ms: int, at_ms: int) -> int:
    """How long the play had gone on at most, by the box's clock; a day if that was set back."""
    gap_ms = at_ms - play_ms
    return min(gap_ms, LONGEST_PLAY_MS) if gap_ms >= 0 else LONGEST_PLAY_MS
