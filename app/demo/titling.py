"""The lettering of a film: title, steps, clock, progress, and the mark 演示内容.

All of it stays inside the safe area of a television: 64 px at the sides, 36 px above
and below (televisions may cut the rest off).
"""

from app.demo.shapes import (
    FRAMES_PER_S,
    Caption,
    Shape,
    circle,
    drawn,
    pill,
    rectangle,
    written,
)

SIDE_PX, TOP_PX = 64, 36
ACCENTS = {"farming": "#3fae49", "skills": "#f08a24", "crafts": "#c93a5b", "policy": "#2f7fd0"}
_PANEL = "#0d1a22"
_NUMERALS = "一二三四五六"


def lettering(
    *, title: str, theme: str, steps: tuple[str, ...], duration_s: int, canvas: tuple[int, int]
) -> list[str]:
    """The script lines of everything written in a film."""
    return [
        *_title(title, ACCENTS[theme], duration_s),
        *_mark(canvas[0], duration_s),
        *_steps(steps, ACCENTS[theme], duration_s, canvas),
        *_clock(canvas, ACCENTS[theme], duration_s),
    ]


def _title(title: str, accent: str, duration_s: int) -> list[str]:
    size = 52
    panel = pill(SIDE_PX, TOP_PX, len(title) * size * 0.72 + 84, 64)
    return [
        drawn(Shape(path=panel, color=_PANEL, opacity=0.62), layer=5, start_s=0, end_s=duration_s),
        drawn(
            Shape(path=circle(SIDE_PX + 34, TOP_PX + 32, 12), color=accent),
            layer=6,
            start_s=0,
            end_s=duration_s,
        ),
        written(
            Caption(
                text=title,
                at=(SIDE_PX + 60, TOP_PX + 32),
                size_px=size,
                start_s=0,
                end_s=duration_s,
                anchor=4,
            ),
            layer=7,
        ),
    ]


def _mark(width: int, duration_s: int) -> list[str]:
    box = pill(width - SIDE_PX - 154, TOP_PX, 154, 44)
    under = pill(width - SIDE_PX - 154, TOP_PX + 52, 154, 38)
    return [
        drawn(Shape(path=under, color=_PANEL, opacity=0.5), layer=5, start_s=0, end_s=duration_s),
        drawn(Shape(path=box, color="#ffffff", opacity=0.82), layer=5, start_s=0, end_s=duration_s),
        written(
            Caption(
                text="演示内容",
                at=(width - SIDE_PX - 77, TOP_PX + 22),
                size_px=38,
                start_s=0,
                end_s=duration_s,
                color="#1b2a33",
                anchor=5,
            ),
            layer=7,
        ),
    ]


def _steps(
    steps: tuple[str, ...], accent: str, duration_s: int, canvas: tuple[int, int]
) -> list[str]:
    """One caption after the other, each for an equal part of the film."""
    lines = []
    size = 60
    y = canvas[1] - TOP_PX - 122
    for i, step in enumerate(steps):
        text = f"第{_NUMERALS[i]}步　{step}"
        # Captions change on whole frames: a change between two frames would flicker.
        start_s, end_s = (
            round(duration_s * n / len(steps) * FRAMES_PER_S) / FRAMES_PER_S for n in (i, i + 1)
        )
        width = len(text) * size * 0.72 + 64
        panel = pill(canvas[0] / 2 - width / 2, y, width, 78)
        lines.append(
            drawn(
                Shape(path=panel, color=accent, opacity=0.9), layer=5, start_s=start_s, end_s=end_s
            )
        )
        lines.append(
            written(
                Caption(
                    text=text,
                    at=(canvas[0] / 2, y + 39),
                    size_px=size,
                    start_s=start_s,
                    end_s=end_s,
                    anchor=5,
                    fade_ms=240,
                ),
                layer=7,
            )
        )
    return lines


def _clock(canvas: tuple[int, int], accent: str, duration_s: int) -> list[str]:
    """A bar that fills and a clock with the frame number, to judge seeking and sync by."""
    lines = []
    width, y = canvas[0] - 2 * SIDE_PX, canvas[1] - TOP_PX - 8
    rail = Shape(path=rectangle(SIDE_PX, y, width, 6), color="#ffffff", opacity=0.35)
    lines.append(drawn(rail, layer=5, start_s=0, end_s=duration_s))
    frames = duration_s * FRAMES_PER_S
    for frame in range(frames):
        start_s, end_s = frame / FRAMES_PER_S, (frame + 1) / FRAMES_PER_S
        bar = Shape(path=rectangle(SIDE_PX, y, width * (frame + 1) / frames, 6), color=accent)
        lines.append(drawn(bar, layer=6, start_s=start_s, end_s=end_s))
        second, rest = divmod(frame, FRAMES_PER_S)
        clock = Caption(
            text=f"00:{second:02}.{rest:02}",
            at=(canvas[0] - SIDE_PX - 77, TOP_PX + 71),
            size_px=34,
            start_s=start_s,
            end_s=end_s,
            anchor=5,
        )
        lines.append(written(clock, layer=7))
    return lines
