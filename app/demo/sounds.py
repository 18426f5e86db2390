"""The music of the demonstration films, as expressions for FFmpeg's aevalsrc.

A plucked melody on the five-note scale over a soft drone; no two films sound the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tune:
    """A small melody."""

    base_hz: float  # the first note of the scale
    note_s: float  # length of a note
    stride: int  # steps along the scale from note to note
    turn: int  # how the stride shifts every four notes


def tune_of(place: int) -> Tune:
    """The tune of the film at a place in the list."""
    return Tune(
        base_hz=(196.0, 220.0, 246.94, 261.63, 174.61)[place % 5],
        note_s=(0.4, 0.5, 0.32, 0.6)[place % 4],
        stride=(3, 2, 7, 4, 5, 6)[place % 6],
        turn=place % 3 + 1,
    )


def melody(tune: Tune) -> str:
    """The sound at second t, within -0.6 and 0.6."""
    note = f"floor(t/{tune.note_s})"
    # Degree n of the five-note scale lies floor(2.4 n) half-tones above the base.
    degree = f"mod({note}*{tune.stride}+floor({note}/4)*{tune.turn},9)"
    hz = f"{tune.base_hz}*pow(2,floor(2.4*{degree})/12)"
    since = f"(t-{note}*{tune.note_s})"
    # The last 50 ms of a note fade out, or each note would start with a click.
    envelope = f"exp(-4*{since})*min(1,({tune.note_s}-{since})*20)"
    plucked = f"(sin(2*PI*ld(0)*{since})+0.3*sin(4*PI*ld(0)*{since}))"
    drone = f"(sin(PI*{tune.base_hz}*t)+0.6*sin(1.5*PI*{tune.base_hz}*t))*(0.8+0.2*sin(t))"
    return f"st(0,{hz});0.34*{plucked}*{envelope}+0.07*{drone}"
