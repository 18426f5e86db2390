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


def read_clock(*, at_ms: int, sent_ms: int, received_ms: int, same_boot: bool = True) -> Reading:
    """The true time of an event. Raises WrongTime, TooOld.

    A clock that was set anew between the event and its sending makes nonsense of the
    difference: then the event's own time is believed where it can be true. So it is, and first,
    when the box says that it was switched on again in between. An event from before the clock
    was ever set counts at its arrival.
    """
    if at_ms < 0:
        raise WrongTime
    if at_ms < NEVER_SET_BEFORE_MS and (sent_ms >= NEVER_SET_BEFORE_MS or not same_boot):
        return Reading(received_ms - at_ms, POOR)
    offset_ms = received_ms - sent_ms
    if abs(offset_ms) <= GOOD_CLOCK_MS:
        offset_ms = 0
    own_time_can_be = _can_be(at_ms, received_ms)
    if own_time_can_be and not same_boot and offset_ms:
        return Reading(0, POOR)
    if _can_be(at_ms + offset_ms, received_ms):
        return Reading(offset_ms, _grade(offset_ms, same_boot))
    if own_time_can_be:
        return Reading(0, POOR)
    if at_ms + offset_ms < received_ms:
        raise TooOld
    raise WrongTime


def start_ms(*, play_ms: int, at_ms: int, offset_ms: int) -> int:
    """When the play began: the time inside its id, corrected as the event is.

    Where that cannot be, because the clock was set while the play went on, the event's time.
    """
    return (play_ms if 0 <= at_ms - play_ms <= LONGEST_PLAY_MS else at_ms) + offset_ms


def passed_ms(*, play_ms: int, at_ms: int) -> int:
    """How long the play had gone on at most, by the box's clock; a day if that was set back."""
    gap_ms = at_ms - play_ms
    return min(gap_ms, LONGEST_PLAY_MS) if gap_ms >= 0 else LONGEST_PLAY_MS


def _can_be(ms: int, received_ms: int) -> bool:
    return received_ms - OLDEST_MS <= ms <= received_ms + GOOD_CLOCK_MS


def _grade(offset_ms: int, same_boot: bool) -> int:
    if offset_ms == 0:
        return GOOD
    return CORRECTED if same_boot else POOR
