"""What holds on every screen, asked of the page itself: type, places, counts, focus."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

SAFE_PX = (64, 36, 1216, 684)
SMALLEST_TEXT_PX = 28
MOST_FOCUSABLE = 40
MOST_NODES = 300

# Runs in a window of 1280×720, where a pixel of the stage is one of the screen.
LOOK = """([safe, smallest]) => {
  const clipOf = (node) => {
    const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflow === 'hidden') {
        const box = at.getBoundingClientRect();
        clip.left = Math.max(clip.left, box.left);
        clip.top = Math.max(clip.top, box.top);
        clip.right = Math.min(clip.right, box.right);
        clip.bottom = Math.min(clip.bottom, box.bottom);
      }
    }
    return clip;
  };
  const within = (box, clip) => ({
    left: Math.max(box.left, clip.left), top: Math.max(box.top, clip.top),
    right: Math.min(box.right, clip.right), bottom: Math.min(box.bottom, clip.bottom),
  });
  const isShown = (box) => box.right - box.left > 1 && box.bottom - box.top > 1;
  const shownBox = (node) => within(node.getBoundingClientRect(), clipOf(node));
  const hidden = (node) => getComputedStyle(node).visibility === 'hidden';
  const visible = (node) => isShown(shownBox(node)) && !hidden(node);
  const small = [], outside = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode, node = text.parentElement;
    if (!text.data.trim() || node.tagName === 'SCRIPT') continue;
    const size = parseFloat(getComputedStyle(node).fontSize);
    const range = document.createRange();
    range.selectNodeContents(text);
    const clip = clipOf(node);
    for (const line of range.getClientRects()) {
      // A line's box is taller than its letters: these fill nine tenths of the em.
      const top = (line.top + line.bottom) / 2 - size * .45, bottom = top + size * .9;
      const shown = within({ left: line.left, right: line.right, top, bottom }, clip);
      if (hidden(node) || !isShown(shown)) continue;
      const told = `${node.className}: ${text.data.slice(0, 20)}`;
      if (size < smallest) small.push(`${told} ${size} px`);
      // Rows run on beyond the edge to say that there is more; what has the focus does not.
      if (node.closest('.strip, .roll') && !node.closest('.on')) continue;
      if (shown.left < safe[0] - .5 || shown.top < safe[1] - .5 || shown.right > safe[2] + .5 ||
          shown.bottom > safe[3] + .5) {
        const edges = [shown.left, shown.top, shown.right, shown.bottom].map(Math.round);
        outside.push(`${told} ${edges}`);
      }
    }
  }
  const focused = [...document.querySelectorAll('.on')].filter(visible);
  return {
    address: location.hash,
    small, outside,
    focusable: document.querySelectorAll('.focusable').length,
    nodes: document.querySelectorAll('#stage *').length,
    choosable: [...document.querySelectorAll('.focusable')].filter(visible).length,
    focused: focused.length,
    lost: focused.map((node) => node.getBoundingClientRect()).filter((box) => box.left < 0 ||
      box.top < 0 || box.right > innerWidth || box.bottom > innerHeight).length,
  };
}"""


# The same as an expression, for engines that have only a plain driver.
LOOK_NOW = f"({LOOK})({json.dumps([SAFE_PX, SMALLEST_TEXT_PX])})"


def look(page: Page) -> dict[str, Any]:
    """The screen as it is now, measured."""
    seen: dict[str, Any] = page.evaluate(LOOK_NOW)
    return seen


def broken(seen: dict[str, Any]) -> list[str]:
    """The laws that this screen breaks; empty when all is well."""
    faults = [f"text smaller than {SMALLEST_TEXT_PX} px: {text}" for text in seen["small"]]
    faults += [f"text outside the safe area: {text}" for text in seen["outside"]]
    if seen["focusable"] > MOST_FOCUSABLE:
        faults.append(f"{seen['focusable']} focusable elements")
    if seen["nodes"] > MOST_NODES:
        faults.append(f"{seen['nodes']} nodes")
    if seen["lost"]:
        faults.append("the focus lies off the screen")
    if seen["choosable"] and not seen["focused"]:
        faults.append("nothing has the focus")
    return faults
