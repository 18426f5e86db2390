"""The rules of a good package, one function a rule (RFC 8216, Apple's authoring specification).

A rule returns what it found wrong, at best nothing; None where it has nothing to say.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from transcode.package_facts import CLOCK_HZ, Package, Rendition, SegmentFacts
from transcode.playlists import Entry
from transcode.reading import HttpReader, Unreadable

Faults = list[str] | None
THIN_LINE_BPS = 192_000
_REQUIRED = ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE")
_PLAYLIST_TYPES = ("application/vnd.apple.mpegurl", "audio/mpegurl", "application/x-mpegurl")
_SEGMENT_TYPES = ("video/mp2t", "video/mp4", "audio/mp4", "video/iso.segment")


@dataclass(frozen=True, kw_only=True)
class Rule:
    code: str
    description: str
    check: Callable[[Package], Faults]


RULES: list[Rule] = []


def rule(
    code: str, description: str
) -> Callable[[Callable[[Package], Faults]], Callable[[Package], Faults]]:
    def register(check: Callable[[Package], Faults]) -> Callable[[Package], Faults]:
        RULES.append(Rule(code=code, description=description, check=check))
        return check

    return register


def _renditions(package: Package) -> list[Rendition]:
    return [*(rendition for _, rendition in package.variants), *package.sounds]


def _video_segments(package: Package) -> list[SegmentFacts]:
    return [s for _, rendition in package.pictures for s in rendition.segments]


@rule("files_present", "Every playlist and segment that is named can be read")
def _files_present(package: Package) -> Faults:
    empty = [f"{r.path}: no segments" for r in _renditions(package) if not r.media.segments]
    return [*package.unreadable, *empty]


@rule("transport_sound", "Transport streams are whole 188-byte packets, tables known")
def _transport_sound(package: Package) -> Faults:
    segments = [s for r in _renditions(package) for s in r.segments if s.transport]
    return [f"{s.path}: {s.sync_losses} lost" for s in segments if s.sync_losses]


@rule("h264", "The picture is H.264, 4:2:0, 8 bit, progressive")
def _h264(package: Package) -> Faults:
    found = [(s, s.sps) for s in _video_segments(package)]
    if not found:
        return ["no picture at all"]
    return [
        f"{s.path}: {'not H.264' if sps is None else 'not 4:2:0 8 bit progressive'}"
        for s, sps in found
        if sps is None or (sps.chroma, sps.bit_depth, sps.progressive) != (1, 8, True)
    ]


@rule("sixty_fps", "At most 60 frames a second")
def _sixty_fps(package: Package) -> Faults:
    return [f"{r.path}: {_fps(r):.2f}" for _, r in package.pictures if _fps(r) > 60.5]


def _fps(rendition: Rendition) -> float:
    return 1 / rendition.frame_s


@rule("audio", "AAC sound, mono or stereo, one stream a segment")
def _audio(package: Package) -> Faults:
    faults = []
    for entry, rendition in package.pictures:
        apart = "AUDIO" in entry.attributes and package.sounds
        for s in [] if apart else rendition.segments:
            if (s.audio_streams, s.audio_object_type > 0) != (1, True) or s.audio_channels > 2:
                faults.append(f"{s.path}: {s.audio_streams} streams, {s.audio_channels} channels")
    return faults


@rule("audio_in_step", "Sound begins and ends with the picture")
def _audio_in_step(package: Package) -> Faults:
    faults = []
    for _, rendition in package.pictures:
        sounding = [s for s in rendition.segments if s.audio_start is not None]
        if not sounding or not rendition.segments:
            continue
        first, last = rendition.segments[0], rendition.segments[-1]
        lead_s = ((sounding[0].audio_start or 0) - first.start) / CLOCK_HZ
        # The last packet of sound may hold most of a second.
        left_s = (last.end - (sounding[-1].audio_end or 0)) / CLOCK_HZ
        if abs(lead_s) > 0.1 or not -0.1 < left_s < 1:
            faults.append(f"{rendition.path}: starts {lead_s:+.3f} s, {left_s:.3f} s left")
    return faults


@rule("idr_first", "Every video segment starts with an IDR and its parameter sets")
def _idr_first(package: Package) -> Faults:
    return [s.path for s in _video_segments(package) if not s.idr_first]


@rule("segment_length", "No segment exceeds the target duration by more than 0.5 s")
def _segment_length(package: Package) -> Faults:
    return [
        f"{segment.path}: {real_s:.3f} s"
        for rendition in _renditions(package)
        for segment, real_s in zip(rendition.segments, rendition.real_durations_s, strict=True)
        if rendition.media.target_duration.isdigit()
        and real_s > int(rendition.media.target_duration) + 0.5
    ]


@rule("target_duration", "EXT-X-TARGETDURATION is an integer, and no EXTINF rounds above it")
def _target_duration(package: Package) -> Faults:
    return [
        f"{r.path}: {r.media.target_duration or 'missing'}"
        for r in _renditions(package)
        if not r.media.target_duration.isdigit()
        or any(round(s.declared_s) > int(r.media.target_duration) for s in r.segments)
    ]


@rule("durations_true", "Any run of EXTINF is within one frame of the real duration")
def _durations_true(package: Package) -> Faults:
    faults = []
    for rendition in _renditions(package):
        pairs = zip(rendition.segments, rendition.real_durations_s, strict=True)
        drift = [0.0, *itertools.accumulate(s.declared_s - real_s for s, real_s in pairs)]
        if max(drift) - min(drift) > rendition.frame_s + 0.001:
            faults.append(f"{rendition.path}: off by {max(drift) - min(drift):.3f} s")
    return faults


@rule("timestamps_continuous", "Time stamps run on from segment to segment")
def _timestamps_continuous(package: Package) -> Faults:
    faults = []
    for rendition in _renditions(package):
        tolerance = max(rendition.frame_s * CLOCK_HZ / 2, 900)
        for one, two in itertools.pairwise(rendition.segments):
            gap = (two.start - one.end + (1 << 32)) % (1 << 33) - (1 << 32)
            if abs(gap) > tolerance and not two.discontinuity:
                faults.append(f"{two.path}: {gap / CLOCK_HZ:+.3f} s")
    return faults


@rule("continuity_counters", "Continuity counters are sequential, also across segments")
def _continuity_counters(package: Package) -> Faults:
    faults = []
    for r in _renditions(package):
        faults += [f"{s.path}: {s.counter_breaks} inside" for s in r.segments if s.counter_breaks]
        for one, two in itertools.pairwise(r.segments):
            last, first = one.counters[1], two.counters[0]
            if not two.discontinuity and any(
                first[pid] != (last[pid] + 1) & 15 for pid in first.keys() & last.keys()
            ):
                faults.append(f"{two.path}: does not follow on")
    return faults


@rule("same_boundaries", "Same segment boundaries, target and total duration in every rendition")
def _same_boundaries(package: Package) -> Faults:
    if not package.pictures:
        return None
    _, model = package.pictures[0]
    return [
        f"{rendition.path} differs from {model.path}"
        for _, rendition in package.pictures[1:]
        if rendition.media.target_duration != model.media.target_duration
        or len(rendition.segments) != len(model.segments)
        or not _lined_up(rendition, model)
    ]


def _lined_up(one: Rendition, two: Rendition) -> bool:
    tolerance_s = min(one.frame_s, two.frame_s) / 2
    declared_s = [list(itertools.accumulate(s.declared_s for s in r.segments)) for r in (one, two)]
    starts_s = [[s.start / CLOCK_HZ for s in r.segments] for r in (one, two)]
    pairs = [*zip(*declared_s, strict=True), *zip(*starts_s, strict=True)]
    return all(abs(a - b) <= tolerance_s for a, b in pairs)


@rule("vod_playlists", "EXT-X-PLAYLIST-TYPE:VOD and EXT-X-ENDLIST in every media playlist")
def _vod_playlists(package: Package) -> Faults:
    return [r.path for r in _renditions(package) if not (r.media.vod and r.media.ended)]


@rule("version", "EXT-X-VERSION matches the features that are used")
def _version(package: Package) -> Faults:
    faults = []
    for rendition in _renditions(package):
        media = rendition.media
        needed = 3 if media.decimal_durations else 1
        if media.i_frames_only or any(segment.byte_range for segment in media.segments):
            needed = 4
        if media.init_uri:
            needed = 5 if media.i_frames_only else 6
        if media.version < needed:
            faults.append(f"{rendition.path}: {media.version}, needs {needed}")
    return faults


@rule("independent_segments", "EXT-X-INDEPENDENT-SEGMENTS stands in the multivariant playlist")
def _independent_segments(package: Package) -> Faults:
    everywhere = all(r.media.independent_segments for r in _renditions(package))
    return [] if package.multivariant.independent_segments or everywhere else ["missing"]


@rule("stream_inf_complete", f"Every variant has {', '.join(_REQUIRED)}")
def _stream_inf_complete(package: Package) -> Faults:
    return [
        f"{entry.uri}: no {', '.join(missing)}"
        for entry, _ in package.pictures
        if (missing := [name for name in _REQUIRED if not entry.attributes.get(name)])
    ]


def _declared(package: Package, name: str) -> list[tuple[Entry, Rendition, str]]:
    return [(e, r, e.attributes[name]) for e, r in package.pictures if e.attributes.get(name)]


def _near(declared: str, measured: float, share: float) -> bool:
    try:
        return abs(float(declared) - measured) <= share * measured
    except ValueError:
        return False


def _sound_bps(package: Package, entry: Entry, rate: Callable[[Rendition], int]) -> int:
    """Sound in playlists of its own counts into a variant's rate."""
    return max(map(rate, package.sounds), default=0) if "AUDIO" in entry.attributes else 0


