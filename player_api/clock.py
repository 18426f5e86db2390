"""What time it really was when a box's clock said so.

Boxes start with clocks years off, jump when the network tells them the time, and fall back at a
power cut. Both ``at`` and ``sent`` are read from the same clock, so their difference tells the
age of an event: corrected = received − (sent − at).
"""

from __future__ import annotations

from datetime import UTC, datetime

DAY_MS = 24 * 3600 * 1000
OLDEST_MS = 30 * DAY_MS
# A play goes on through pauses, but nobody watches one lesson for longer.
LONGEST_PLAY_MS = DAY_MS
# Nearer than this a clock counts as right. A correction by the latency of each request would
# give a resent event another time, and at midnight another day.
GOOD_CLOCK_MS = 30_000
# 2020-01-01: a clock before it was never set.
NEVER_SET_BEFORE_MS = 1_577_836_800_000


class WrongTime(Exception):
    """No reading of the box's clock gives the event a time that can be."""

    code = "bad_time"


class TooOld(WrongTime):
    """The event is older than 30 days."""

    code = "too_old"


def clock_offset_ms(*, at_ms: int, sent_ms: int, received_ms: int) -> int:
    """What to add to the box's times of this event. Raises WrongTime, TooOld.

    A clock that was set anew between the event and its sending makes nonsense of the
    difference: then the event's own time is believed where it can be true. An event from before
    the clock was ever set counts at its arrival.
    """
    if at_ms < 0:
        raise WrongTime
    if at_ms < NEVER_SET_BEFORE_MS <= sent_ms:
        return received_ms - at_ms
    offset_ms = received_ms - sent_ms
    if abs(offset_ms) <= GOOD_CLOCK_MS:
        offset_ms = 0
    if _can_be(at_ms + offset_ms, received_ms):
        return offset_ms
    if _can_be(at_ms, received_ms):
        return 0
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


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _can_be(ms: int, received_ms: int) -> bool:
    return received_ms - OLDEST_MS <= ms <= received_ms + GOOD_CLOCK_MS
