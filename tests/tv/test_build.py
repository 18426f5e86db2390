"""What is shipped: ES5 only, small, with addresses that change with the content."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

from tests.tv.conftest import TV

MOST_BYTES = 30_000


def test_script_and_style_stay_small(built_page: Path) -> None:
    sent = sum(len(gzip.compress((built_page / name).read_bytes())) for name in ("tv.js", "tv.css"))
    assert sent <= MOST_BYTES


def test_every_address_carries_the_hash_of_its_content(built_page: Path) -> None:
    page = (built_page / "index.html").read_text()
    assert len(re.findall(r'"[\w.]+\?v=[0-9a-f]{10}"', page)) == 5


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


def test_what_is_shipped_is_es5(built_page: Path) -> None:
    node = shutil.which("node")
    assert node
    proof = (
        f"import {{ proveES5 }} from {str(TV / 'build.mjs')!r};"
        "import { readFileSync } from 'node:fs';"
        "for (const name of ['tv.js', 'watch.js', 'more.js', 'hls.light.min.js'])"
        f" proveES5(name, readFileSync({str(built_page)!r} + '/' + name, 'utf8'));"
    )
    subprocess.run([node, "--input-type=module", "-e", proof], check=True)
