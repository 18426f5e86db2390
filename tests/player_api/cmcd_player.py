"""A player that reports by CMCD as hls.js does, on a page that adds the playhead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from player_api.seen import Span, union
from tests.player_api.box import API, Viewer, now_ms

BEAT_MS = 30_000
TOO_FAST = 3


@dataclass
class CmcdPlayer:
    """One session: its lines, and what was really watched. Times in ms by its own clock."""

    lesson: int
    duration_ms: int
    sid: str = field(default_factory=lambda: str(uuid4()))
    at_ms: int = field(default_factory=lambda: now_ms() - 3_600_000)
    head_ms: int = 0
    speed: float = 1
    state: str = "s"
    lines: list[str] = field(default_factory=list)
    parts: list[Span] = field(default_factory=list)
    watch_ms: int = 0

    def report(self, event: str) -> None:
        """Add a line."""
        keys: dict[str, Any] = {"e": event, "nongke-pt": self.head_ms}
        if self.speed != 1 or event == "pr":
            keys["pr"] = f"{self.speed:g}"
        keys |= {"sid": f'"{self.sid}"', "sn": len(self.lines), "sta": self.state}
        keys |= {"ts": self.at_ms, "v": 2}
        self.lines.append(",".join(f"{key}={value}" for key, value in keys.items()))

    def turn(self, state: str) -> None:
        """Be in another state from now on."""
        if state != self.state:
            self.state = state
            self.report("ps")

    def watch(self, length_ms: int) -> None:
        """Play for so long, with a beat every half minute, or to the end."""
        self.turn("p")
        while length_ms > 0 and self.head_ms < self.duration_ms:
            left_ms = (self.duration_ms - self.head_ms) / self.speed
            step_ms = round(min(length_ms, BEAT_MS, left_ms))
            start_ms, self.head_ms = self.head_ms, self.head_ms + round(step_ms * self.speed)
            self.at_ms += step_ms
            length_ms -= step_ms
            if self.speed < TOO_FAST:
                self.parts.append((start_ms, self.head_ms))
                self.watch_ms += step_ms
            self.report("t")
        if self.head_ms >= self.duration_ms:
            self.turn("e")

    def wait(self, length_ms: int, state: str) -> None:
        """Stand still: paused by the viewer, or because nothing comes."""
        self.turn(state)
        self.at_ms += length_ms

    def seek(self, head_ms: int) -> None:
        """Go to another place and play on from there."""
        self.turn("k")
        self.head_ms = head_ms
        self.turn("p")

    def change_speed(self, speed: float) -> None:
        """Play at another speed from now on."""
        if speed != self.speed:
            self.speed = speed
            self.report("pr")

    @property
    def seen(self) -> str:
        """What was really seen, as the database writes it."""
        return "{" + ",".join(f"[{start},{end})" for start, end in union(self.parts)) + "}"

    def send(self, viewer: Viewer, *lines: str, **parameters: Any) -> httpx.Response:
        """Deliver lines; without any, all of them."""
        return viewer.client.post(
            f"{API}/cmcd/{self.lesson}",
            content="".join(f"{line}\n" for line in lines or self.lines),
            params=parameters,
            headers=viewer.headers | {"Content-Type": "application/cmcd"},
        )
