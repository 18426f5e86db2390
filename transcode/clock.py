"""What time stamps tell: the frame rate, and whether the clock jumps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

# FFmpeg's own measures for the formats that may jump: anything more is a cut, not a pause.
_FORWARD_S = 10
_BACK_S = Fraction(1, 10)
# Few enough to lie within one burst of a screen recording, many enough to even out jitter.
_RUN_GAPS = 4


def frame_rate(
    starts: Sequence[int], tick: Fraction, guessed: Fraction | None = None
) -> tuple[Fraction, bool]:
    """Mean rate of a steady track, or the busy rate of a variable one, and which it is.

    starts: sorted, in ticks. A track is variable when one gap in twenty differs by a fifth from
    the median: single dropped frames don't count.
    """
    starts = [at for at, _ in itertools.groupby(starts)]
    gaps = sorted(b - a for a, b in itertools.pairwise(starts))
    if not gaps:
        return (guessed or Fraction(25)), False
    median = gaps[len(gaps) // 2]
    # One tick is the rounding of containers with millisecond clocks.
    tolerance = max(median / 5, min(1, median / 2))
    usual = [gap for gap in gaps if abs(gap - median) <= tolerance]
    if (len(gaps) - len(usual)) * 20 > len(gaps):
        return _busy_rate(starts, tick), True
    # The mean of the usual gaps: a hole left by a lost frame says nothing of the rate.
    return (len(usual) / (sum(usual) * tick)).limit_denominator(100_000), False


def _busy_rate(starts: Sequence[int], tick: Fraction) -> Fraction:
    """The rate that a quarter of the frames come at, or faster.

    The median would turn the moving parts of a screen recording that mostly stands still into
    a slide show; single gaps would take the jitter of a live recording for speed.
    """
    length = min(_RUN_GAPS, len(starts) - 1)
    runs = sorted(b - a for a, b in zip(starts, starts[length:], strict=False))
    return (length / (runs[len(runs) // 4] * tick)).limit_denominator(100_000)


def jumps(decoded_at: Sequence[int], tick: Fraction) -> int:
    """How often the clock jumps. decoded_at: decoding times in the order of the file, in ticks."""
    forward, back = _FORWARD_S / tick, -_BACK_S / tick
    return sum(not back <= b - a <= forward for a, b in itertools.pairwise(decoded_at))
