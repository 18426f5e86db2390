"""How much disk the work on a plan takes: pure arithmetic, before anything is encoded."""

from __future__ import annotations

from collections.abc import Sequence

from transcode.ladder import Rung
from transcode.plan import Pass, Plan

# Where nothing was measured: a title takes its rungs' ceilings only in its hardest minutes.
USUAL_SHARE_OF_MAX = 0.7
# A few scenes foretell a whole film only roughly.
SURPRISE_FACTOR = 1.3
# Transport packets cost 3 to 10 % over MP4, the thinnest rung most.
TRANSPORT_FACTOR = 1.07
# Pictures, playlists and the streams for fast winding.
EXTRAS_FACTOR = 1.1
# A job that writes three times its ceilings is a run-away. The constant is for short jobs, where
# headers and a full rate buffer are more than the rate says.
QUOTA_FACTOR, QUOTA_LEAST_BYTES = 3, 256 << 20


def most_bytes(plan: Plan, duration_s: float) -> int:
    """What the pictures of some seconds take at most, in all rungs."""
    return round(sum(rung.max_bps for rung in plan.all_rungs) * duration_s / 8 * EXTRAS_FACTOR)


def usual_bytes(rungs: Sequence[Rung], duration_s: float) -> int:
    """What the pictures of some seconds are expected to take in these rungs."""
    rates = [
        min(rung.max_bps, rung.expected_bps * SURPRISE_FACTOR or rung.max_bps * USUAL_SHARE_OF_MAX)
        for rung in rungs
    ]
    return round(sum(rates) * duration_s / 8 * EXTRAS_FACTOR)


def sound_bytes(plan: Plan) -> int:
    """What the audio tracks take as files of their own."""
    return round(sum(track.bps for track in plan.audio) * plan.duration_s / 8 * EXTRAS_FACTOR)


def package_bytes(plan: Plan, stage: Sequence[Pass] | None = None) -> int:
    """What the package of a stage, or else the whole one, usually takes: the main sound stands in
    every rung, further tracks by themselves."""
    rungs = [rung for part in stage or plan.passes for rung in plan.rungs_of(part)]
    bps_of = {track.name: track.bps for track in plan.audio}
    sound_bps = sum(bps_of.get(rung.audio, 0) for rung in rungs)
    sound_bps += sum(track.bps for track in plan.audio if not track.main)
    pictures = usual_bytes(rungs, plan.duration_s)
    return round((pictures + sound_bps * plan.duration_s / 8) * TRANSPORT_FACTOR)


def estimate_bytes(plan: Plan, *, copied_source_bytes: int = 0) -> int:
    """What the whole way of a plan takes: its chunks and, beside them, the packages of all stages,
    for one that is replaced stays for who is watching.

    copied_source_bytes: the source's size where workers copy it to their own disk first.
    """
    chunks = usual_bytes(plan.all_rungs, plan.duration_s) + sound_bytes(plan)
    packages = sum(package_bytes(plan, stage) for stage in plan.stages)
    return chunks + packages + copied_source_bytes


def step_bytes(plan: Plan, step: str) -> int:
    """What one job usually writes: a piece by its name, the sound, or a package."""
    for piece in plan.pieces:
        if piece.name == step:
            seconds = float(piece.chunk.frames / plan.fps)
            return usual_bytes(plan.all_rungs, seconds)
    return sound_bytes(plan) if step == "audio" else package_bytes(plan)


def quota_bytes(expected_bytes: int) -> int:
    """What a job that is expected to write so much may write before it is ended."""
    return QUOTA_FACTOR * expected_bytes + QUOTA_LEAST_BYTES
