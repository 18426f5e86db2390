"""An extra ladder in HEVC for boxes that decode it: beside the H.264 one, never instead.

It has a playlist of its own, since old boxes choose by bandwidth and don't look at CODECS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transcode.ladder import FLOOR_NAME, Rung

PLAYLIST = "hevc.m3u8"
# What the rules say of H.264, and of the thinnest line, holds for the plain playlist.
EXEMPT_RULES = ("h264", "thin_line", "several_bitrates")
MOST_RUNGS = 2
# The scale of x265's CRF: so much more is about the same quality.
CRF_MORE = 3
RATE_SHARE = 0.65


def hevc_rungs(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The largest rungs once more in HEVC; small ones save too little to matter."""
    return tuple(
        replace(
            rung,
            name=f"hevc-{rung.name}",
            codec="hevc",
            crf=rung.crf + CRF_MORE,
            max_bps=round(rung.max_bps * RATE_SHARE),
            buffer_bits=round(rung.buffer_bits * RATE_SHARE),
            expected_bps=round(rung.expected_bps * RATE_SHARE),
            profile="main",
            level="",
            preset="fast",
        )
        for rung in rungs[:MOST_RUNGS]
        if rung.name != FLOOR_NAME
    )
