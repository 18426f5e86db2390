"""Join chunks and sound into segments by stream copy, and describe the result.

The segments' bytes depend on the chunks only: the same plan gives the same package.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from transcode import joining
from transcode.captions import GROUP as CAPTIONS_GROUP
from transcode.captions import Captions, failed_captions, write_captions
from transcode.chapters import write as write_chapters
from transcode.encode import iframes_file, video_file
from transcode.errors import Damaged, EncodeFailed
from transcode.ffmpeg import run
from transcode.footprint import package_bytes, quota_bytes
from transcode.hevc import PLAYLIST as HEVC_PLAYLIST
from transcode.iframes import IFramePlaylist, write_iframes
from transcode.ladder import FLOOR_NAME, Rung
from transcode.leash import Limits
from transcode.mpegts import TransportSegment, read_segment
from transcode.plan import Plan
from transcode.playlists import Entry, average_bps, multivariant_text, peak_bps, target_s
from transcode.poster import write_posters
from transcode.sniff import LEAST_READABLE
from transcode.sound import audio_file, read_lost_s, read_loudness
from transcode.soundtracks import GROUP as SOUND_GROUP
from transcode.soundtracks import THIN_GROUP as THIN_SOUND_GROUP
from transcode.soundtracks import Soundtrack, failed, write_soundtracks
from transcode.storyboard import Storyboard, write_storyboard

MULTIVARIANT = "multivariant.m3u8"
CONTENTS = "package.json"
# What the thinnest line that films are promised on plays without stalling. Players that take
# what is listed first have a picture soon, and climb from there.
START_BPS = 600_000


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One rung as it came out."""

    name: str
    width_px: int
    height_px: int
    fps: float
    peak_bps: int
    average_bps: int
    codecs: str
    segments: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What the package has beyond its rungs."""

    soundtracks: list[Soundtrack]  # none where there is nothing to choose
    thin_soundtracks: list[Soundtrack]  # the same for the floor
    captions: list[Captions]
    iframes: IFramePlaylist
    storyboard: Storyboard
    posters_at_s: list[float]  # of the candidates, the best first
    loudness: list[dict[str, Any]]  # as encode_audio told it
    failed_soundtracks: list[str | None]  # languages of those that could not be encoded
    failed_captions: list[str | None]  # languages of those that could not be read


def check_decoded(plan: Plan, decoded_frames: int) -> float:
    """Seconds of the picture that did not decode. decoded_frames: of all chunks.

    Raises Damaged when too little of the source decoded.
    """
    if decoded_frames < LEAST_READABLE * plan.source_frames:
        raise Damaged(f"{decoded_frames} of {plan.source_frames} pictures decoded")
    return round((1 - decoded_frames / plan.source_frames) * plan.duration_s, 1)


def assemble(
    plan: Plan,
    piece_dirs: Mapping[str, Path],
    audio_dir: Path,
    out_dir: Path,
    *,
    lost_picture_s: float = 0.0,
    ffmpeg: str | Path | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Write the whole package into ``out_dir``; gives what ``package.json`` says.

    piece_dirs: where encode_chunk wrote each piece, by the piece's name; passes that are not in it
    are left out. audio_dir: where encode_audio wrote. lost_picture_s: as check_decoded told it.
    """
    made = encoded_rungs(plan, piece_dirs, plan.rungs)
    limits = Limits(scratch_bytes=quota_bytes(package_bytes(plan)))
    join = partial(run, ffmpeg=ffmpeg, stop=stop, folder=out_dir, limits=limits)

    def write(rung: Rung, dirs: Sequence[Path]) -> Rendition:
        return _write_rung(plan, rung, dirs, audio_dir, out_dir / rung.name, join)

    out_dir.mkdir(parents=True, exist_ok=True)
    # Posters take as long as all the joining, one copies while the other decodes.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pictures = _Pictures.begun(plan, made, piece_dirs, out_dir, pool)
        renditions = list(pool.map(write, made.keys(), made.values()))
        copied = encoded_rungs(plan, piece_dirs, plan.hevc)
        hevc = list(pool.map(write, copied.keys(), copied.values()))
        extras = _write_extras(plan, pictures, audio_dir, out_dir, join)
    for name, ladder in ((MULTIVARIANT, renditions), (HEVC_PLAYLIST, hevc)):
        if ladder:
            (out_dir / name).write_text(_multivariant(ladder, extras), encoding="utf-8")
    lost_s = {"picture": lost_picture_s, "sound": read_lost_s(audio_dir)}
    return _write_contents(plan, renditions, hevc, extras, lost_s, out_dir)