@rule("bandwidth", "BANDWIDTH is the measured peak, within 10 %")
def _bandwidth(package: Package) -> Faults:
    measured = [
        (e, told, r.peak_bps + _sound_bps(package, e, lambda sound: sound.peak_bps))
        for e, r, told in _declared(package, "BANDWIDTH")
    ]
    return [f"{e.uri}: {told}, measured {bps}" for e, told, bps in measured
            if not _near(told, bps, 0.1)]  # fmt: skip


@rule("average_bandwidth", "AVERAGE-BANDWIDTH is the measured average, within 10 %")
def _average_bandwidth(package: Package) -> Faults:
    measured = [
        (e, told, r.average_bps + _sound_bps(package, e, lambda sound: sound.average_bps))
        for e, r, told in _declared(package, "AVERAGE-BANDWIDTH")
    ]
    return [f"{e.uri}: {told}, measured {bps}" for e, told, bps in measured
            if not _near(told, bps, 0.1)]  # fmt: skip


@rule("codecs_true", "CODECS names what the segments hold")
def _codecs_true(package: Package) -> Faults:
    faults = []
    for entry, rendition, told in _declared(package, "CODECS"):
        names = {name.strip().lower() for name in told.split(",")}
        for codec in {s.sps.codec for s in rendition.segments if s.sps}:
            if codec not in names:
                faults.append(f"{entry.uri}: {told}, the picture is {codec}")
        for kind in {s.audio_object_type for s in rendition.segments if s.audio_object_type}:
            if f"mp4a.40.{kind}" not in names:
                faults.append(f"{entry.uri}: {told}, the sound is mp4a.40.{kind}")
    return faults


