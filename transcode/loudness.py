"""Even loudness (EBU R128): measure once, one gain for the whole track, limit only what overshoots.

A gain that moves with the sound would pump in the pauses of speech, so there is one number a
track. A clap or a cough above the true-peak limit is rounded off by a limiter that looks ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from transcode.errors import EncodeFailed

TARGET_LUFS = -16.0
# What may come out (EBU R128), and what goes into the encoder: coding raises peaks a little.
MOST_PEAK_DBTP = -1.0
LIMIT_DBTP = -2.5
# At 32 kbit/s a clap comes out rough whatever is done; it must not clip.
MOST_THIN_PEAK_DBTP = 0.0
# More would lift the hiss of a room to the level of speech.
MAX_GAIN_DB = 20.0
# Below this there is no speech, only the noise of the device.
SILENCE_LUFS = -60.0
# No microphone is that far from the other; one that isn't plugged in is.
_ONE_SIDED_DB = 30.0
# Peaks this far above the limit are too few to change the loudness when they are cut.
_HARMLESS_CUT_DB = 3.0
_CLOSE_ENOUGH_LU = 0.4
_CODED_CLOSE_ENOUGH_LU = 0.8
_CORRECTIONS = 3
# What few bits do to a peak is partly chance: a step as large as the overshoot takes too much.
_MOST_THIN_STEP_DB = 4.0

_INTEGRATED = re.compile(r"\bI:\s+(-?[\d.]+|-?inf|nan) LUFS")
_SIDE = re.compile(r"RMS level dB:\s+(-?[\d.]+|-?inf)")
_PEAK = re.compile(r"\bPeak:\s+(-?[\d.]+|-?inf|nan) dBFS")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the meter says; −70 stands for silence. sides_db: mean level of left and right."""

    lufs: float
    peak_dbtp: float
    sides_db: tuple[float, ...] = ()

    @property
    def only_side(self) -> int | None:
        """0 where only the left side has sound, 1 for the right: one microphone was plugged in."""
        if len(self.sides_db) != 2 or abs(self.sides_db[0] - self.sides_db[1]) < _ONE_SIDED_DB:
            return None
        return int(self.sides_db[1] > self.sides_db[0])


@dataclass(frozen=True, kw_only=True)
class Level:
    """What is done to a track; nothing by default. Limits: where the limiter stands, if one is
    needed; the thinnest file may need a lower one, because few bits make rough peaks."""

    gain_db: float = 0.0
    limit_dbtp: float | None = None
    thin_limit_dbtp: float | None = None
    only_side: int | None = None  # the side to be heard from both


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """One track, as found and as it came out of the encoder; None for silence."""

    track: str
    source_lufs: float | None
    source_peak_dbtp: float | None
    gain_db: float
    limited: bool
    only_side: str | None  # "left" or "right" where the other side was silent and got the same
    lufs: float | None
    peak_dbtp: float | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


Meter = Callable[[Level], Measured]


class Summary:
    """Hears FFmpeg's messages and picks out what the meter says at the end."""

    def __init__(self) -> None:
        self._found: dict[str, float] = {}
        self._sides_db: list[float] = []

    def hear(self, line: str) -> None:
        for key, pattern in (("lufs", _INTEGRATED), ("peak_dbtp", _PEAK)):
            if match := pattern.search(line):
                value = float(match[1])
                self._found[key] = value if value > -70 else -70.0  # also for nan and −inf
        if match := _SIDE.search(line):
            self._sides_db.append(max(float(match[1]), -120.0))

    def measured(self) -> Measured:
        if len(self._found) < 2:
            raise EncodeFailed("the loudness meter said nothing")
        return Measured(**self._found, sides_db=tuple(self._sides_db))


def metered(stream: Any, *, sides: bool = False) -> Any:
    """Measured on its way. sides: left and right alone, too, which costs half as much again."""
    if sides:
        stream = stream.filter("astats", measure_perchannel="RMS_level", measure_overall="none")
    return stream.filter("ebur128", peak="true", dualmono="true", framelog="quiet")


