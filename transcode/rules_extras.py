"""Rules on what stands beside the rungs: I-frames, captions, storyboard, chapters."""

from __future__ import annotations

import itertools
import re
import struct

from transcode import webvtt
from transcode.package_facts import CaptionRendition, CaptionSegment, IFrames, Package, Rendition
from transcode.reading import Reader, Unreadable, beside
from transcode.rulebook import Faults, chapter
from transcode.segment_facts import CLOCK_HZ

RULES, rule = chapter()
_STORYBOARD, _CHAPTERS = "storyboard/storyboard.vtt", "chapters.vtt"
_MOST_BETWEEN_I_FRAMES_S = 2
_XYWH = re.compile(r"(.+)#xywh=(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})$")
# Baseline and other frames of JPEG; 0xC4, 0xC8 and 0xCC mean something else.
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@rule(
    "i_frame_playlists",
    "There are I-frame playlists, which say so, with BANDWIDTH, CODECS and RESOLUTION",
)
def _i_frame_playlists(package: Package) -> Faults:
    if not package.multivariant.i_frames:
        return ["there is none"]
    required = ("URI", "BANDWIDTH", "CODECS", "RESOLUTION")
    return [
        *(
            f"{entry.uri or 'an I-frame playlist'}: no {name}"
            for entry in package.multivariant.i_frames
            for name in required
            if not entry.attributes.get(name)
        ),
        *(
            f"{i.pictures.path}: not I-frames only"
            for i in package.i_frames
            if not i.pictures.media.i_frames_only
        ),
    ]


@rule("i_frame_pictures", "Each I-frame's byte range holds one IDR with its tables and parameters")
def _i_frame_pictures(package: Package) -> Faults:
    if not package.i_frames:
        return None
    return [fault for i_frames in package.i_frames for fault in _not_one_picture(i_frames)]


def _not_one_picture(i_frames: IFrames) -> list[str]:
    numbered = enumerate(i_frames.pictures.segments, 1)
    odd = [
        f"{picture.path}, picture {number}"
        for number, picture in numbered
        if not picture.idr_first
        or not picture.tables_first
        # Of a fragment of MP4 the header still announces the frames that the range leaves out.
        or (picture.transport and (picture.frames != 1 or picture.audio_start is not None))
    ]
    return [*i_frames.faults, *odd]


@rule("i_frames_in_step", "I-frames have the time of the picture, to its end, at least every 2 s")
def _i_frames_in_step(package: Package) -> Faults:
    if not package.i_frames or not package.pictures:
        return None
    _, model = package.pictures[0]
    return [
        f"{i_frames.pictures.path}: {fault}"
        for i_frames in package.i_frames
        if i_frames.pictures.segments and model.segments
        for fault in _out_of_step(i_frames.pictures, model)
    ]


def _out_of_step(pictures: Rendition, model: Rendition) -> list[str]:
    faults, tolerance_s = [], model.frame_s / 2
    starts_s = [(s.start - model.segments[0].start) / CLOCK_HZ for s in pictures.segments]
    declared_s = [0.0, *itertools.accumulate(s.declared_s for s in pictures.segments)]
    for number, (start_s, told_s) in enumerate(zip(starts_s, declared_s, strict=False), 1):
        if abs(start_s - told_s) > tolerance_s:
            faults.append(f"picture {number} at {start_s:.3f} s, told {told_s:.3f} s")
    faults += _other_length(declared_s[-1], model)
    widest_s = max((b - a for a, b in itertools.pairwise(starts_s)), default=0)
    if widest_s > _MOST_BETWEEN_I_FRAMES_S + tolerance_s:
        faults.append(f"{widest_s:.3f} s between two")
    return faults


def _other_length(total_s: float, model: Rendition) -> list[str]:
    wrong = abs(total_s - model.duration_s) > model.frame_s
    return [f"{total_s:.3f} s in all, the picture {model.duration_s:.3f} s"] if wrong else []


@rule("captions_readable", "Captions are WebVTT in UTF-8, with X-TIMESTAMP-MAP beside TS")
def _captions_readable(package: Package) -> Faults:
    if not package.captions:
        return None
    mapped = any(s.transport for _, r in package.pictures for s in r.segments)
    return [
        segment.fault or f"{segment.path}: no X-TIMESTAMP-MAP"
        for captions in package.captions
        for segment in captions.segments
        if segment.fault or (mapped and segment.document and segment.document.zero_ticks is None)
    ]


