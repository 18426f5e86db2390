"""The limit on size holds for films that come from this machine, too."""

from __future__ import annotations

from pathlib import Path

from tests.service import Service


def test_a_film_above_the_limit_is_not_imported(service: Service, clip: Path) -> None:
    service.env["NONGKE_MAX_UPLOAD_BYTES"] = "1000"
    done = service.run("import", str(clip), "--no-wait", check=False)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("upload_too_large: ")
    assert not list((service.home / "storage").rglob("sources/*"))