def leveled(stream: Any, level: Level) -> Any:
    """The stream with its gain; sample for sample as long and as late as before."""
    if level.gain_db:
        # In floating point: nothing can clip on the way to the limiter.
        stream = stream.filter("volume", f"{level.gain_db:.1f}dB", precision="float")
    if level.only_side is not None:
        # After the gain: both channels are one piece of memory now, and whatever works in place
        # would work twice.
        both = f"{level.only_side}-0|{level.only_side}-1"
        stream = stream.filter("channelmap", both, channel_layout="stereo")
    return limited(stream, level.limit_dbtp)


def limited(stream: Any, limit_dbtp: float | None) -> Any:
    if limit_dbtp is None:
        return stream
    # At twice the rate peaks between two samples of 48 kHz are seen, too.
    return (
        stream.filter("aresample", 96_000)
        .filter(
            "alimiter",
            limit=f"{10 ** (limit_dbtp / 20):.4f}",
            attack=5,
            release=50,
            level="disabled",  # its automatic make-up gain would undo ours
            latency="enabled",  # takes its own delay of one attack away
        )
        .filter("aresample", 48_000)
    )


def is_silence(found: Measured) -> bool:
    return found.lufs < SILENCE_LUFS


def settle(found: Measured, target_lufs: float, meter: Meter) -> Level:
    """Decide the level of a track. found: the track as it is. meter: measures it at a level.

    Where cutting peaks takes loudness away, the gain is corrected and measured again.
    """
    if found.only_side is not None:
        # The same sound from two sides.
        found = replace(found, lufs=found.lufs + 3)
    level = _level(found, target_lufs - found.lufs, LIMIT_DBTP)
    if found.peak_dbtp + level.gain_db > LIMIT_DBTP + _HARMLESS_CUT_DB:
        for _ in range(_CORRECTIONS):
            off_lu = target_lufs - meter(level).lufs
            better = _level(found, level.gain_db + off_lu, LIMIT_DBTP)
            if abs(off_lu) <= _CLOSE_ENOUGH_LU or better == level:
                break
            level = better
    return level


def corrected(
    level: Level,
    target_lufs: float,
    found: Measured,
    coded: Measured,
    thin: Measured | None = None,
) -> Level:
    """A better level, after the track was coded and measured; the same one if it is good.

    Noise and claps come out of the encoder with other peaks, and less loud, than they went in.
    coded, thin: the best of the track's files and the thinnest, where there are several.
    """
    gain_db, limit_dbtp = level.gain_db, level.limit_dbtp or LIMIT_DBTP
    thin_limit_dbtp = level.thin_limit_dbtp
    if abs(target_lufs - coded.lufs) > _CODED_CLOSE_ENOUGH_LU:
        gain_db += target_lufs - coded.lufs
    if coded.peak_dbtp > MOST_PEAK_DBTP:
        limit_dbtp += _down(coded)
    if thin and thin.peak_dbtp > MOST_THIN_PEAK_DBTP:
        lower_db = max(_down(thin), -_MOST_THIN_STEP_DB)
        thin_limit_dbtp = round((thin_limit_dbtp or limit_dbtp) + lower_db, 1)
    return replace(_level(found, gain_db, round(limit_dbtp, 1)), thin_limit_dbtp=thin_limit_dbtp)


def _down(coded: Measured) -> float:
    """How much lower the limiter must stand, and a little to be sure."""
    return MOST_PEAK_DBTP - coded.peak_dbtp - 0.5


def _level(found: Measured, gain_db: float, limit_dbtp: float) -> Level:
    gain_db = round(min(gain_db, MAX_GAIN_DB), 1) + 0.0
    over = found.peak_dbtp + gain_db > limit_dbtp
    return Level(
        gain_db=gain_db,
        limit_dbtp=limit_dbtp if over else None,
        only_side=found.only_side,
    )


def report(track: str, found: Measured, level: Level, coded: Measured | None) -> Loudness:
    heard = coded is not None
    return Loudness(
        track=track,
        source_lufs=found.lufs if heard else None,
        source_peak_dbtp=found.peak_dbtp if heard else None,
        gain_db=level.gain_db,
        limited=level.limit_dbtp is not None,
        only_side=None if level.only_side is None else ("left", "right")[level.only_side],
        lufs=coded.lufs if coded else None,
        peak_dbtp=coded.peak_dbtp if coded else None,
    )
