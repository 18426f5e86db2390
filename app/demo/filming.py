"""From a scene to a film: the scripts that FFmpeg draws and its command lines.

The picture has two layers: what stands still is drawn once and repeated, what moves is
drawn on every frame. That keeps a film of 12 s near one and a half seconds of work.
"""

from pathlib import Path

from app.demo.scenes.motifs import Scene
from app.demo.shapes import FRAMES_PER_S, drawn, script

STILL_SCRIPT, MOVING_SCRIPT, FONT_FOLDER = "still.ass", "moving.ass", "fonts"
SOUND_HZ = 48_000


def still_script(scene: Scene, canvas: tuple[int, int]) -> str:
    """What is drawn once."""
    return script(canvas, [drawn(shape, layer=0, start_s=0, end_s=60) for shape in scene.still()])


def moving_script(
    scene: Scene, canvas: tuple[int, int], duration_s: int, lettering: list[str]
) -> str:
    """What changes: shapes that come and stay, one drawing a frame, and the lettering."""
    lines = [drawn(shape, layer=0, start_s=0, end_s=duration_s) for shape in scene.kept()]
    for frame in range(0, duration_s * FRAMES_PER_S, scene.hold_frames):
        start_s, end_s = frame / FRAMES_PER_S, (frame + scene.hold_frames) / FRAMES_PER_S
        lines += [
            drawn(shape, layer=1, start_s=start_s, end_s=end_s)
            for shape in scene.moving(start_s)
            if shape.path and shape.opacity > 0
        ]
    return script(canvas, lines + lettering)


def film_command(
    *,
    ffmpeg: Path,
    sky: tuple[str, str],
    melody: str,
    frame_px: tuple[int, int],
    duration_s: int,
    sideways: bool,
    out_path: Path,
) -> list[str]:
    """Draw and encode a film; run it in the folder that holds the scripts and fonts."""
    return [
        *(str(ffmpeg), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        # One thread everywhere: the same bytes come out on every machine with this build,
        # so that the film is stored once by its hash.
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *("-f", "lavfi", "-i", _picture(sky, frame_px, sideways)),
        *("-f", "lavfi", "-i", _sound(melody, duration_s)),
        *("-t", str(duration_s), "-map", "0:v", "-map", "1:a"),
        # Flat drawings look good at any preset; the quickest costs a third of veryfast.
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-threads", "1"),
        *("-g", str(2 * FRAMES_PER_S)),
        *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
        *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k", "-ac", "2"),
        *("-flags:v", "+bitexact", "-flags:a", "+bitexact", "-fflags", "+bitexact"),
        *("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", str(out_path)),
    ]


def turn_command(*, ffmpeg: Path, film: Path, out_path: Path) -> list[str]:
    """Mark a film as taken with the phone held upright: players turn it by 90 degrees."""
    return [
        *(str(ffmpeg), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        *("-display_rotation:v:0", "90", "-i", str(film), "-c", "copy"),
        *("-fflags", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart"),
        *("-f", "mp4", str(out_path)),
    ]


def _picture(sky: tuple[str, str], frame_px: tuple[int, int], sideways: bool) -> str:
    width, height = frame_px
    channels = ":".join(
        f"{name}='lerp({int(sky[0][at : at + 2], 16)},{int(sky[1][at : at + 2], 16)},Y/H)'"
        for name, at in (("r", 1), ("g", 3), ("b", 5))
    )
    steps = [
        # The sky is computed as a narrow strip and widened: computing each pixel takes seconds.
        f"nullsrc=size=16x{height}:rate={FRAMES_PER_S}:duration={1 / FRAMES_PER_S}",
        f"format=rgb24,geq={channels}",
        f"scale={width}:{height}:out_color_matrix=bt709:out_range=tv,format=yuv420p",
        f"ass={STILL_SCRIPT}:fontsdir={FONT_FOLDER}",
        "loop=loop=-1:size=1",
        f"ass={MOVING_SCRIPT}:fontsdir={FONT_FOLDER}",
    ]
    return ",".join([*steps, "transpose=clock"] if sideways else steps)


def _sound(melody: str, duration_s: int) -> str:
    # Computed at 16 kHz: the notes have no overtones above, and it is a third of the work.
    return (
        f"aevalsrc=exprs='{melody}':sample_rate=16000:duration={duration_s},"
        f"aresample={SOUND_HZ},aecho=0.8:0.7:180:0.3,"
        "pan=stereo|c0=c0|c1=c0,adelay=0|9,"
        f"afade=in:d=0.4,afade=out:st={duration_s - 1}:d=1"
    )
