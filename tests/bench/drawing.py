"""Pictures drawn as ASS scripts by the wheel's own libass: lecture slides, a meadow, a bookshelf.

Everything is computed from fixed seeds, so that the same pictures come out everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

FONT_NAME = "Noto Sans CJK TC"
WIDTH_PX, HEIGHT_PX = 1920, 1080
SLIDE_S = (10, 8, 12, 9, 11, 10)  # how long each slide stays, in turn

_INK, _PAPER, _GREEN, _RED, _BLUE, _GREY = (
    "202830", "faf8f2", "2f7d4f", "c0392b", "2c5f9e", "c9ccd0",
)  # fmt: skip
_TITLES = ("水稻病虫害综合防治", "施肥量与产量的关系", "一月到十二月农事表", "防治方法的比较")
_POINTS = (
    "种子处理：播种前用温水浸种四十八小时",
    "合理密植：每亩一万二千穴，行距二十五厘米",
    "看苗施肥：分蘖期追施尿素五至八公斤",
    "水层管理：够苗晒田，孕穗期保持浅水",
    "适时用药：破口前三天和齐穗期各喷一次",
)
_WORDS = "春夏秋冬稻麦玉米茶叶辣椒马铃薯花生油菜蔬菜果树养殖水产农机节水土壤气象合作社"


def slides_script(duration_s: int) -> str:
    """A lecture: bullets that come one by one, a table, charts; a new slide every 8 to 12 s."""
    makers = (_bullets, _bars, _table, _curve, _columns, _scheme)
    lines: list[str] = []
    start_s, number = 0, 0
    while start_s < duration_s:
        stays_s = SLIDE_S[number % len(SLIDE_S)]
        slide = _Slide(number=number, start_s=start_s, end_s=start_s + stays_s)
        lines += slide.frame()
        lines += makers[number % len(makers)](slide)
        start_s, number = slide.end_s, number + 1
    return script(lines)


def meadow_script(seed: int, blades: int, width_px: int, height_px: int) -> str:
    """Grass and leaves, near ones larger and brighter: dense detail in all directions."""
    random = Random(seed)
    lines = []
    for place in range(blades):
        depth = place / blades
        x, y = random.uniform(-40, width_px + 40), height_px * (0.15 + 0.95 * depth)
        y += random.uniform(-90, 90)
        lines.append(event(0, 60, _blade(random, x, y, depth), layer=0))
    return script(lines, width_px, height_px)


def shelf_script() -> str:
    """Books with lettered spines, as behind a speaker."""
    random = Random(7)
    lines = [_box(0, 0, 480, 1080, "3a2c20", 0, 60)]
    for shelf in range(5):
        x, bottom = 8.0, 206 + 216 * shelf
        while x < 470:
            width, height = random.uniform(18, 46), random.uniform(120, 190)
            grey = random.randrange(0x30, 0xA0)
            colour = "".join(f"{grey + random.randrange(-24, 60):02x}" for _ in range(3))
            lines.append(_box(x, bottom - height, width, height, colour, 0, 60))
            title = "\\N".join(random.sample(_WORDS, 5))
            lines.append(text(x + width / 2, bottom - height + 8, title, 18, "f0e8d8", 0, 60, 8))
            x += width + 2
        lines.append(_box(0, bottom, 480, 12, "6b5238", 0, 60))
    return script(lines, 480, 1080)


class _Slide:
    def __init__(self, *, number: int, start_s: int, end_s: int) -> None:
        self.number, self.start_s, self.end_s = number, start_s, end_s
        self.random = Random(number)
        # Every second slide fades in, every fifth glides in; the others cut, as in life.
        self.entrance = r"\fad(400,0)" if number % 2 else ""

    def frame(self) -> Iterator[str]:
        title = f"{self.number + 1}. {_TITLES[self.number % len(_TITLES)]}"
        yield self.box(0, 0, WIDTH_PX, HEIGHT_PX, _PAPER)
        yield self.box(0, 0, WIDTH_PX, 130, _GREEN)
        yield self.text(80, 28, title, 64, "ffffff")
        yield self.box(0, 1040, WIDTH_PX, 40, _GREY)
        yield self.text(80, 1042, "贵州农业远程教育 · 水稻栽培技术 · 第三讲", 26, _INK)
        yield self.text(1760, 1042, f"{self.number + 1} / 24", 26, _INK)

    def box(self, x: float, y: float, w: float, h: float, colour: str, after_s: float = 0) -> str:
        return _box(x, y, w, h, colour, self.start_s + after_s, self.end_s, self.entrance)

    def text(
        self, x: float, y: float, words: str, size: int, colour: str = _INK, after_s: float = 0
    ) -> str:
        begin_s = self.start_s + after_s
        return text(x, y, words, size, colour, begin_s, self.end_s, 7, self.entrance)


def _bullets(slide: _Slide) -> Iterator[str]:
    for i, point in enumerate(_POINTS):
        # One point after the other, as the teacher comes to it.
        yield slide.box(90, 228 + 150 * i, 26, 26, _RED, 1.4 * i)
        yield slide.text(150, 200 + 150 * i, point, 56, _INK, 1.4 * i)
        yield slide.text(150, 278 + 150 * i, f"（见教材第 {12 + 7 * i} 页）", 34, _BLUE, 1.4 * i)


def _bars(slide: _Slide) -> Iterator[str]:
    yield slide.box(220, 200, 4, 740, _INK)
    yield slide.box(220, 940, 1500, 4, _INK)
    for i in range(10):
        height = slide.random.randrange(120, 680)
        colour = (_GREEN, _BLUE, _RED)[i % 3]
        yield slide.box(270 + 145 * i, 940 - height, 96, height, colour, 0.3 * i)
        yield slide.text(276 + 145 * i, 890 - height, f"{height}", 36, _INK, 0.3 * i)
        yield slide.text(270 + 145 * i, 955, f"{2014 + i}年", 34)
    for i in range(7):
        yield slide.box(220, 240 + 100 * i, 1500, 1, _GREY)
        yield slide.text(130, 218 + 100 * i, f"{700 - 100 * i}", 34)


def _table(slide: _Slide) -> Iterator[str]:
    heads = ("月份", "作物", "主要农事", "用工/亩", "注意事项")
    for row in range(9):
        yield slide.box(80, 180 + 92 * row, 1760, 2, _INK)
        for column in range(5):
            words = heads[column] if row == 0 else _cell(slide.random, column, row)
            yield slide.text(
                104 + 352 * column, 196 + 92 * row, words, 40, _RED if not row else _INK
            )
    for column in range(6):
        yield slide.box(80 + 352 * column, 180, 2, 828, _INK)
    # The row that is being talked about is marked, and the mark moves on.
    for row in range(1, 8):
        yield slide.box(84, 246 + 92 * row + 24, 340, 5, _BLUE, 1.5 * (row - 1))


def _cell(random: Random, column: int, row: int) -> str:
    if column == 0:
        return f"{row}月"
    if column == 3:
        return f"{random.uniform(0.5, 4):.1f}"
    return "".join(random.sample(_WORDS, 3 if column == 1 else 7))


def _curve(slide: _Slide) -> Iterator[str]:
    yield slide.box(200, 200, 4, 740, _INK)
    yield slide.box(200, 940, 1560, 4, _INK)
    for series, colour in enumerate((_GREEN, _RED, _BLUE)):
        y = 700.0 - 120 * series
        for step in range(100):
            y += slide.random.uniform(-26, 22)
            y = min(900, max(220, y))
            yield slide.box(210 + 15 * step, y, 13, 8, colour, 0.06 * step)
        yield slide.text(1500, 210 + 60 * series, f"品种{'甲乙丙'[series]} 公斤/亩", 38, colour)
    for i in range(11):
        yield slide.text(190 + 150 * i, 955, f"第{i * 10}天", 32)


def _columns(slide: _Slide) -> Iterator[str]:
    for side in range(2):
        x = 90 + 920 * side
        yield slide.box(x, 180, 820, 80, (_BLUE, _GREEN)[side])
        yield slide.text(x + 30, 188, ("化学防治", "绿色防控")[side], 52, "ffffff")
        for row in range(13):
            words = "".join(slide.random.choices(_WORDS, k=20))
            yield slide.text(x + 20, 280 + 57 * row, f"{row + 1:>2}. {words}", 36)


def _scheme(slide: _Slide) -> Iterator[str]:
    for i, words in enumerate(("选种", "育秧", "移栽", "管理", "收获", "储藏")):
        x, y = 130 + 600 * (i % 3), 260 + 380 * (i // 3)
        yield slide.box(x, y, 420, 230, (_GREEN, _BLUE, _RED)[i % 3], 1.2 * i)
        yield slide.text(x + 120, y + 40, words, 88, "ffffff", 1.2 * i)
        yield slide.text(
            x + 30, y + 165, "".join(slide.random.sample(_WORDS, 9)), 40, _PAPER, 1.2 * i
        )
        if i % 3 < 2:
            yield slide.box(x + 430, y + 110, 150, 12, _INK, 1.2 * i)


def _blade(random: Random, x: float, y: float, depth: float) -> str:
    tall = random.uniform(30, 150) * (0.4 + depth)
    wide, lean = random.uniform(1.5, 7) * (0.4 + depth), random.uniform(-60, 60) * (0.4 + depth)
    light = random.uniform(0.35, 1.0) * (0.55 + 0.45 * depth)
    red, green, blue = random.uniform(70, 190), random.uniform(110, 220), random.uniform(20, 90)
    colour = "".join(f"{round(light * channel):02x}" for channel in (blue, green, red))
    tip = f"{x + lean:.0f} {y - tall:.0f}"
    path = (
        f"m {x:.0f} {y:.0f} b {x:.0f} {y - tall / 2:.0f} {x + lean / 2:.0f} {y - tall:.0f} {tip} "
        f"b {x + lean / 2 + wide:.0f} {y - tall:.0f} {x + wide:.0f} {y - tall / 2:.0f} "
        f"{x + wide:.0f} {y:.0f}"
    )
    return rf"{{\an7\pos(0,0)\1c&H{colour}&\p1}}{path}{{\p0}}"


def _box(
    x: float, y: float, w: float, h: float, colour: str, start_s: float, end_s: float, how: str = ""
) -> str:
    path = f"m 0 0 l {w:.0f} 0 {w:.0f} {h:.0f} 0 {h:.0f}"
    style = rf"{{\an7\pos({x:.0f},{y:.0f})\1c&H{_bgr(colour)}&{how}\p1}}"
    return event(start_s, end_s, f"{style}{path}{{\\p0}}")


def text(
    x: float, y: float, words: str, size: int, colour: str, start_s: float, end_s: float,
    anchor: int = 7, how: str = "",
) -> str:  # fmt: skip
    style = rf"{{\an{anchor}\pos({x:.0f},{y:.0f})\fs{size}\1c&H{_bgr(colour)}&{how}}}"
    return event(start_s, end_s, style + words)


def event(start_s: float, end_s: float, words: str, layer: int = 0) -> str:
    return f"Dialogue: {layer},{_clock(start_s)},{_clock(end_s)},S,,0,0,0,,{words}"


def script(lines: list[str], width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> str:
    return "\n".join(
        [
            f"[Script Info]\nScriptType: v4.00+\nPlayResX: {width_px}\nPlayResY: {height_px}",
            "WrapStyle: 2\nScaledBorderAndShadow: yes\n\n[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, BorderStyle, Outline, Shadow",
            f"Style: S,{FONT_NAME},40,&H00FFFFFF,1,0,0\n\n[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
            *lines,
            "",
        ]
    )


def _bgr(colour: str) -> str:
    """ASS wants blue first."""
    return colour[4:6] + colour[2:4] + colour[0:2]


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02d}:{seconds % 60:05.2f}"