@rule("resolution_true", "RESOLUTION is the size of the picture")
def _resolution_true(package: Package) -> Faults:
    return [
        f"{entry.uri}: {told}, the picture is {sps.width_px}x{sps.height_px}"
        for entry, rendition, told in _declared(package, "RESOLUTION")
        for sps in [next((s.sps for s in rendition.segments if s.sps), None)]
        if sps and told.lower() != f"{sps.width_px}x{sps.height_px}"
    ]


@rule("frame_rate_true", "FRAME-RATE is the rate of the picture")
def _frame_rate_true(package: Package) -> Faults:
    return [
        f"{entry.uri}: {told}, measured {_fps(rendition):.3f}"
        for entry, rendition, told in _declared(package, "FRAME-RATE")
        if not _near(told, _fps(rendition), 0.01)
    ]


@rule("thin_line", "One variant with a peak of at most 192 kbit/s")
def _thin_line(package: Package) -> Faults:
    least = min((r.peak_bps for _, r in package.pictures), default=0)
    return [f"the least peak is {least} bit/s"] if least > THIN_LINE_BPS else []


@rule("several_bitrates", "Several bit rates to choose from")
def _several_bitrates(package: Package) -> Faults:
    rates = {rendition.average_bps for _, rendition in package.pictures}
    return [] if len(rates) > 1 else [f"only {len(rates)}"]


@rule("i_frame_playlists", "I-frame playlists, if any, name CODECS and RESOLUTION")
def _i_frame_playlists(package: Package) -> Faults:
    if not package.multivariant.i_frames:
        return None
    return [
        f"{entry.uri}: incomplete"
        for entry in package.multivariant.i_frames
        if not (entry.attributes.get("CODECS") and entry.attributes.get("RESOLUTION"))
    ]


@rule("contents_true", "package.json, if any, lists every file with its size and hash")
def _contents_true(package: Package) -> Faults:
    try:
        contents: dict[str, Any] = json.loads(package.reader.read("package.json"))
    except (Unreadable, ValueError):
        return None
    return [
        f"{listed['path']}: not as listed"
        for listed in contents["files"]
        if _hash_or_none(package, listed["path"]) != listed["sha256"]
    ]


def _hash_or_none(package: Package, path: str) -> str | None:
    try:
        return hashlib.sha256(package.reader.read(path)).hexdigest()
    except Unreadable:
        return None


@rule("served_types", "By HTTP: playlists and segments have their media types")
def _served_types(package: Package) -> Faults:
    if not isinstance(package.reader, HttpReader):
        return None
    wanted = {".m3u8": _PLAYLIST_TYPES, ".ts": _SEGMENT_TYPES, ".m4s": _SEGMENT_TYPES}
    return [
        f"{answer.path}: {answer.content_type}"
        for answer in package.reader.answers
        for ending, types in wanted.items()
        if answer.path.endswith(ending) and answer.content_type.lower() not in types
    ]


@rule("served_gzipped", "By HTTP: playlists are gzipped")
def _served_gzipped(package: Package) -> Faults:
    if not isinstance(package.reader, HttpReader):
        return None
    answers = package.reader.answers
    return [a.path for a in answers if a.path.endswith(".m3u8") and not a.gzipped]


@rule("served_directly", "By HTTP: no redirects")
def _served_directly(package: Package) -> Faults:
    return package.reader.redirects if isinstance(package.reader, HttpReader) else None