def encoded_rungs(
    plan: Plan, piece_dirs: Mapping[str, Path], ladder: Sequence[Rung]
) -> dict[Rung, list[Path]]:
    """The rungs whose passes are there, largest first, each with its chunks' folders."""
    dirs = {
        name: [piece_dirs[piece.name] for piece in plan.pieces if piece.part is part]
        for part in plan.passes
        if all(piece.name in piece_dirs for piece in plan.pieces if piece.part is part)
        for name in part.rungs
    }
    return {rung: dirs[rung.name] for rung in ladder if rung.name in dirs}


def _write_rung(
    plan: Plan,
    rung: Rung,
    chunk_dirs: Sequence[Path],
    audio_dir: Path,
    folder: Path,
    join: joining.Join,
) -> Rendition:
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "chunks.ffconcat"
    joining.write_script(plan, [video_file(chunk_dir, rung) for chunk_dir in chunk_dirs], script)
    track = next(track for track in plan.audio if track.name == rung.audio)
    join(joining.rung_arguments(plan, script, audio_file(audio_dir, track), folder))
    script.unlink()
    return _describe(plan, rung, folder)


@dataclass(frozen=True, kw_only=True)
class _Pictures:
    """What is made of pictures that were encoded, while the rungs are joined."""

    top: Rung
    iframes: Sequence[Path]  # of the chunks, in order
    posters_at_s: Future[list[float]]
    storyboard: Future[Storyboard]

    @classmethod
    def begun(
        cls,
        plan: Plan,
        made: Mapping[Rung, Sequence[Path]],
        piece_dirs: Mapping[str, Path],
        out_dir: Path,
        pool: Executor,
    ) -> _Pictures:
        # Of the rungs that were encoded: a copied one has the source's bytes, which only processes
        # on a leash decode.
        copied = {name for part in plan.passes if part.copied for name in part.rungs}
        top, top_dirs = next(pair for pair in made.items() if pair[0].name not in copied)
        videos = [video_file(chunk_dir, top) for chunk_dir in top_dirs]
        pieces = [piece for piece in plan.pieces if piece.part.iframes]
        iframes = [iframes_file(piece_dirs[piece.name]) for piece in pieces]
        return cls(
            top=top,
            iframes=iframes,
            posters_at_s=pool.submit(write_posters, plan, iframes, videos, out_dir),
            storyboard=pool.submit(write_storyboard, plan, iframes, out_dir),
        )


def _write_extras(
    plan: Plan, pictures: _Pictures, audio_dir: Path, out_dir: Path, join: joining.Join
) -> Extras:
    """What simple players never ask for. None of it can break what they play."""
    durations_s = [float(duration) for duration in segment_durations(plan)]
    cut = partial(write_soundtracks, plan, audio_dir, out_dir, durations_s, join)
    first = read_segment((out_dir / pictures.top.name / "00001.ts").read_bytes())
    write_chapters(plan.chapters, out_dir)
    return Extras(
        soundtracks=cut(SOUND_GROUP),
        thin_soundtracks=cut(THIN_SOUND_GROUP),
        captions=write_captions(plan, audio_dir, out_dir, durations_s, min(first.video_pts)),
        iframes=write_iframes(plan, pictures.iframes, out_dir, join),
        storyboard=pictures.storyboard.result(),
        loudness=read_loudness(audio_dir),
        failed_soundtracks=failed(plan, audio_dir),
        failed_captions=failed_captions(plan, audio_dir),
        posters_at_s=pictures.posters_at_s.result(),
    )


def _describe(plan: Plan, rung: Rung, folder: Path) -> Rendition:
    """Write the rung's playlist from the plan's own frame numbers, and measure the rung."""
    durations_s = [float(duration) for duration in segment_durations(plan)]
    files, measured = joining.write_playlist(folder, durations_s)
    return Rendition(
        name=rung.name,
        width_px=rung.width_px,
        height_px=rung.height_px,
        fps=round(float(rung.fps), 3),
        peak_bps=peak_bps(measured, target_s(durations_s)),
        average_bps=average_bps(measured),
        codecs=_codecs(read_segment(files[0].read_bytes())),
        segments=len(files),
        size_bytes=sum(size for size, _ in measured),
    )


