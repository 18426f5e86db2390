"""Bytes over the line, as the real server sends them to a box that takes gzip."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from tests.bench.table import Figure
from tests.bench.tv.world import World

MENU = "/api/player/v1/menu"


def size_figures(world: World) -> Iterator[Figure]:
    """The first load, each later part, and the menu."""
    with httpx.Client(base_url=world.url, headers={"accept-encoding": "gzip"}) as client:
        page = client.get("/tv/").text
        names = dict.fromkeys(re.findall(r'"(\w[\w.]+\.(?:js|css)\?v=\w+)"', page))
        sizes = {name.split("?")[0]: _size_bytes(client, f"/tv/{name}") for name in names}
        first = {name: sizes.pop(name) for name in ("tv.js", "tv.css")}
        yield Figure(
            measure="script and style of the first load, gzip",
            measured=sum(first.values()) / 1000,
            goal=30,
            unit="kB",
            detail=_listed(first) + "; later " + _listed(sizes),
        )
        menu = {part: _size_bytes(client, MENU + part) for part in ("", "/list", "/words")}
        yield Figure(
            measure="menu of 223 courses, gzip: what the first screen needs",
            measured=menu["/list"] / 1000,
            goal=25,
            unit="kB",
            detail=f"words {menu['/words']}, whole {menu['']} bytes",
        )


def _size_bytes(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path) as answer:
        answer.raise_for_status()
        return sum(len(piece) for piece in answer.iter_raw())


def _listed(sizes: dict[str, int]) -> str:
    return ", ".join(f"{name} {size}" for name, size in sizes.items())