@rule("captions_in_step", "Each caption belongs to its segment, and they end with the picture")
def _captions_in_step(package: Package) -> Faults:
    if not package.captions or not package.pictures:
        return None
    _, model = package.pictures[0]
    return [
        f"{captions.path}: {fault}"
        for captions in package.captions
        if model.segments
        for fault in _strayed(captions, model)
    ]


def _strayed(captions: CaptionRendition, model: Rendition) -> list[str]:
    faults = _other_length(sum(segment.declared_s for segment in captions.segments), model)
    maps = {s.document.zero_ticks for s in captions.segments if s.document}
    if len(maps - {None}) > 1:
        faults.append("the segments map their times differently")
    start_s = model.segments[0].start / CLOCK_HZ
    for segment in captions.segments:
        end_s = start_s + segment.declared_s
        for shown_s, gone_s in _times_s(segment, model):
            if shown_s >= end_s or gone_s <= start_s:
                faults.append(f"{segment.path}: a caption outside of it")
        start_s = end_s
    return faults


def _times_s(segment: CaptionSegment, model: Rendition) -> list[tuple[float, float]]:
    """When captions come and go on the clock of the picture. Without a map the clocks are one
    (RFC 8216 §3.5), but never beside transport streams: that is a fault of its own."""
    if segment.document is None:
        return []
    zero_ticks = segment.document.zero_ticks
    if zero_ticks is None and model.segments[0].transport:
        return []
    zero_s = (zero_ticks or 0) / CLOCK_HZ
    return [(zero_s + cue.start_s, zero_s + cue.end_s) for cue in segment.document.cues]


@rule("storyboard", "The storyboard, if any, names pictures that exist, and places inside them")
def _storyboard(package: Package) -> Faults:
    document = _extra(package.reader, _STORYBOARD)
    if document is None or isinstance(document, str):
        return [document] if document else None
    sheets: dict[str, tuple[int, int] | None] = {}
    faults = _order(document, package)
    for cue in document.cues:
        named = _XYWH.match(cue.text)
        if named is None:
            faults.append(f"unreadable {cue.text!r}")
            continue
        path = package.reader.resolve(beside(package.reader, _STORYBOARD), named[1])
        if path not in sheets:
            sheets[path] = _jpeg_size(package.reader, path)
        size, (x, y, width, height) = sheets[path], map(int, named.groups()[1:])
        if size is None or x + width > size[0] or y + height > size[1] or not width * height:
            faults.append(f"{cue.text} of {path}: {size or 'no JPEG'}")
    return faults


@rule("chapters", "Chapters, if any, are WebVTT, in order and inside the film")
def _chapters(package: Package) -> Faults:
    document = _extra(package.reader, _CHAPTERS)
    if document is None or isinstance(document, str):
        return [document] if document else None
    unnamed = ["one without a name"] * any(not cue.text.strip() for cue in document.cues)
    return _order(document, package) + unnamed


def _extra(reader: Reader, name: str) -> webvtt.Document | str | None:
    """A WebVTT file beside the playlists, what is wrong with it, or None if there is none."""
    try:
        return webvtt.parse(reader.read(beside(reader, name)).decode("utf-8"))
    except Unreadable:
        return None
    except ValueError as error:
        return f"{name}: {error}"


def _order(document: webvtt.Document, package: Package) -> list[str]:
    cues = document.cues
    if not cues:
        return ["empty"]
    film_s = max((rendition.duration_s for _, rendition in package.pictures), default=0.0)
    last_s = max(cue.end_s for cue in cues)
    return [
        *(f"{c.start_s:.3f} to {c.end_s:.3f} s" for c in cues if c.end_s <= c.start_s),
        *(
            f"{after.start_s:.3f} s, before the one before it ends"
            for before, after in itertools.pairwise(cues)
            if after.start_s < before.end_s - 0.001
        ),
        *([f"up to {last_s:.3f} s of {film_s:.3f} s"] if last_s > film_s + 0.1 else []),
    ]


def _jpeg_size(reader: Reader, path: str) -> tuple[int, int] | None:
    """Width and height by the frame header (ISO/IEC 10918-1, B.2.2)."""
    try:
        content = reader.read(path)
    except Unreadable:
        return None
    at = 2 if content.startswith(b"\xff\xd8") else len(content)
    while at + 9 <= len(content) and content[at] == 0xFF:
        length, _, height, width = struct.unpack_from(">HBHH", content, at + 2)
        if content[at + 1] in _START_OF_FRAME:
            return width, height
        at += 2 + length
    return None