def segment_durations(plan: Plan) -> list[Fraction]:
    """Exact lengths; the same in every rung, because the grid is."""
    starts = range(0, plan.total_frames, plan.segment_frames)
    return [min(plan.segment_frames, plan.total_frames - at) / plan.fps for at in starts]


def _codecs(first: TransportSegment) -> str:
    if first.adts is None or first.sps is None:
        raise EncodeFailed("a segment without parameters of the picture or AAC headers")
    return f"{first.sps.codec},mp4a.40.{first.adts.object_type}"


def in_starting_order(renditions: Sequence[Rendition]) -> list[Rendition]:
    """First the one that players start with, then the others, largest first.

    Some never leave it: the floor is for lines that play nothing else.
    """
    proper = [r for r in renditions if r.name != FLOOR_NAME] or list(renditions)
    fitting = [r for r in proper if r.peak_bps <= START_BPS]
    first = max(fitting or proper, key=lambda r: r.peak_bps if fitting else -r.peak_bps)
    return [first, *(r for r in renditions if r is not first)]


def _multivariant(renditions: Sequence[Rendition], extras: Extras) -> str:
    variants = [_variant(rendition, extras) for rendition in in_starting_order(renditions)]
    sounds = list(dict.fromkeys(t for r in renditions for t in _soundtracks(r, extras)))
    media = [*(track.entry for track in sounds), *(track.entry for track in extras.captions)]
    return multivariant_text(variants, media, [extras.iframes.entry])


def _soundtracks(rendition: Rendition, extras: Extras) -> list[Soundtrack]:
    return extras.thin_soundtracks if rendition.name == FLOOR_NAME else extras.soundtracks


def _variant(rendition: Rendition, extras: Extras) -> Entry:
    # A viewer of another sound track fetches it on top of the muxed one (RFC 8216 §4.3.4.2).
    tracks = _soundtracks(rendition, extras)
    peak = rendition.peak_bps + max((track.peak_bps for track in tracks), default=0)
    average = rendition.average_bps + max((track.average_bps for track in tracks), default=0)
    groups = {"AUDIO": tracks[0].group} if tracks else {}
    groups |= {"SUBTITLES": CAPTIONS_GROUP} if extras.captions else {}
    return Entry(
        attributes={
            "BANDWIDTH": str(peak),
            "AVERAGE-BANDWIDTH": str(average),
            "CODECS": f'"{rendition.codecs}"',
            "RESOLUTION": f"{rendition.width_px}x{rendition.height_px}",
            "FRAME-RATE": f"{rendition.fps:.3f}",
            **{name: f'"{group}"' for name, group in groups.items()},
        },
        uri=f"{rendition.name}/{joining.PLAYLIST}",
    )


def _write_contents(
    plan: Plan,
    renditions: Sequence[Rendition],
    hevc: Sequence[Rendition],
    extras: Extras,
    lost_s: dict[str, float],
    out_dir: Path,
) -> dict[str, Any]:
    """Write ``package.json``: every file with size and hash. The last file of a package."""
    files = sorted(f for f in out_dir.rglob("*") if f.is_file() and f.name != CONTENTS)
    contents = {
        "format": 2,
        "source_sha256": plan.source_sha256,
        "plan": plan.hash,
        "duration_s": round(plan.duration_s, 6),
        "fps": str(plan.fps),
        "rungs": [asdict(rendition) for rendition in renditions],
        "hevc": [asdict(rendition) for rendition in hevc],
        **asdict(extras),
        "lost_s": lost_s,  # what did not decode
        "chapters": [asdict(chapter) for chapter in plan.chapters],
        "files": [_file_facts(file, out_dir) for file in files],
    }
    text = json.dumps(contents, indent=1, ensure_ascii=False) + "\n"
    (out_dir / CONTENTS).write_text(text, encoding="utf-8")
    return contents


def _file_facts(file: Path, out_dir: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {
        "path": file.relative_to(out_dir).as_posix(),
        "size_bytes": file.stat().st_size,
        "sha256": digest,
    }
