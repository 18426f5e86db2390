"""Rules on what playlists say, against what was measured (RFC 8216, Apple's specification)."""

from __future__ import annotations

from collections.abc import Callable

from transcode.package_facts import Package, Rendition
from transcode.playlists import Entry, Media
from transcode.rulebook import Faults, chapter

RULES, rule = chapter()

# Plain transport streams with decimal EXTINF.
_PLAIN = 3
THIN_LINE_BPS = 192_000
_REQUIRED = ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE")


@rule("vod_playlists", "EXT-X-PLAYLIST-TYPE:VOD and EXT-X-ENDLIST in every media playlist")
def _vod_playlists(package: Package) -> Faults:
    return [path for path, media in package.playlists if not (media.vod and media.ended)]


@rule("version", "EXT-X-VERSION matches the features used; old boxes' playlists are of version 3")
def _version(package: Package) -> Faults:
    low = [
        f"{path}: {media.version}, needs {needed}"
        for path, media in package.playlists
        if media.version < (needed := _version_needed(media))
    ]
    return [*low, *_needlessly_new(package)]


def _version_needed(media: Media) -> int:
    if media.init_uri:
        return 5 if media.i_frames_only else 6
    if media.i_frames_only or any(segment.byte_range for segment in media.segments):
        return 4
    return 3 if media.decimal_durations else 1


def _needlessly_new(package: Package) -> list[str]:
    """Some old boxes refuse a playlist with a higher version than theirs, whatever is in it."""
    if any(_version_needed(r.media) > _PLAIN for _, r in package.pictures):
        return []
    told = {package.reader.entry: package.multivariant.version}
    told |= {r.path: r.media.version for _, r in package.pictures}
    newer = {path: version for path, version in told.items() if version > _PLAIN}
    return [f"{path}: {version}, needs {_PLAIN}" for path, version in newer.items()]


@rule("independent_segments", "EXT-X-INDEPENDENT-SEGMENTS stands in the multivariant playlist")
def _independent_segments(package: Package) -> Faults:
    return [] if package.multivariant.independent_segments else ["missing"]


@rule("stream_inf_complete", f"Every variant has {', '.join(_REQUIRED)}")
def _stream_inf_complete(package: Package) -> Faults:
    return [
        f"{entry.uri}: no {', '.join(missing)}"
        for entry, _ in package.pictures
        if (missing := [name for name in _REQUIRED if not entry.attributes.get(name)])
    ]


def _declared(package: Package, name: str) -> list[tuple[Entry, Rendition, str]]:
    """What entries say of themselves: variants, and playlists of I-frames."""
    winding = [(i.entry, i.pictures) for i in package.i_frames if i.pictures.segments]
    pairs = [*package.pictures, *winding]
    return [(e, r, e.attributes[name]) for e, r in pairs if e.attributes.get(name)]


def _near(declared: str, measured: float, share: float) -> bool:
    try:
        return abs(float(declared) - measured) <= share * measured
    except ValueError:
        return False


def _rates(package: Package, name: str, rate: Callable[[Package, Entry, Rendition], int]) -> Faults:
    measured = [(e.uri, told, rate(package, e, r)) for e, r, told in _declared(package, name)]
    return [
        f"{uri}: {told}, measured {bps}" for uri, told, bps in measured if not _near(told, bps, 0.1)
    ]


def peak_bps(package: Package, entry: Entry, rendition: Rendition) -> int:
    """Of a variant with whatever sound it is played with (RFC 8216 §4.3.4.2)."""
    sounds_bps = (sound.peak_bps for sound in package.sounds_of(entry))
    return rendition.peak_bps + max(sounds_bps, default=0)


def average_bps(package: Package, entry: Entry, rendition: Rendition) -> int:
    """As ``peak_bps``."""
    sounds_bps = (sound.average_bps for sound in package.sounds_of(entry))
    return rendition.average_bps + max(sounds_bps, default=0)


@rule("bandwidth", "BANDWIDTH is the measured peak, within 10 %")
def _bandwidth(package: Package) -> Faults:
    return _rates(package, "BANDWIDTH", peak_bps)


@rule("average_bandwidth", "AVERAGE-BANDWIDTH is the measured average, within 10 %")
def _average_bandwidth(package: Package) -> Faults:
    return _rates(package, "AVERAGE-BANDWIDTH", average_bps)


@rule("codecs_true", "CODECS names what the segments hold")
def _codecs_true(package: Package) -> Faults:
    faults = []
    for entry, rendition, told in _declared(package, "CODECS"):
        # HEVC has two names, by where an MP4 keeps the parameters (ISO/IEC 14496-15, 8.3.3).
        names = {name.strip().lower().replace("hev1", "hvc1") for name in told.split(",")}
        for codec in {s.sps.codec for s in rendition.segments if s.sps}:
            if codec.lower() not in names:
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
        f"{entry.uri}: {told}, measured {rendition.fps:.3f}"
        for entry, rendition, told in _declared(package, "FRAME-RATE")
        if not _near(told, rendition.fps, 0.01)
    ]


@rule("thin_line", "One variant with a peak of at most 192 kbit/s, whatever its sound")
def _thin_line(package: Package) -> Faults:
    least = min((peak_bps(package, *picture) for picture in package.pictures), default=0)
    return [f"the least peak is {least} bit/s"] if least > THIN_LINE_BPS else []


@rule("several_bitrates", "Several bit rates to choose from")
def _several_bitrates(package: Package) -> Faults:
    """Where every one is for the thinnest line, as of a still picture, they may be the same."""
    rates = [rendition.average_bps for _, rendition in package.pictures]
    several = len({*rates}) > 1 or (len(rates) > 1 and max(rates) <= THIN_LINE_BPS)
    return [] if several else [f"only {len({*rates})}"]


@rule("renditions_complete", "EXT-X-MEDIA is complete, names differ, and variants name real groups")
def _renditions_complete(package: Package) -> Faults:
    media = [entry.attributes for entry in package.multivariant.renditions]
    groups = {(told.get("TYPE", ""), told.get("GROUP-ID", "")) for told in media}
    named = {
        (kind, entry.attributes[name])
        for entry in package.multivariant.variants
        for kind, name in (("AUDIO", "AUDIO"), ("SUBTITLES", "SUBTITLES"))
        if entry.attributes.get(name)
    }
    if not media and not named:
        return None
    return [
        *(f"no group {group} of {kind}" for kind, group in sorted(named - groups)),
        *(fault for told in media for fault in _incomplete(told)),
        *(fault for group in sorted(groups) for fault in _ambiguous(media, group)),
    ]


def _incomplete(told: dict[str, str]) -> list[str]:
    required = ["TYPE", "GROUP-ID", "NAME"] + ["URI"] * (told.get("TYPE") == "SUBTITLES")
    return [f"{told.get('NAME', 'unnamed')}: no {name}" for name in required if not told.get(name)]


def _ambiguous(media: list[dict[str, str]], group: tuple[str, str]) -> list[str]:
    members = [t for t in media if (t.get("TYPE", ""), t.get("GROUP-ID", "")) == group]
    names = [told.get("NAME", "") for told in members]
    defaults = sum(told.get("DEFAULT") == "YES" for told in members)
    twice = [f"{group[1]}: two are called {name}" for name in set(names) if names.count(name) > 1]
    return twice + [f"{group[1]}: {defaults} are DEFAULT"] * (defaults > 1)
