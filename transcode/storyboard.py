"""Small pictures of the whole film on sheets, for a preview while the viewer seeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame

from transcode import pictures, webvtt
from transcode.ladder import fit
from transcode.plan import Plan
from transcode.webvtt import Cue

FOLDER, INDEX = "storyboard", "storyboard.vtt"
_BOX_PX = (160, 90)
# A sheet of 25 has some 50 kB: on a line of 192 kbit/s the preview stands after two seconds; a
# hundred on a sheet would take eight, and 6 MB of memory in a box.
COLUMNS = ROWS = 5
# Nobody aims closer than that; in a long film a wider step saves more than it costs.
_LEAST_STEP_S, _LARGEST_STEP_S = 2, 10
_ENOUGH_PICTURES = 360
_QUALITY = 7


@dataclass(frozen=True, kw_only=True)
class Storyboard:
    """The storyboard as it came out."""

    width_px: int  # of one picture
    height_px: int
    every_s: float
    pictures: int
    sheets: int
    size_bytes: int


def write_storyboard(plan: Plan, videos: Sequence[Path], out_dir: Path) -> Storyboard:
    """Write ``storyboard.vtt`` and its sheets. videos: the I-frames of the chunks, in order."""
    folder = out_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    every_s, wanted = _wanted(plan)
    size = fit(plan.iframes.width_px, plan.iframes.height_px, *_BOX_PX)
    sheet: list[VideoFrame] = []
    sheets = 0
    for number, frame in pictures.iframe_pictures(plan, videos, wanted):
        sheet.append(pictures.for_jpeg(frame, *size))
        if len(sheet) == COLUMNS * ROWS or number == wanted[-1]:
            sheets += 1
            joined = pictures.on_one_sheet(sheet, COLUMNS)
            _sheet(folder, sheets).write_bytes(pictures.jpeg(joined, _QUALITY))
            sheet = []
    cues = _cues(len(wanted), every_s, plan.duration_s, size)
    (folder / INDEX).write_text(webvtt.written(cues))
    return Storyboard(
        width_px=size[0],
        height_px=size[1],
        every_s=round(every_s, 6),
        pictures=len(wanted),
        sheets=sheets,
        size_bytes=sum(file.stat().st_size for file in folder.iterdir()),
    )


def _wanted(plan: Plan) -> tuple[float, range]:
    """How far apart the pictures are, and the numbers of their I-frames."""
    between_s = float(plan.iframes.frame_step / plan.fps)
    aimed_s = min(max(plan.duration_s / _ENOUGH_PICTURES, _LEAST_STEP_S), _LARGEST_STEP_S)
    step = max(1, round(aimed_s / between_s))
    count = -(-plan.total_frames // plan.iframes.frame_step)
    return step * between_s, range(0, count, step)


def _sheet(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.jpg"


def _cues(count: int, every_s: float, duration_s: float, size: tuple[int, int]) -> list[Cue]:
    width, height = size
    cues = []
    for number in range(count):
        sheet, place = divmod(number, COLUMNS * ROWS)
        x, y = place % COLUMNS * width, place // COLUMNS * height
        cues.append(
            Cue(
                start_s=number * every_s,
                end_s=min((number + 1) * every_s, duration_s),
                text=f"{sheet + 1:05d}.jpg#xywh={x},{y},{width},{height}",
            )
        )
    return cues
