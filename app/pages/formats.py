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
    """The share with one decimal; a dash where there is no whole."""
    return f"{part * 100 / whole:.1f}%" if whole else "—"


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
