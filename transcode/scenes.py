"""What a film costs at each rung: short probe encodes of scenes spread over it.

The pictures go the same way as later in earnest (same filters, same encoder settings) but for the
rate cap, so their sizes tell what the film needs.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av

from transcode.chunks import Chunk
from transcode.content import UNKNOWN, Content, RungCost
from transcode.encode import encode_chunk, video_file
from transcode.errors import EncodeFailed
from transcode.ladder import FLOOR_NAME, Rung
from transcode.plan import Pass, Piece, Plan

SCENE_S = 2
# A shorter film is encoded before a probe would have told anything.
LEAST_FILM_S = 20
MOST_SCENES = 12
# One more scene for so much of film: probing costs about 3 % of the encoding, whatever the length.
FILM_S_A_SCENE = 110


@dataclass(frozen=True, kw_only=True)
class _Sizes:
    """Of one rung in one scene."""

    key_bytes: float  # a key frame
    other_bytes: float  # any other frame, in the mean

    def bps(self, rung: Rung, gop_frames: int) -> float:
        return 8 * (self.key_bytes + (gop_frames - 1) * self.other_bytes) * rung.fps / gop_frames


def look_at_scenes(
    draft: Plan,
    source: Path,
    scratch: Path,
    *,
    ffmpeg: str | Path | None = None,
    stop: Callable[[], bool] | None = None,
    memory_bytes: int | None = None,
) -> tuple[Content, float]:
    """Encode a few seconds here and there at every rung of a draft plan; gives what the film
    needs, and the CPU seconds that it took.

    A scene that can't be encoded is passed over: the encoding itself will tell what is wrong.
    """
    uncapped, sampled, cpu_s = _uncapped(draft), [], 0.0
    for chunk in sampled_scenes(draft):
        folder = scratch / f"scene-{chunk.index}"
        piece = Piece(part=uncapped.passes[0], chunk=chunk)
        try:
            made = encode_chunk(
                uncapped, source, piece, folder, ffmpeg=ffmpeg, stop=stop, memory_bytes=memory_bytes
            )
            cpu_s += made.cpu_s
            sampled.append({r: _sizes(video_file(folder, r)) for r in uncapped.rungs})
        except EncodeFailed as error:
            # A full disk or the like says nothing of the scene: another plan would come of it.
            if type(error) is not EncodeFailed:
                raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if not sampled:
        return UNKNOWN, cpu_s
    costs = [_cost(rung, [s[rung] for s in sampled], draft.gop_frames) for rung in uncapped.rungs]
    return Content(scenes=len(sampled), costs=tuple(costs)), cpu_s


def sampled_scenes(draft: Plan) -> list[Chunk]:
    """Where to look: in the middle of equal parts of the film, at the start of a segment."""
    if draft.duration_s < LEAST_FILM_S:
        return []
    count = min(MOST_SCENES, 2 + int(draft.duration_s / FILM_S_A_SCENE))
    segments = draft.total_frames // draft.segment_frames
    frames = draft.segment_frames * SCENE_S // 4
    starts = [segments * (2 * n + 1) // (2 * count) * draft.segment_frames for n in range(count)]
    return [Chunk(index=n, start_frame=start, frames=frames) for n, start in enumerate(starts)]


def _uncapped(draft: Plan) -> Plan:
    """The draft without the floor, whose rate is given, and without caps."""
    rungs = tuple(replace(r, max_bps=0, buffer_bits=0) for r in draft.rungs if r.name != FLOOR_NAME)
    probe = Pass(name="probe", rungs=tuple(rung.name for rung in rungs), iframes=False)
    return replace(draft, rungs=rungs, passes=(probe,))


def _sizes(file: Path) -> _Sizes:
    with av.open(str(file)) as container:
        packets = [(p.is_keyframe, p.size) for p in container.demux(video=0) if p.size]
    keys = [size for is_key, size in packets if is_key]
    others = [size for is_key, size in packets if not is_key]
    return _Sizes(
        key_bytes=sum(keys) / len(keys), other_bytes=sum(others) / len(others) if others else 0
    )


def _cost(rung: Rung, sampled: Sequence[_Sizes], gop_frames: int) -> RungCost:
    gop_frames //= rung.frame_step
    rates = [sizes.bps(rung, gop_frames) for sizes in sampled]
    moving = sum(sizes.other_bytes for sizes in sampled) * (gop_frames - 1)
    still = sum(sizes.key_bytes for sizes in sampled)
    return RungCost(
        rung=rung.name,
        average_bps=round(sum(rates) / len(rates)),
        busiest_bps=round(max(rates)),
        moving_share=round(moving / (moving + still), 3),
    )
