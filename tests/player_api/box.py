"""A box as the player API sees it: it introduces itself, watches, and reports."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app.house import House
from player_api.reports.tallies import TALLIES

API = "/api/player/v1"


def now_ms() -> int:
    """The clock of a box that is right."""
    return round(time.time() * 1000)


def play_id(ms: int, chance: random.Random | None = None) -> str:
    """A UUIDv7 made at that moment."""
    bits = (chance or random).getrandbits(74)
    return str(UUID(int=ms << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1)))


@dataclass
class Viewer:
    """One box and its open plays."""

    client: httpx.Client
    id: str
    token: str
    region: str
    seqs: dict[str, int] = field(default_factory=dict)

    @classmethod
    def introduced(cls, client: httpx.Client, **about: Any) -> Viewer:
        """A box that has just got its token."""
        answer = client.post(f"{API}/boxes", json=about)
        assert answer.status_code == 201, answer.text
        got = answer.json()
        return cls(client=client, id=got["box"], token=got["token"], region=got["region"])

    @property
    def headers(self) -> dict[str, str]:
        """What proves the box."""
        return {"Authorization": f"Bearer {self.token}"}

    def event(self, play: str, lesson: int, *spans: list[float], **more: Any) -> dict[str, Any]:
        """The next event of a play."""
        seq = self.seqs[play] = self.seqs.get(play, -1) + 1
        end_s = max((span[1] for span in spans), default=0)
        return {
            "play": play,
            "lesson": lesson,
            "seq": seq,
            "at": now_ms(),
            "spans": list(spans),
            "watch_s": 0,
            "position_s": end_s,
            "speed": 1,
            "state": "playing",
            **more,
        }

    def send(self, *events: dict[str, Any], sent: int | None = None) -> httpx.Response:
        """Report events."""
        body = {"sent": now_ms() if sent is None else sent, "boot": "b", "events": list(events)}
        return self.client.post(f"{API}/events", json=body, headers=self.headers)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Ask for something as this box."""
        return self.client.get(f"{API}/{path}", params=parameters, headers=self.headers)


def sums(house: House) -> dict[str, int]:
    """All tallies together."""
    return _row(
        house,
        "SELECT coalesce(sum(plays),0)::int AS plays, coalesce(sum(effective),0)::int AS effective,"
        " coalesce(sum(completed),0)::int AS completed, coalesce(sum(watch_ms),0)::int AS watch_ms,"
        " coalesce(sum(distinct_ms),0)::int AS distinct_ms FROM tally_place",
    )


def counted(house: House) -> tuple[list[Any], list[Any]]:
    """Plays and tallies as they are, without the times that an answer's latency moves."""
    plays = (
        "SELECT id, box_no, lesson_id, region_code, day, hour, started_at, seq,"
        " cast(watched AS text), watch_ms, position_ms, state, clock, is_play, is_effective,"
        " is_complete FROM play ORDER BY id"
    )
    tallies = [
        f"SELECT '{table}', {table}.* FROM {table} ORDER BY {', '.join(tally.by)}"
        for table, tally in TALLIES.items()
    ]
    return rows(house, plays), [row for query in tallies for row in rows(house, query)]


def rows(house: House, query: str, **values: Any) -> list[Any]:
    """The rows of a query."""
    with house.db.begin() as session:
        return [tuple(row) for row in session.execute(text(query), values)]


def waiting(house: House, lock: str) -> int:
    """How many wait for a lock of that kind in the test's database."""
    query = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE datname = current_database() AND locktype = :lock AND NOT granted"
    )
    return int(rows(house, query, lock=lock)[0][0])


def _row(house: House, query: str) -> dict[str, int]:
    with house.db.begin() as session:
        return dict(session.execute(text(query.replace("::", "\\:\\:"))).one()._mapping)
