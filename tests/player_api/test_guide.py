"""The guide for integrators, deploy/boxes.md: its commands run, its tables are the page's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "deploy" / "boxes.md").read_text()
SOURCES = ROOT / "player_api" / "tv" / "src"
PREFIX = "/api/player/v1"
PROFILES = (
    ("common", "Chinese cable and IPTV browsers"),
    ("ctc", "China Telecom's IPTV specification"),
    ("ipanel", "iPanel"),
    ("android", "Fire TV, Android TV, boxes with a WebView"),
    ("android_raw", "shells that hand Android's own numbers through; `starcor`"),
    ("hbbtv", "HbbTV; `webos`"),
    ("tizen", "Samsung, Tizen"),
    ("samsung_old", "Samsung before Tizen"),
    ("pc", "keyboard"),
)
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("↑ ↓ ← →", ("up", "down", "left", "right")),
    ("OK", ("ok",)),
    ("Back", ("back",)),
    ("home", ("home",)),
    ("page", ("page_up", "page_down")),
    ("▶❙❙, ▶, ❙❙", ("play_pause", "play", "pause")),
    ("« »", ("rewind", "forward")),
    ("■", ("stop",)),
    ("red green yellow blue", ("red", "green", "yellow", "blue")),
    ("menu, info", ("menu", "info")),
    ("0–9", tuple("0123456789")),
)


def node(script: str) -> Any:
    """What a script of the page's own sources prints, as JSON."""
    found = shutil.which("node")
    assert found
    answer = subprocess.run([found, "-e", script], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def profiles() -> dict[str, dict[str, str]]:
    """The page's tables: profile, code, action."""
    sources = json.dumps([str(SOURCES / name) for name in ("dom.js", "keys.js")])
    tables: dict[str, dict[str, str]] = node(
        "global.window = { nk: {} }; global.document = {};"
        f" {sources}.forEach(f => (0, eval)(require('fs').readFileSync(f, 'utf8')));"
        " console.log(JSON.stringify(window.nk.keyProfiles))"
    )
    return tables


def table() -> str:
    """The guide's table of keys, as it has to be."""
    tables = profiles()
    head = ["profile", "for", *(title for title, _ in COLUMNS)]
    rows = [head]
    for name, used_by in PROFILES:
        codes = tables[name]
        cells = [codes_of(codes, actions) for _, actions in COLUMNS]
        rows.append([f"`{name}`", used_by, *cells])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def codes_of(codes: dict[str, str], actions: tuple[str, ...]) -> str:
    """Codes for actions that stand together: one after the other, alternatives behind a comma."""
    by_action = [sorted(int(c) for c, action in codes.items() if action == a) for a in actions]
    if len(actions) == 10:
        return ", ".join(runs_of(by_action))
    if not any(by_action):
        return "–"
    return " · ".join("/".join(map(str, found)) or "–" for found in by_action)


def runs_of(by_digit: list[list[int]]) -> Iterator[str]:
    """Digits that lie in a row as their first and last code, others one by one."""
    left = [set(codes) for codes in by_digit]
    for first in sorted(left[0]):
        if all(first + digit in codes for digit, codes in enumerate(left)):
            yield f"{first}–{first + 9}"
            for digit, codes in enumerate(left):
                codes.discard(first + digit)
    if any(left):
        yield " ".join(str(min(codes)) for codes in left)


def commands() -> str:
    """All shell blocks of the guide in their order."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", GUIDE, flags=re.DOTALL | re.MULTILINE))


def test_every_command_of_the_guide_runs(url: str, library: dict[str, int], tmp_path: Path) -> None:
    ran = subprocess.run(
        ["sh", "-eu", "-c", commands()],
        cwd=tmp_path,
        env={**os.environ, "API": url + PREFIX, "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count('"accepted":1') == 2, ran.stdout
    assert '"resume_s":' in ran.stdout
    assert "}304\n" in ran.stdout, ran.stdout
    assert f'"{library["选种"]}":[25000,' in ran.stdout or f'"{library["选种"]}":[25,' in ran.stdout
    assert '"text":"large"' in ran.stdout
    assert "红花岗区" in ran.stdout


def test_the_guide_shows_every_address_of_the_player_api(url: str) -> None:
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    sent = [
        (found["method"] or ("POST" if " -d " in found["rest"] else "GET"), found["path"])
        for found in re.finditer(
            r'curl [^"]*?(?:-X (?P<method>[A-Z]+) )?"\$API(?P<path>/[^"]*)"(?P<rest>.*)',
            re.sub(r"\\\n", " ", commands()),
        )
    ]
    for path, methods in paths.items():
        if not path.startswith(PREFIX) or "/cmcd/" in path:
            continue
        form = re.sub(r"\{\w+\}", "[^/?]+", path.removeprefix(PREFIX)) + r"(\?.*)?"
        for method in methods:
            assert any(m == method.upper() and re.fullmatch(form, p) for m, p in sent), (
                f"{method} {path}"
            )


def test_the_table_of_keys_is_the_pages() -> None:
    shown = re.search(r"<!-- keys -->\n(.*?)\n<!-- end of keys -->", GUIDE, flags=re.DOTALL)
    assert shown, "the marks around the table are gone"
    assert shown[1] == table(), table()


def test_every_profile_and_player_is_in_the_guide() -> None:
    for profile in profiles():
        assert f"`{profile}`" in GUIDE, profile
    for source in SOURCES.glob("*_player.js"):
        for name in re.findall(r"players\.push\(\{ name: '(\w+)'", source.read_text()):
            assert f"`{name}`" in GUIDE, name


def test_every_start_parameter_is_in_the_guide() -> None:
    names = set()
    for source in SOURCES.glob("*.js"):
        text = source.read_text()
        names |= set(re.findall(r"\b(?:startParameters|parameters)\.(\w+)\b", text))
        names |= set(re.findall(r"\b(?:startParameters|parameters)\['(\w+)'\]", text))
    for name in names - {"preview"}:
        assert re.search(rf"^\| .*`{name}`.* \|", GUIDE, flags=re.MULTILINE), name
