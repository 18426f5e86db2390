"""Imports point one way: settings and storage below, pages and server on top."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "transcode", "catalog", "player_api", "migrations")
# What everybody may build on.
GROUND = {
    *("app.settings", "app.db", "app.house", "app.jobs", "app.log", "app.problems", "app.web"),
    *("app.storage", "app.s3_storage"),
}
# Each layer may import those before it, and itself.
LAYERS = ("ground", "transcode", "catalog", "player_api", "top")


def layer_of(module: str) -> str:
    if any(module == name or module.startswith(name + ".") for name in GROUND):
        return "ground"
    package = module.split(".")[0]
    return package if package in LAYERS else "top"


def modules() -> list[Path]:
    return [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in PACKAGES}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_imports_a_layer_above_its_own(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    height = LAYERS.index(layer_of(own))
    above = {name for name in imported(path) if LAYERS.index(layer_of(name)) > height}
    assert not above, f"{own} must not know {sorted(above)}"


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    # run.py hands the environment on to the parts that it starts.
    assert readers <= {"app/settings.py", "app/run.py"}
