"""What the others run, line by line as their sources have it, on the same rungs.

Packaging by other programs (Bento4, Shaka Packager) is left out, in their favour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import measure

HEIGHTS_PX = (1080, 720, 480, 360)
PEERTUBE_HEIGHTS_PX = (*HEIGHTS_PX, 240)  # what PeerTube makes by default
FPS = 25

# bit/s at 25 frames a second.
PEERTUBE_BPS = {1080: 5184064, 720: 2534431, 480: 1228815, 360: 864010, 240: 435205}
MEDIACMS_BPS = {1080: 4_500_000, 720: 2_500_000, 480: 1_000_000, 360: 500_000, 240: 300_000}
SHAKA_BPS = {1080: 4_000_000, 720: 2_000_000, 480: 1_000_000, 360: 400_000, 240: 242_000}


def peertube(
    source: Path, out_dir: Path, *, threads: int = 1, heights_px: Sequence[int] = HEIGHTS_PX
) -> measure.Cost:
    """One process a rendition; all but the first decode the transcoded top file again.

    threads: 1 is its default, 0 leaves the number to FFmpeg.
    """
    cost, decoded = measure.NOTHING, source
    for height_px in heights_px:
        made = peertube_file(out_dir, height_px)
        cost += measure.ffmpeg(*_peertube_line(decoded, made, height_px, threads))
        decoded = decoded if decoded != source else made
    return cost


def peertube_file(out_dir: Path, height_px: int) -> Path:
    return out_dir / f"peertube-{height_px}-fragmented.mp4"


def _peertube_line(source: Path, made: Path, height_px: int, threads: int) -> Iterator[str | Path]:
    bps = PEERTUBE_BPS[height_px]
    yield from ("-i", source)
    yield from ("-acodec", "aac", "-vcodec", "libx264", "-threads", str(threads))
    yield from ("-f", "mp4", "-movflags", "faststart", "-max_muxing_queue_size", "1024")
    yield from ("-map_metadata", "-1", "-pix_fmt", "yuv420p", "-vf", f"scale=w=-2:h={height_px}")
    yield from ("-preset", "veryfast", "-maxrate:v", str(bps), "-bufsize:v", str(2 * bps))
    yield from ("-b_strategy", "1", "-bf", "16", "-r", str(FPS), "-g:v", str(2 * FPS))
    yield from ("-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod")
    yield from ("-hls_segment_filename", made, "-hls_segment_type", "fmp4")
    yield from ("-f", "hls", "-hls_flags", "single_file", made.with_suffix(".m3u8"))


def mediacms(
    source: Path, out_dir: Path, *, heights_px: Sequence[int] = HEIGHTS_PX
) -> measure.Cost:
    """One process a rendition, each from the source."""
    cost = measure.NOTHING
    for height_px in heights_px:
        made = mediacms_file(out_dir, height_px)
        cost += measure.ffmpeg(*_mediacms_line(source, made, height_px))
    return cost


def mediacms_file(out_dir: Path, height_px: int) -> Path:
    return out_dir / f"mediacms-{height_px}.mp4"


def _mediacms_line(source: Path, made: Path, height_px: int) -> Iterator[str | Path]:
    limit_bps = MEDIACMS_BPS[height_px] * 3 // 2
    yield from ("-i", source, "-c:v", "libx264")
    yield from ("-filter:v", f"scale=-2:{height_px}:flags=lanczos,fps={FPS}")
    yield from ("-pix_fmt", "yuv420p", "-crf", "23", "-c:a", "aac", "-b:a", "128k", "-ac", "2")
    yield from ("-maxrate", str(limit_bps), "-bufsize", str(limit_bps))
    yield from ("-force_key_frames", "expr:gte(t,n_forced*4)")
    yield from ("-x264-params", f"keyint={8 * FPS}:keyint_min={4 * FPS}")
    yield from ("-preset", "medium", "-profile:v", "main", "-level", "4.2", made)


def shaka(source: Path, out_dir: Path, *, heights_px: Sequence[int] = HEIGHTS_PX) -> measure.Cost:
    """One process, one decode, every rendition scaled from the source."""
    return measure.ffmpeg(*_shaka_line(source, out_dir, heights_px))


def _shaka_line(source: Path, out_dir: Path, heights_px: Sequence[int]) -> Iterator[str | Path]:
    yield from ("-i", source)
    yield from ("-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2")
    yield from ("-f", "mpegts", out_dir / "shaka-audio.ts")
    for height_px in heights_px:
        yield from ("-map", "0:v:0", "-preset", "slow")
        yield from ("-profile:v", "high" if height_px >= 720 else "main", "-pix_fmt", "yuv420p")
        yield from ("-flags", "+cgop", "-c:v", "libx264", "-b:v", str(SHAKA_BPS[height_px]))
        yield from ("-keyint_min", str(4 * FPS), "-g", str(4 * FPS))
        yield from ("-vf", f"scale=-2:{height_px},setsar=1:1")
        yield from ("-f", "mpegts", out_dir / f"shaka-{height_px}.ts")
