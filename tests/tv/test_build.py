"""What is shipped: ES5 only, small, with addresses that change with the content."""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.pages import tv
from tests.tv.conftest import TV

MOST_BYTES = 30_000


def test_script_and_style_stay_small(built_page: Path) -> None:
    sent = sum(len(gzip.compress((built_page / name).read_bytes())) for name in ("tv.js", "tv.css"))
    assert sent <= MOST_BYTES


def test_every_address_carries_the_hash_of_its_content(built_page: Path) -> None:
    page = (built_page / "index.html").read_text()
    assert len(re.findall(r'"[\w.]+\?v=[0-9a-f]{10}"', page)) == 6


def test_the_page_outlasts_a_line_that_is_down(
    built_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tv, "FOLDER", built_page)
    app = FastAPI()
    tv.mount_tv(app)

    async def kept(*paths: str) -> list[str]:
        wire = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=wire, base_url="http://tv") as client:
            return [(await client.get(path)).headers["cache-control"] for path in paths]

    # In a thread of its own: Playwright's loop may run in this one.
    with ThreadPoolExecutor(1) as thread:
        asked = kept("/tv/", "/tv/tv.js?v=0123456789", "/tv/tv.js")
        page, named, unnamed = thread.submit(asyncio.run, asked).result()
    assert "max-age=2592000" in page
    assert "immutable" in named
    assert unnamed == page


def test_a_token_newer_than_es5_fails_the_build() -> None:
    for code in ("let a = 1", "var f = () => 1", "a ?? b", "var s = `x`", "try {} catch {}"):
        proof = (
            f"import {{ proveES5 }} from {str(TV / 'build.mjs')!r};"
            f"try {{ proveES5('x', {code!r}) }} catch (e) {{ process.exit(7) }}"
        )
        node = shutil.which("node")
        assert node
        ended = subprocess.run([node, "--input-type=module", "-e", proof], check=False)
        assert ended.returncode == 7, code


def test_a_style_newer_than_the_boxes_fails_the_build() -> None:
    node = shutil.which("node")
    assert node
    newer = ["display: flex", "display:inline-grid", "--ink: #000", "color: var(--ink)", "gap: 4px"]
    proof = (
        f"import {{ proveOldCss }} from {str(TV / 'build.mjs')!r};"
        f"const caught = {newer}.filter((rule) => {{"
        " try { proveOldCss('x', `.a { top: 0; ${rule} }`) }"
        " catch (e) { return true } });"
        "proveOldCss('x', '/* display: flex */ .a--b { display: block }');"
        "console.log(caught.length)"
    )
    told = subprocess.run(
        [node, "--input-type=module", "-e", proof], check=True, capture_output=True, text=True
    )
    assert int(told.stdout) == len(newer)


def test_what_is_shipped_is_es5(built_page: Path) -> None:
    node = shutil.which("node")
    assert node
    proof = (
        f"import {{ proveES5 }} from {str(TV / 'build.mjs')!r};"
        "import { readFileSync } from 'node:fs';"
        "for (const name of ['tv.js', 'watch.js', 'more.js', 'hls.light.min.js', 'hls.min.js'])"
        f" proveES5(name, readFileSync({str(built_page)!r} + '/' + name, 'utf8'));"
    )
    subprocess.run([node, "--input-type=module", "-e", proof], check=True)
