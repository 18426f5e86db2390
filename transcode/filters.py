"""The filter graph: mend the picture once, then scale it down in a cascade."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from transcode.chunks import Chunk
from transcode.ladder import IFrames, Rung
from transcode.plan import Piece, Plan
from transcode.triage import Treatment


def rendition_streams(
    source: Any, plan: Plan, piece: Piece
) -> Iterator[tuple[Rung | IFrames, Any]]:
    """One stream for every rung of the pass, and one for the I-frames if the pass makes them.

    source: the picture of an ffmpeg-python input.
    """
    rungs = plan.rungs_of(piece.part)
    stream = on_grid(mend(source, plan.treatment), plan, piece.chunk)
    stream, step = first_scale(stream, plan.treatment, rungs[0]), 1
    # I-frames come of the smallest rung that has every frame: the floor has every other.
    complete = [rung for rung in rungs if rung.frame_step == 1] or rungs[:1]
    for rung, following in zip(rungs, (*rungs[1:], None), strict=True):
        winding = piece.part.iframes and rung is complete[-1]
        split = copied(stream, 1 + (following is not None) + winding)
        yield rung, stepped(next(split), step, rung.frame_step)
        if winding:
            few = stepped(next(split), step, plan.iframes.frame_step)
            yield plan.iframes, scaled(few, rung, plan.iframes)
        # Each rung is scaled from the one above: a fifth of the work of scaling from the top.
        if following:
            stream = scaled(stepped(next(split), step, following.frame_step), rung, following)
            step = following.frame_step


def copied(stream: Any, copies: int) -> Iterator[Any]:
    """The same pictures several times."""
    if copies == 1:
        return iter([stream])
    split = stream.filter_multi_output("split", copies)
    return iter([split[number] for number in range(copies)])


def mend(stream: Any, treatment: Treatment) -> Any:
    """Before the frame grid: fields become frames, one for two, so the rate stays."""
    if treatment.deinterlace:
        # The order that was seen: flags are often missing, and wrong when a clip was cut.
        stream = stream.filter(
            "bwdif", mode="send_frame", parity=treatment.deinterlace, deint="all"
        )
    return stream


def on_grid(stream: Any, plan: Plan, chunk: Chunk) -> Any:
    """Exactly the chunk's frames at the constant rate, whatever the source does.

    A source that ends early repeats its last picture; the caller counts what was decoded.
    """
    first = first_frame(plan, chunk)
    start_s = plan.treatment.clock_zero_s + frame_start_s(plan, first)
    left_out = chunk.start_frame - first
    window = {"start_frame": left_out} if left_out else {}
    return (
        stream.filter("fps", fps=str(plan.fps), start_time=f"{start_s:.6f}")
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("trim", **window, end_frame=left_out + chunk.frames)
        # Whole ticks of one frame each: computing N/fps in floating point loses some.
        .filter("setpts", "PTS-STARTPTS")
    )


def first_frame(plan: Plan, chunk: Chunk) -> int:
    """The frame of the grid that filtering begins with: the chunk's first, but where the sound
    goes on after the picture, one that the last picture still comes after.

    FFmpeg finds nothing behind the last picture, and what is not there can't be held.
    """
    return min(chunk.start_frame, max(0, plan.last_picture_frame - 1))


def seek_margin_s(plan: Plan, chunk: Chunk) -> float:
    """How much earlier than the first frame decoding begins."""
    return min(float(plan.seek_margin_s), float(Fraction(first_frame(plan, chunk)) / plan.fps))


def frame_start_s(plan: Plan, frame: int) -> float:
    """Where a frame of the grid begins on our clock."""
    return round(plan.treatment.origin_s + float(Fraction(frame) / plan.fps), 6)


def first_scale(stream: Any, treatment: Treatment, rung: Rung) -> Any:
    """To the top rung's size, 8 bit 4:2:0, square pixels and BT.709.

    Untagged colours get the usual tags first, because zscale converts only what it can name.
    """
    tags = {"colorspace": treatment.matrix, "range": "full" if treatment.full_range else "limited"}
    size = {"w": rung.width_px, "h": rung.height_px, "filter": "lanczos"}
    if treatment.tonemap:
        stream = _to_standard_range(stream.filter("zscale", **size), treatment)
    else:
        primaries = "bt2020" if treatment.wide_gamut else "bt709"
        tags |= {"color_primaries": primaries, "color_trc": "bt709"}
        stream = stream.filter("setparams", **tags)
        stream = stream.filter("zscale", **size, p="709", m="709", r="limited")
    return stream.filter("format", "yuv420p").filter("setsar", "1")


def _to_standard_range(stream: Any, treatment: Treatment) -> Any:
    """PQ or HLG to linear light, tone-mapped, to BT.709. After scaling: it is per pixel."""
    transfer = {"pq": "smpte2084", "hlg": "arib-std-b67"}[treatment.tonemap or "pq"]
    return (
        stream.filter(
            "setparams", color_primaries="bt2020", color_trc=transfer, colorspace="bt2020nc"
        )
        # 203 cd/m² is the white of a page (ITU-R BT.2408). With this curve it comes out at 85 %
        # and a grey card at 42 %, as on television; highlights roll off up to 1000 cd/m².
        .filter("zscale", t="linear", npl=203)
        .filter("format", "gbrpf32le")
        .filter("zscale", p="709")
        .filter("tonemap", "mobius", param=0.3, desat=0, peak=5)
        .filter("zscale", t="709", m="709", r="limited")
    )


def stepped(stream: Any, step: int, wanted: int) -> Any:
    """Fewer frames of the grid: before scaling, so that dropped frames cost nothing."""
    return stream.filter("framestep", wanted // step) if wanted > step else stream


def scaled(stream: Any, above: Rung, rung: Rung | IFrames) -> Any:
    if (above.width_px, above.height_px) == (rung.width_px, rung.height_px):
        return stream
    # zscale's lanczos: the quality of swscale's at three quarters of its time.
    return stream.filter("zscale", w=rung.width_px, h=rung.height_px, filter="lanczos").filter(
        "setsar", "1"
    )
