"""Letters against what really lies behind them: gradients, posters, films.

axe-core gives up where colours are mixed or one thing lies on another; pixels tell.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Any

import imageio_ffmpeg
from playwright.sync_api import Page

LEAST_CONTRAST = 7.0
# A hair of another colour at an edge blurs no letter.
UNNOTICED = 0.02
STEP_PX = 3
# Letters away; in place of a film the brightest picture that there may be.
BARE = """
* { color: transparent !important; pointer-events: auto !important; transition: none !important; }
video { visibility: hidden !important; }
body.watching { background: #fff !important; }
"""
LETTERS = """() => {
  const found = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode, node = text.parentElement;
    // Keys that do nothing here are pale on purpose.
    if (!text.data.trim() || node.closest('script, [aria-hidden], .idle')) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      const size = parseFloat(getComputedStyle(node).fontSize);
      const top = (line.top + line.bottom) / 2 - size / 2;
      // What something lies on is not to be read now.
      const box = node.getBoundingClientRect();
      const left = Math.max(0, line.left, box.left);
      const right = Math.min(innerWidth, line.right, box.right);
      const over = document.elementFromPoint((left + right) / 2, top + size / 2);
      if (right - left < 4 || !over || !node.contains(over)) continue;
      found.push({
        text: `${node.className}: ${text.data.slice(0, 20)}`, color: getComputedStyle(node).color,
        left, right, top: Math.max(0, top), bottom: Math.min(innerHeight, top + size),
      });
    }
  }
  return found;
}"""

Colour = tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """A screenshot as red, green and blue."""

    width_px: int
    rgb: bytes

    def at(self, x: int, y: int) -> Colour:
        place = (y * self.width_px + x) * 3
        return tuple(self.rgb[place : place + 3])


def pale_letters(page: Page) -> list[str]:
    """Texts whose contrast is below 7:1; the page is worn out afterwards."""
    page.add_style_tag(content="* { pointer-events: auto !important }")
    letters: list[dict[str, Any]] = page.evaluate(LETTERS)
    page.add_style_tag(content=BARE)
    picture = _picture(page)
    return [fault for line in letters if (fault := _fault(line, picture))]


def _picture(page: Page) -> Picture:
    size = page.viewport_size
    assert size
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "png_pipe", "-i", "-"]
    raw = ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    png = page.screenshot(scale="css")
    done = subprocess.run([*command, *raw], input=png, check=True, capture_output=True)
    return Picture(size["width"], done.stdout)


def _fault(line: dict[str, Any], picture: Picture) -> str | None:
    letters = tuple(float(part) for part in line["color"].split("(")[1].rstrip(")").split(","))[:3]
    places = [
        (x, y)
        for y in range(int(line["top"]), int(line["bottom"]), STEP_PX)
        for x in range(int(line["left"]), int(line["right"]), STEP_PX)
    ]
    found = sorted(contrast(letters, picture.at(x, y)) for x, y in places)
    if not found or found[int(len(found) * UNNOTICED)] >= LEAST_CONTRAST:
        return None
    return f"contrast {found[int(len(found) * UNNOTICED)]:.1f}: {line['text']}"


def contrast(one: Colour, other: Colour) -> float:
    """By WCAG 2: from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
