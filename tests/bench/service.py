"""The real service around a measurement: embedded database, storage in a folder, workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.embedded import embedded_database
from app.house import House, open_house
from app.settings import Settings
from migrations import migrate
from transcode.plan import Plan
from transcode.tables import Package, Step, Video
from transcode.uploads import accept_file

ROOT = Path(__file__).parents[2]
POLL_S = 0.2
PATIENCE_S = 3 * 3600


class VideoFailed(Exception):
    """The video did not become ready; the message says where it stopped."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A step as it looks from outside: seconds after the upload was accepted.

    first: the package that can be played early waits for it.
    """

    name: str
    first: bool
    began_s: float
    ended_s: float
    cpu_s: float


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A video's way through the workers. early_rungs: of the first package that can be played."""

    probed_s: float
    playable_s: float
    ready_s: float
    early_rungs: tuple[str, ...]
    all_rungs: tuple[str, ...]
    steps: tuple[Seen, ...]


@contextmanager
def service(folder: Path, *, cores: Sequence[int | None], chunk_s: int) -> Iterator[House]:
    """A house with a worker for each of the cores, tied to it; None: a worker that has them all."""
    home = folder / "home"
    settings = Settings(home=home, demo=False, reserve_bytes=0, chunk_s=chunk_s)
    with ExitStack() as stack:
        url = stack.enter_context(embedded_database(home))
        migrate(url)
        house = open_house(settings, url)
        stack.callback(house.db.close)
        for number, core in enumerate(cores):
            log = stack.enter_context((folder / f"worker-{number}.log").open("wb"))
            worker = subprocess.Popen(
                [*_tie(core), sys.executable, "-m", "app.cli", "work"],
                cwd=ROOT,
                env=_environment(home, url, chunk_s),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            stack.callback(_stop, worker)
        yield house


def _tie(core: int | None) -> list[str]:
    return [] if core is None else ["taskset", "--cpu-list", str(core)]


def _environment(home: Path, url: str, chunk_s: int) -> dict[str, str]:
    return os.environ | {
        "NONGKE_HOME": str(home),
        "NONGKE_DATABASE_URL": url,
        "NONGKE_CHUNK_S": str(chunk_s),
        "NONGKE_DEMO": "false",
        "NONGKE_RESERVE_BYTES": "0",
    }


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    worker.wait(30)


def follow(house: House, film: Path) -> Journey:
    """Take a film in as an upload, and watch it until all of its rungs are there."""
    video_id = accept_file(house, film, film.name, owner="bench", labels={}).id
    watch = _Watch(house=house, video_id=video_id, accepted_at=time.monotonic())
    while not watch.look():
        time.sleep(POLL_S)
    return watch.journey()


@dataclass(kw_only=True)
class _Watch:
    """Looks at the rows as an editor's page does, and notes when something was seen first."""

    house: House
    video_id: UUID
    accepted_at: float
    moments: dict[str, float] = field(default_factory=dict)
    first_names: set[str] = field(default_factory=set)
    cpu_s: dict[str, float] = field(default_factory=dict)
    packages: list[UUID] = field(default_factory=list)

    def look(self) -> bool:
        """True when the video is ready."""
        with self.house.db.begin() as session:
            video = session.get_one(Video, self.video_id)
            query = select(Step).filter_by(video_id=video.id, plan_hash=video.plan_hash)
            steps = list(session.scalars(query))
        self._note_steps(video, steps)
        if video.package_id and video.package_id not in self.packages:
            self.packages.append(video.package_id)
            self._note("playable")
        if video.state == "ready":
            self._note("ready")
        elif video.state in ("refused", "failed", "cancelled") or self._now_s() > PATIENCE_S:
            raise VideoFailed(f"{video.state}: {video.code} {video.detail}")
        return video.state == "ready"

    def _note_steps(self, video: Video, steps: Sequence[Step]) -> None:
        if steps and video.plan:
            self._note("probed")
            plan = Plan.from_dict(video.plan)
            first = {piece.name for piece in plan.pieces if piece.part is plan.passes[0]}
            # What isn't a piece is sound, which the early package needs, too.
            pieces = {piece.name for piece in plan.pieces}
            self.first_names = first | {step.name for step in steps if step.name not in pieces}
        for step in steps:
            if step.starts:
                self._note(f"begin {step.name}")
            if step.done_at:
                self._note(f"end {step.name}")
                self.cpu_s[step.name] = step.cpu_s

    def _note(self, what: str) -> None:
        self.moments.setdefault(what, self._now_s())

    def _now_s(self) -> float:
        return time.monotonic() - self.accepted_at

    def journey(self) -> Journey:
        steps = [
            Seen(
                name=name,
                first=name in self.first_names,
                began_s=self.moments[f"begin {name}"],
                ended_s=self.moments[f"end {name}"],
                cpu_s=self.cpu_s[name],
            )
            for name in self.cpu_s
        ]
        return Journey(
            probed_s=self.moments["probed"],
            playable_s=self.moments["playable"],
            ready_s=self.moments["ready"],
            early_rungs=self._rungs(self.packages[0]),
            all_rungs=self._rungs(self.packages[-1]),
            steps=tuple(sorted(steps, key=lambda step: step.began_s)),
        )

    def _rungs(self, package_id: UUID) -> tuple[str, ...]:
        with self.house.db.begin() as session:
            report = session.get_one(Package, package_id).report
        return tuple(rung["name"] for rung in report["rungs"])
