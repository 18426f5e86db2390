"""The source's own picture as the top rung, by stream copy: half of the work is saved.

Only where nothing has to be mended, every frame lies on the plan's grid, and an IDR opens every
segment: a box that switches rung must find the same boundaries everywhere.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet

from transcode import h264
from transcode.apart import copy_apart
from transcode.encode import (
    Encoded,
    Stop,
    encode_chunk,
    keep_parts,
    part,
    parts_swept,
    timescale,
    video_file,
)
from transcode.errors import EncodeFailed, OverQuota
from transcode.footprint import most_bytes, quota_bytes
from transcode.leash import Limits
from transcode.packets import ask
from transcode.plan import Pass, Piece, Plan, Reason
from transcode.playlists import peak_bps
from transcode.probe import Source, opened

PROFILES = ("Constrained Baseline", "Baseline", "Main", "High")
MOST_LEVEL = 42
# A quarter of a frame: containers with millisecond clocks are off by half a millisecond.
OFF_GRID = Fraction(1, 4)


class _Unfit(Exception):
    """The copy can't serve, and why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, kw_only=True)
class _Picture:
    """A coded picture: its place on the frame grid, and what stands there."""

    number: int
    size_bytes: int
    idr: bool


def with_copied_top(
    plan: Plan, source: Source, path: Path, ceiling_bps: int, stop: Stop | None = None
) -> Plan:
    """The plan with its top rung copied from the source, or with the reason why not.

    ceiling_bps: the highest peak that the rung may have.
    """
    try:
        _expect_nothing_to_mend(source, plan)
        pictures = _pictures(path, plan, stop)
        _expect_on_grid(pictures, plan)
        peak = _peak_bps(pictures, plan)
        if peak > ceiling_bps:
            raise _too_large(peak // 1000, ceiling_bps // 1000)
    except _Unfit as unfit:
        zh, en = f"不直接复用原画面：{unfit.zh}", f"The source is not copied: {unfit.en}"
        return _explained(plan, zh, en)
    return _explained(
        _copying(plan, pictures, peak),
        f"{plan.rungs[0].name} 直接复用原画面，不重新编码",
        f"{plan.rungs[0].name} is the source's own picture, copied",
    )


def _too_large(peak_kbit: int, ceiling_kbit: int) -> _Unfit:
    return _Unfit(
        f"码率峰值 {peak_kbit} kbit/s 高于上限 {ceiling_kbit} kbit/s",
        f"its peak of {peak_kbit} kbit/s is above {ceiling_kbit}",
    )


def _explained(plan: Plan, zh: str, en: str) -> Plan:
    return replace(plan, reasons=(*plan.reasons, Reason(about="copy", zh=zh, en=en)))


def _copying(plan: Plan, pictures: Sequence[_Picture], peak: int) -> Plan:
    """The top rung leaves the pass that would have encoded it and gets one of its own."""
    frames = len(pictures)
    mean = round(8 * sum(picture.size_bytes for picture in pictures) * plan.fps / frames)
    top = replace(plan.rungs[0], max_bps=peak, buffer_bits=2 * peak, expected_bps=mean)
    others = [
        replace(one, rungs=tuple(name for name in one.rungs if name != top.name))
        for one in plan.passes
    ]
    last = replace(plan.chunks[-1], frames=frames - plan.chunks[-1].start_frame)
    return replace(
        plan,
        total_frames=frames,
        chunks=(*plan.chunks[:-1], last),
        rungs=(top, *plan.rungs[1:]),
        passes=(
            *(one for one in others if one.rungs),
            Pass(name="copy", rungs=(top.name,), iframes=False, copied=True),
        ),
    )


def _expect_nothing_to_mend(source: Source, plan: Plan) -> None:
    video, treatment, top = source.video, plan.treatment, plan.rungs[0]
    coded = (video.coded_width_px, video.coded_height_px)
    fits = {
        ("不是 H.264 编码", "it is not H.264"): video.codec == "h264",
        ("不是 8 位 4:2:0 色彩", "it is not 4:2:0 with 8 bit"): (
            video.pixel_format == "yuv420p" and not video.full_range
        ),
        ("色彩不是 BT.709", "its colours are not BT.709"): (
            treatment.matrix == "bt709" and not treatment.tonemap
        ),
        ("画面需要转正", "it must be turned"): video.rotation_deg == 0 and not video.mirrored,
        ("是隔行扫描", "it is interlaced"): not treatment.deinterlace,
        ("尺寸与最高清晰度不同", "it has not the size of the top rung"): (
            coded == (top.width_px, top.height_px)
        ),
        ("帧率不标准", "its rate is not a standard one"): (
            not video.variable_rate and video.fps == treatment.fps
        ),
        ("画面开始得比声音晚", "its picture starts late"): treatment.origin_s == video.start_s,
        ("结尾需要延长或截短", "its end is held or cut"): (
            abs(source.video.frames - plan.total_frames) < 4
        ),
    }
    for (zh, en), holds in fits.items():
        if not holds:
            raise _Unfit(zh, en)


def _pictures(path: Path, plan: Plan, stop: Stop | None) -> list[_Picture]:
    """All of them in decoding order."""
    with opened(path) as container:
        context = container.streams[plan.video_stream].codec_context
        if context.profile not in PROFILES or getattr(context, "level", 0) > MOST_LEVEL:
            level = getattr(context, "level", 0) / 10
            raise _Unfit(
                f"编码类型是 {context.profile}，级别 {level:g}，老机顶盒可能放不了",
                f"its profile is {context.profile} at level {level:g}",
            )
        length_bytes = _length_bytes(context.extradata)
        return [
            _Picture(number=number, size_bytes=packet.size, idr=_is_idr(packet, length_bytes))
            for number, packet in _numbered(container, plan, stop)
        ]


def _numbered(
    container: InputContainer, plan: Plan, stop: Stop | None
) -> Iterator[tuple[int, Packet[Any]]]:
    """The packets with the number of their frame on the plan's grid."""
    start_s = Fraction(plan.treatment.clock_zero_s + plan.treatment.origin_s)
    for read, packet in enumerate(container.demux(container.streams[plan.video_stream])):
        ask(stop, read)
        if not packet.size:
            continue
        if packet.pts is None or packet.time_base is None:
            raise _Unfit("有的帧没有时间戳", "frames have no time stamps")
        place = (packet.pts * packet.time_base - start_s) * plan.fps
        if abs(place - round(place)) > OFF_GRID:
            raise _Unfit("帧的时间不均匀", "frames are off the grid")
        yield round(place), packet


def _expect_on_grid(pictures: Sequence[_Picture], plan: Plan) -> None:
    numbers = sorted(picture.number for picture in pictures)
    if numbers != list(range(len(pictures))):
        raise _Unfit("有缺帧或重复帧", "frames are missing or twice there")
    for picture in pictures:
        if picture.number % plan.segment_frames == 0 and not picture.idr:
            raise _Unfit(
                "不是每个分片都能从关键帧开始", "not every segment would start with an IDR"
            )


def _length_bytes(extradata: bytes | None) -> int:
    """Of the length before each unit (ISO/IEC 14496-15); 0 for start codes."""
    return (extradata[4] & 3) + 1 if extradata and len(extradata) > 4 and extradata[0] == 1 else 0


def _is_idr(packet: Packet[Any], length_bytes: int) -> bool:
    if not packet.is_keyframe:
        return False
    content = bytes(packet)
    if not length_bytes:
        return any(unit[0] & 31 == h264.IDR for unit in h264.nal_units(content))
    at = 0
    while at + length_bytes < len(content):
        if content[at + length_bytes] & 31 == h264.IDR:
            return True
        at += length_bytes + int.from_bytes(content[at : at + length_bytes], "big")
    return False


def _peak_bps(pictures: Sequence[_Picture], plan: Plan) -> int:
    segments = -(-len(pictures) // plan.segment_frames)
    sizes = [0] * segments
    for picture in pictures:
        sizes[picture.number // plan.segment_frames] += picture.size_bytes
    segment_s = float(plan.segment_frames / plan.fps)
    lengths = [segment_s] * (segments - 1)
    lengths.append(float(len(pictures) / plan.fps) - segment_s * (segments - 1))
    return peak_bps(list(zip(sizes, lengths, strict=True)), segment_s)


def make_piece(
    plan: Plan,
    source: Path,
    piece: Piece,
    out_dir: Path,
    *,
    ffmpeg: str | Path | None = None,
    on_progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    memory_bytes: int | None = None,
) -> Encoded:
    """Do one piece of a plan's work, whether it encodes or copies."""
    if piece.part.copied:
        return _copy(plan, source, piece, out_dir, stop, memory_bytes)
    return encode_chunk(
        plan, source, piece, out_dir, ffmpeg=ffmpeg, on_progress=on_progress, stop=stop,
        memory_bytes=memory_bytes,
    )  # fmt: skip


def _copy(
    plan: Plan,
    source: Path,
    piece: Piece,
    out_dir: Path,
    stop: Callable[[], bool] | None,
    memory_bytes: int | None,
) -> Encoded:
    """Write the source's own picture as ``out_dir/<rung>.mp4``, on the plan's exact clock."""
    out_dir.mkdir(parents=True, exist_ok=True)
    file, started_at = video_file(out_dir, plan.rungs_of(piece.part)[0]), time.monotonic()
    quota = quota_bytes(most_bytes(plan, plan.duration_s))
    limits = Limits(memory_bytes=memory_bytes, file_bytes=quota)
    with parts_swept([file]):
        cpu_s = copy_apart(plan, source, part(file), stop=stop, limits=limits)
        keep_parts([file])
    wall_s = time.monotonic() - started_at
    return Encoded(files=(file,), cpu_s=cpu_s, wall_s=wall_s, decoded_frames=0)


def copy_picture(plan: Plan, source: Path, file: Path, *, stop: Stop | None = None) -> None:
    """The work itself, for a process that may crash. Raises EncodeFailed, OverQuota or Stopped."""
    try:
        _remux(plan, source, file, stop)
    except (_Unfit, av.error.FFmpegError) as error:
        if getattr(error, "errno", None) == errno.EFBIG:
            raise OverQuota("the copied picture is larger than it may be") from error
        raise EncodeFailed(f"the picture can't be copied: {error}") from error


def _remux(plan: Plan, source: Path, file: Path, stop: Stop | None) -> None:
    ticks = timescale(plan.fps) / plan.fps
    with opened(source) as container:
        # How far decoding runs ahead of showing: pictures that wait for later ones.
        ahead = max(i - number for i, (number, _) in enumerate(_numbered(container, plan, stop)))
    with opened(source) as container, av.open(str(file), "w", format="mp4") as written:
        template = container.streams[plan.video_stream]
        stream = written.add_stream_from_template(template)
        stream.time_base = Fraction(1, timescale(plan.fps))
        for i, (number, packet) in enumerate(_numbered(container, plan, stop)):
            packet.stream, packet.time_base = stream, stream.time_base
            packet.pts, packet.dts = int(number * ticks), int((i - ahead) * ticks)
            packet.duration = int(ticks)
            written.mux(packet)
