"""Rules on the bytes of segments: picture, sound, time (RFC 8216, Apple's specification)."""

from __future__ import annotations

import itertools

from transcode.package_facts import Package, Rendition
from transcode.playlists import Entry, rounded_s
from transcode.rulebook import Faults, chapter
from transcode.segment_facts import CLOCK_HZ, SegmentFacts

# Half of an AAC frame: less can only be rounding.
SOUND_TOLERANCE_S = 0.011

RULES, rule = chapter()


def _video_segments(package: Package) -> list[SegmentFacts]:
    return [s for _, rendition in package.pictures for s in rendition.segments]


@rule("files_present", "Every playlist and segment that is named can be read")
def _files_present(package: Package) -> Faults:
    empty = [f"{path}: no segments" for path, media in package.playlists if not media.segments]
    return [*package.unreadable, *empty]


@rule("transport_sound", "Transport streams are whole 188-byte packets, tables known")
def _transport_sound(package: Package) -> Faults:
    winding = [i_frames.pictures for i_frames in package.i_frames]
    segments = [s for r in (*package.renditions, *winding) for s in r.segments if s.transport]
    return [f"{s.path}: {s.sync_losses} lost" for s in segments if s.sync_losses]


@rule("h264", "The picture is H.264, 4:2:0, 8 bit, progressive")
def _h264(package: Package) -> Faults:
    segments = _video_segments(package)
    if not segments:
        return ["no picture at all"]
    return [
        *(f"{s.path}: not H.264" for s in segments if not s.h264),
        *(f"{s.path}: not 4:2:0 8 bit progressive" for s in segments if s.sps and not s.sps.plain),
    ]


@rule("sixty_fps", "At most 60 frames a second")
def _sixty_fps(package: Package) -> Faults:
    return [f"{r.path}: {r.fps:.2f}" for _, r in package.pictures if r.fps > 60.5]


@rule("audio", "AAC sound, one stream a segment, in stereo at least once, at most two channels")
def _audio(package: Package) -> Faults:
    muxed = [r for entry, r in package.pictures if not _sounds_apart(package, entry)]
    segments = [s for r in (*muxed, *(r for _, r in package.sounds)) for s in r.segments]
    faults = [
        f"{s.path}: {s.audio_streams} streams, {s.audio_channels} channels"
        for s in segments
        if (s.audio_streams, s.audio_object_type > 0) != (1, True) or s.audio_channels > 2
    ]
    # The thinnest rung may do with one channel, but not all of them.
    stereo = any(segment.audio_channels == 2 for segment in segments)
    return faults or ([] if stereo else ["no rendition in stereo"])


def _sounds_apart(package: Package, entry: Entry) -> bool:
    """Whether all sound of a variant is in playlists of its own: none of its group is muxed in."""
    group = entry.attributes.get("AUDIO")
    sounds = [e for e in package.multivariant.renditions if e.attributes.get("TYPE") == "AUDIO"]
    members = [sound for sound in sounds if sound.attributes.get("GROUP-ID") == group]
    return bool(group and members) and all(member.uri for member in members)


@rule("sound_continuous", "Sound that is muxed in runs on without gap or overlap")
def _sound_continuous(package: Package) -> Faults:
    faults = []
    for _, rendition in package.pictures:
        for one, two in itertools.pairwise(rendition.segments):
            if one.audio_start is None or two.audio_start is None or not one.audio_ticks:
                continue
            gap = (two.audio_start - one.audio_start - one.audio_ticks + (1 << 32)) % (1 << 33)
            gap -= 1 << 32
            if abs(gap) > SOUND_TOLERANCE_S * CLOCK_HZ and not two.discontinuity:
                faults.append(f"{two.path}: {gap / CLOCK_HZ:+.3f} s before it")
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


@rule("idr_first", "Every video segment starts with an IDR (HEVC: IRAP) and its parameter sets")
def _idr_first(package: Package) -> Faults:
    return [s.path for s in _video_segments(package) if not s.idr_first]


@rule("segment_length", "No segment exceeds the target duration by more than 0.5 s")
def _segment_length(package: Package) -> Faults:
    return [
        f"{segment.path}: {real_s:.3f} s"
        for rendition in package.renditions
        for segment, real_s in zip(rendition.segments, rendition.real_durations_s, strict=True)
        if rendition.media.target_s is not None and real_s > rendition.media.target_s + 0.5
    ]


@rule("target_duration", "EXT-X-TARGETDURATION is an integer, and no EXTINF rounds above it")
def _target_duration(package: Package) -> Faults:
    return [
        f"{r.path}: {r.media.target_duration or 'missing'}"
        for r in package.renditions
        if r.media.target_s is None
        or any(rounded_s(s.declared_s) > r.media.target_s for s in r.segments)
    ]


@rule("durations_true", "Any run of EXTINF is within one frame of the real duration")
def _durations_true(package: Package) -> Faults:
    faults = []
    for rendition in package.renditions:
        pairs = zip(rendition.segments, rendition.real_durations_s, strict=True)
        drift = [0.0, *itertools.accumulate(s.declared_s - real_s for s, real_s in pairs)]
        if max(drift) - min(drift) > rendition.frame_s + 0.001:
            faults.append(f"{rendition.path}: off by {max(drift) - min(drift):.3f} s")
    return faults


@rule("timestamps_continuous", "Time stamps run on from segment to segment")
def _timestamps_continuous(package: Package) -> Faults:
    faults = []
    for rendition in package.renditions:
        tolerance = max(rendition.frame_s * CLOCK_HZ / 2, 900)
        for one, two in itertools.pairwise(rendition.segments):
            gap = (two.start - one.end + (1 << 32)) % (1 << 33) - (1 << 32)
            if abs(gap) > tolerance and not two.discontinuity:
                faults.append(f"{two.path}: {gap / CLOCK_HZ:+.3f} s")
    return faults


@rule("continuity_counters", "Continuity counters are sequential, also across segments")
def _continuity_counters(package: Package) -> Faults:
    faults = []
    for r in package.renditions:
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
        if not _alike(rendition, model, min(rendition.frame_s, model.frame_s) / 2)
    ]


@rule("sound_boundaries", "Sound in playlists of its own is cut where the picture is, and in step")
def _sound_boundaries(package: Package) -> Faults:
    if not package.sounds or not package.pictures:
        return None
    _, model = package.pictures[0]
    return [
        f"{sound.path} differs from {model.path}"
        for _, sound in package.sounds
        # A cut between AAC frames can't be nearer than two of them at 32 kHz.
        if not _alike(sound, model, 0.064)
    ]


def _alike(one: Rendition, two: Rendition, tolerance_s: float) -> bool:
    if one.media.target_duration != two.media.target_duration:
        return False
    if len(one.segments) != len(two.segments):
        return False
    declared_s = [list(itertools.accumulate(s.declared_s for s in r.segments)) for r in (one, two)]
    starts_s = [[s.start / CLOCK_HZ for s in r.segments] for r in (one, two)]
    pairs = [*zip(*declared_s, strict=True), *zip(*starts_s, strict=True)]
    return all(abs(a - b) <= tolerance_s for a, b in pairs)
