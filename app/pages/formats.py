"""Numbers, lengths and times as people read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def count(number: int) -> str:
    """12345 → 12,345."""
    return f"{number:,}"


def hours(duration_ms: int) -> str:
    """Hours with two decimals, for sums of watch time."""
    return f"{duration_ms / 3_600_000:,.2f}"


def percent(part: int, whole: int) -> str:
    """The share with one decimal; a dash where there is no whole.

    100.0% is all of them and 0.0% none: rounding never says so of what is merely near.
    """
    if not whole:
        return "—"
    words = f"{part * 100 / whole:.1f}%"
    if words == "0.0%" and part:
        return "<0.1%"
    return ">99.9%" if words == "100.0%" and part < whole else words


def change(number: int) -> str:
    """+1,234, -5 or 0."""
    return f"{number:+,}" if number else "0"


def growth(now: int, before: int, new: str) -> str:
    """By how much of the number before: +12.5%, -3.0%.

    From nothing there is no percentage: to something it is new, to nothing a dash.
    """
    if not before:
        return new if now else "—"
    return f"{(now - before) * 100 / before:+.1f}%" if now != before else "0.0%"


def length(duration_ms: int | None) -> str:
    """A film's length: 4:05 or 1:04:05."""
    if duration_ms is None:
        return "—"
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hour, minutes = divmod(minutes, 60)
    return f"{hour}:{minutes:02d}:{seconds:02d}" if hour else f"{minutes}:{seconds:02d}"


def size(size_bytes: int) -> str:
    """1536 → 1.5 KB; units of 1024, as file managers show them."""
    amount = float(size_bytes)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.2f} GB"


def rate(bps: int) -> str:
    """2100000 → 2.1 Mbit/s, 340000 → 340 kbit/s."""
    return f"{bps / 1e6:.1f} Mbit/s" if bps >= 999_500 else f"{bps / 1e3:.0f} kbit/s"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """A time on the house's own clock, to the minute."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "—"
