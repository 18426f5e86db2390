"""Ways to spoil a good package: each breaks one rule, and as little else as can be."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from transcode.package_facts import read_package
from transcode.reading import FolderReader
from transcode.rules_playlists import average_bps, peak_bps

PACKET = 188
# An address may bring the FFmpeg to use.
Breaking = Callable[[Path, str], None]


def edit(file: Path, pattern: str, replacement: str, count: int = 0) -> None:
    text = file.read_text()
    changed = re.sub(pattern, replacement, text, count=count)
    assert changed != text, f"{pattern} is not in {file.name}"
    file.write_text(changed)


def edited(names: str, pattern: str, replacement: str, count: int = 0) -> Breaking:
    """names: of files in the package, a space between two."""

    def change(package: Path, _: str) -> None:
        for name in names.split():
            edit(package / name, pattern, replacement, count)

    return change


def one_after_the_other(*ways: Breaking) -> Breaking:
    def change(package: Path, ffmpeg: str) -> None:
        for way in ways:
            way(package, ffmpeg)

    return change


def without(name: str) -> Breaking:
    return lambda package, _: (package / name).unlink()


def packets(file: Path) -> list[bytearray]:
    content = file.read_bytes()
    return [bytearray(content[at : at + PACKET]) for at in range(0, len(content), PACKET)]


def pid(packet: bytearray) -> int:
    return (packet[1] & 31) << 8 | packet[2]


def drop_a_packet(package: Path, _: str) -> None:
    file = package / "240p" / "00002.ts"
    kept = packets(file)
    middle = next(i for i in range(40, len(kept)) if not kept[i][1] & 0x40 and pid(kept[i]) == 256)
    file.write_bytes(b"".join(kept[:middle] + kept[middle + 1 :]))


def drop_sound(package: Path, _: str) -> None:
    """A third of a second of sound is missing, and nobody sees it in the counters."""
    folder, counter = package / "240p", None
    for number in (1, 2, 3):
        file = folder / f"{number:05d}.ts"
        kept = packets(file)
        if number == 2:
            starts = [i for i, p in enumerate(kept) if pid(p) == 257 and p[1] & 0x40]
            gone = range(starts[3], starts[4])
            kept = [p for i, p in enumerate(kept) if pid(p) != 257 or i not in gone]
        for packet in kept:
            if pid(packet) == 257:
                counter = packet[3] & 15 if counter is None else (counter + 1) & 15
                packet[3] = packet[3] & 0xF0 | counter
        file.write_bytes(b"".join(kept))
    redescribe(package)


def restart_counters(package: Path, _: str) -> None:
    """As if each segment had been written by a muxer of its own."""
    file = package / "240p" / "00002.ts"
    changed = packets(file)
    for packet in changed:
        if pid(packet) == 256 and packet[3] & 0x10:
            packet[3] = packet[3] & 0xF0 | (packet[3] + 5) & 15
    file.write_bytes(b"".join(changed))


def lose_sync(package: Path, _: str) -> None:
    file = package / "240p" / "00001.ts"
    file.write_bytes(file.read_bytes() + bytes(PACKET))


def renamed_unit(name: str, unit: str, becomes: str, number: int = 1) -> Breaking:
    """The number-th NAL unit of the file whose header is this becomes another. In hex digits."""

    def change(package: Path, _: str) -> None:
        file = package / name
        content, header = file.read_bytes(), bytes.fromhex("000001" + unit)
        at = -1
        for _number in range(number):
            at = content.index(header, at + 1)
        renamed = bytes.fromhex("000001" + becomes)
        file.write_bytes(content[:at] + renamed + content[at + len(header) :])

    return change


def reworked(name: str, *arguments: str, segment_s: float = 4) -> Breaking:
    """A rendition made anew by FFmpeg, with its playlist and the rates told as they now are."""

    def change(package: Path, ffmpeg: str) -> None:
        folder, new = package / name, package / "new"
        new.mkdir()
        source = ["-copyts", "-i", str(folder / "media.m3u8")]
        timing = ["-muxdelay", "0", "-muxpreload", "0"]
        cut = ["-f", "hls", "-hls_time", f"{segment_s - 0.001}", "-hls_list_size", "0"]
        cut += ["-hls_playlist_type", "vod", "-start_number", "1"]
        cut += ["-hls_segment_filename", str(new / "%05d.ts"), str(new / "media.m3u8")]
        command = [ffmpeg, "-nostdin", "-v", "error", *source, "-c", "copy"]
        subprocess.run([*command, *arguments, *timing, *cut], check=True)
        if len(list(new.glob("*.ts"))) == len(list(folder.glob("*.ts"))):
            shutil.copy(folder / "media.m3u8", new)
        else:
            edit(new / "media.m3u8", "DURATION:[0-9]+", "DURATION:4")
        shutil.rmtree(folder)
        new.rename(folder)
        redescribe(package)

    return change


def redescribe(package: Path) -> None:
    """Let the multivariant playlist tell what is there now."""
    facts = read_package(FolderReader(package))
    file = package / "multivariant.m3u8"
    lines = file.read_text().splitlines()
    for entry, rendition in (*facts.variants, *((i.entry, i.pictures) for i in facts.i_frames)):
        told = {
            "BANDWIDTH": peak_bps(facts, entry, rendition),
            "AVERAGE-BANDWIDTH": average_bps(facts, entry, rendition),
            "FRAME-RATE": f"{rendition.fps:.3f}",
        }
        if (sps := rendition.segments[0].sps) and rendition.segments[0].audio_streams:
            told["CODECS"] = f'"{sps.codec},mp4a.40.2"'
        # The address stands below the attributes of a variant, and among those of I-frames.
        at = next(i for i, line in enumerate(lines) if entry.uri in line) - (entry.uri in lines)
        for name, value in told.items():
            lines[at] = re.sub(rf'([:,]){name}=("[^"]*"|[^,]*)', rf"\g<1>{name}={value}", lines[at])
    file.write_text("\n".join([*lines, ""]))


def retold(package: Path, _: str) -> None:
    redescribe(package)


# In the ticks of the stream: a constant rate would round the first time stamp to its own grid.
ENCODED = (
    *("-map", "0:v", "-map", "0:a", "-c:v", "libx264", "-preset", "ultrafast"),
    *("-fps_mode", "passthrough", "-enc_time_base", "1:90000"),
)
ON_GRID = ("-force_key_frames", "source", "-g", "999", "-sc_threshold", "0", "-bf", "0")
MONO = ("-c:a", "aac", "-ac", "1")
RUNGS = "240p/media.m3u8 floor/media.m3u8"
SOUNDS = "audio-2/media.m3u8 audio-2-thin/media.m3u8"
MULTIVARIANT = "multivariant.m3u8"


def segments_of(frames: int, told_s: float) -> Breaking:
    """Segments of so many frames at 25 a second, told to last a bit more or less.

    A further sound track could only be cut in about the same places.
    """
    options = (*ENCODED, "-vf", "fps=25", "-b:v", "50k", "-bf", "0", "-sc_threshold", "0")
    gop = ("-g", f"{frames}", "-keyint_min", f"{frames}")
    last_s = 10 - 2 * frames / 25
    return one_after_the_other(
        edited(MULTIVARIANT, "#EXT-X-MEDIA:TYPE=AUDIO.*\n", ""),
        edited(MULTIVARIANT, ',AUDIO="[^"]*"', ""),
        *(reworked(name, *options, *gop, segment_s=frames / 25) for name in ("240p", "floor")),
        edited(RUNGS, "INF:4.000000", f"INF:{told_s}"),
        edited(RUNGS, "INF:2.000000", f"INF:{last_s}"),
        retold,
    )


# By the rule's code: what breaks it.
WAYS: dict[str, list[Breaking]] = {
    "files_present": [
        without("captions-1/00002.vtt"),
        without("iframes/iframes.ts"),
        edited("iframes/media.m3u8", "(?s)#EXTINF.*(?=#EXT-X-ENDLIST)", ""),
    ],
    "transport_sound": [lose_sync],
    "h264": [
        reworked("240p", *ENCODED, *ON_GRID, "-pix_fmt", "yuv444p"),
        reworked("240p", *ENCODED, *ON_GRID, "-pix_fmt", "yuv420p10le"),
        reworked("240p", *ENCODED, *ON_GRID, "-flags", "+ildct+ilme"),
    ],
    "sixty_fps": [reworked("240p", *ENCODED, "-vf", "fps=100", "-g", "400", "-bf", "0")],
    "audio": [
        reworked("240p", "-map", "0:v"),
        reworked("240p", "-map", "0:v", "-map", "0:a", "-map", "0:a"),
        reworked("audio-2", "-map", "0:a", "-map", "0:a"),
        reworked("240p", "-map", "0:v", "-map", "0:a", "-c:a", "mp2"),
        reworked("240p", "-map", "0:v", "-map", "0:a", "-c:a", "ac3"),
        one_after_the_other(
            reworked("240p", "-map", "0:v", "-map", "0:a", *MONO),
            reworked("audio-2", "-map", "0:a", *MONO),
        ),
    ],
    "sound_continuous": [drop_sound],
    "audio_in_step": [
        reworked("240p", *ENCODED, *ON_GRID, "-c:a", "aac", "-af", "asetpts=PTS+0.5/TB"),
        reworked("240p", *ENCODED, *ON_GRID, "-c:a", "aac", "-af", "atrim=duration=8.5"),
        reworked("240p", *ENCODED, *ON_GRID, "-c:a", "aac", "-af", "apad=pad_dur=1"),
    ],
    # A slice that isn't of an IDR, and no SPS or PPS.
    "idr_first": [
        renamed_unit("240p/00002.ts", "65", "61"),
        renamed_unit("240p/00002.ts", "67", "66"),
        renamed_unit("240p/00002.ts", "68", "66"),
    ],
    "segment_length": [segments_of(113, told_s=4.4999)],
    "target_duration": [
        edited(f"{RUNGS} {SOUNDS}", "DURATION:4", "DURATION:4.0"),
        segments_of(112, told_s=4.5),
    ],
    "durations_true": [edited(f"{RUNGS} {SOUNDS}", "4.000000", "4.100000", 1)],
    "timestamps_continuous": [
        reworked(
            *("240p", *ENCODED, *ON_GRID, "-vf", "select=not(between(n\\,95\\,99))"),
        )
    ],
    "continuity_counters": [drop_a_packet, restart_counters],
    "same_boundaries": [
        reworked(
            *("floor", *ENCODED, "-vf", "drawbox=t=fill", "-g", "25", "-keyint_min", "25"),
            *("-bf", "0", "-sc_threshold", "0"),
            segment_s=2,
        ),
        edited("floor/media.m3u8", "DURATION:4", "DURATION:5"),
        # More than half a frame of the one rung, less than a frame of the other.
        edited("floor/media.m3u8", "INF:2.000000", "INF:2.050000"),
    ],
    "sound_boundaries": [reworked("audio-2", "-map", "0:a", segment_s=2.5)],
    "vod_playlists": [
        edited(RUNGS, "#EXT-X-ENDLIST\n", ""),
        edited(RUNGS, "#EXT-X-PLAYLIST-TYPE:VOD\n", ""),
        edited("iframes/media.m3u8", "#EXT-X-ENDLIST\n", ""),
    ],
    "version": [
        edited(RUNGS, "VERSION:3", "VERSION:2"),
        edited(RUNGS, "VERSION:3", "VERSION:6"),
        edited(MULTIVARIANT, "VERSION:3", "VERSION:6"),
        edited("iframes/media.m3u8", "VERSION:4", "VERSION:3"),
    ],
    "independent_segments": [
        edited(MULTIVARIANT, "#EXT-X-INDEPENDENT-SEGMENTS\n", ""),
        one_after_the_other(
            edited(MULTIVARIANT, "#EXT-X-INDEPENDENT-SEGMENTS\n", ""),
            edited(f"{RUNGS} {SOUNDS}", "#EXTM3U\n", "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n"),
        ),
    ],
    "stream_inf_complete": [
        edited(MULTIVARIANT, f'(#EXT-X-STREAM-INF:|,){name}=("[^"]*"|[^,\n]*)', r"\1X=1", 1)
        for name in ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE")
    ],
    "bandwidth": [
        edited(MULTIVARIANT, "([:,])BANDWIDTH=", r"\1BANDWIDTH=9"),
        edited(MULTIVARIANT, "FRAME-STREAM-INF:BANDWIDTH=", "FRAME-STREAM-INF:BANDWIDTH=9"),
    ],
    "average_bandwidth": [edited(MULTIVARIANT, "AVERAGE-BANDWIDTH=", "AVERAGE-BANDWIDTH=9")],
    "codecs_true": [
        edited(MULTIVARIANT, "avc1.4d", "avc1.42"),
        edited(MULTIVARIANT, "mp4a.40.2", "mp4a.40.5"),
    ],
    "resolution_true": [
        edited(MULTIVARIANT, "426x240", "640x360"),
        edited(MULTIVARIANT, "320x180", "160x90"),
    ],
    "frame_rate_true": [edited(MULTIVARIANT, "25.000", "30.000")],
    "thin_line": [
        reworked("floor", *ENCODED, *ON_GRID, "-qp", "10"),
        one_after_the_other(edited(MULTIVARIANT, '"sound-thin"', '"sound"', 1), retold),
    ],
    "several_bitrates": [edited(MULTIVARIANT, "#EXT-X-STREAM-INF[^\n]*\n240p/media.m3u8\n", "")],
    "renditions_complete": [
        edited(MULTIVARIANT, 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="[^"]*",',
               'TYPE=SUBTITLES,GROUP-ID="captions",'),
        edited(MULTIVARIANT, 'NAME="English"', 'NAME="中文"'),
        one_after_the_other(edited(MULTIVARIANT, 'AUDIO="sound"', 'AUDIO="another"'), retold),
        edited(MULTIVARIANT, "DEFAULT=NO", "DEFAULT=YES"),
    ],
    "i_frame_playlists": [
        edited(MULTIVARIANT, "#EXT-X-I-FRAME-STREAM-INF.*\n", ""),
        edited(MULTIVARIANT, '(FRAME-STREAM-INF.*),CODECS="[^"]*"', r"\1"),
        edited("iframes/media.m3u8", "#EXT-X-I-FRAMES-ONLY\n", ""),
    ],
    "i_frame_pictures": [renamed_unit("iframes/iframes.ts", "65", "61", 3)],
    "i_frames_in_step": [
        edited("iframes/media.m3u8", "#EXTINF[^#]*#EXT-X-BYTERANGE[^#]*", "", 1),
        edited("iframes/media.m3u8", "INF:1.000000", "INF:1.100000", 1),
        # Three seconds without a picture, truly told.
        one_after_the_other(
            edited("iframes/media.m3u8", "INF:1(.*\n.*\n.*\n)(?:.*\n.*\n.*\n){2}", r"INF:3\1", 1),
            retold,
        ),
    ],
    "captions_readable": [
        edited("captions-1/00001.vtt", "WEBVTT", "SUBRIP"),
        edited("captions-1/00001.vtt", "X-TIMESTAMP-MAP.*\n", ""),
        edited("captions-1/00001.vtt", "-->", "->"),
    ],
    "captions_in_step": [
        edited("captions-1/00001.vtt captions-1/00002.vtt captions-1/00003.vtt",
               "MPEGTS:[0-9]+", "MPEGTS:1746000"),
        edited("captions-1/00001.vtt", "MPEGTS:[0-9]+", "MPEGTS:1026090"),
        edited("captions-1/media.m3u8", "INF:2.000000", "INF:3.000000"),
    ],
    "storyboard": [
        without("storyboard/00001.jpg"),
        edited("storyboard/storyboard.vtt", "xywh=640", "xywh=800"),
        edited("storyboard/storyboard.vtt", "--> 00:00:02", "--> 00:00:03"),
        edited("storyboard/storyboard.vtt", "--> 00:00:10", "--> 00:00:11"),
    ],
    "chapters": [
        edited("chapters.vtt", "--> 00:00:10", "--> 00:00:12"),
        edited("chapters.vtt", "--> 00:00:04", "--> 00:00:05"),
    ],
}  # fmt: skip

# Of the ladder in HEVC. A trailing picture instead of an IDR, and no VPS, SPS or PPS.
HEVC_WAYS: list[tuple[str, Breaking]] = [
    ("idr_first", renamed_unit("hevc-120p/00002.ts", "2801", "0201")),
    *(
        ("idr_first", renamed_unit("hevc-120p/00002.ts", unit, "4e01"))
        for unit in ("4001", "4201", "4401")
    ),
    ("codecs_true", edited("hevc.m3u8", "hvc1.1", "hvc1.2")),
    ("resolution_true", edited("hevc.m3u8", "160x120", "320x240")),
]
