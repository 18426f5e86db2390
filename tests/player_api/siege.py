"""Households that report while server and database are killed under them, and the reckoning.

Each client sends a batch until it is answered by 200, as a box does, and sometimes hangs up
before the answer comes: then it cannot know, and sends again.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.embedded import postmaster_pid
from app.house import House
from player_api.reports.tallies import recount
from player_api.seen import Span, union
from tests.player_api.box import API, now_ms, play_id
from tests.service import ROOT, Service, wait_until

HOLDER = """
import sys, time
from pathlib import Path
from app.embedded import embedded_database
with embedded_database(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


class Cluster:
    """The embedded PostgreSQL, held by a process of its own, so that it can die and come back."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.holders: list[subprocess.Popen[str]] = []

    def start(self) -> str:
        """Start the server; gives its address, which never changes."""
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(self.home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.holders.append(holder)
        assert holder.stdout is not None
        url = holder.stdout.readline().strip()
        assert url, "PostgreSQL did not start"
        return url

    def kill(self) -> None:
        """End the server and all its processes with SIGKILL."""
        pid = postmaster_pid(self.home)
        assert pid is not None
        os.killpg(os.getpgid(pid), signal.SIGKILL)
        wait_until(lambda: postmaster_pid(self.home) is None, what="PostgreSQL's end")

    def stop(self) -> None:
        """Let every holder go; the last one stops the server."""
        for holder in self.holders:
            holder.communicate()


@dataclass
class Siege:
    """Clients at work in a thread, and what they watched."""

    service: Service
    tokens: list[str]
    lesson: int
    duration_s: int
    seed: int = 1
    answered: int = 0
    hung_up: int = 0
    failed: int = 0
    sent_events: int = 0
    watched: dict[str, list[Span]] = field(default_factory=dict)
    watch_ms: dict[str, int] = field(default_factory=dict)
    over: bool = False
    trouble: list[str] = field(default_factory=list)

    def __enter__(self) -> Siege:
        self.thread = threading.Thread(target=lambda: asyncio.run(self._all()))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self.thread.join(300)
        assert not self.thread.is_alive()
        assert not self.trouble, self.trouble

    def go_on(self, requests: int) -> None:
        """Wait until so many more requests were answered."""
        goal = self.answered + requests
        wait_until(lambda: self.answered >= goal or self.trouble, what="answers", patience_s=180)

    async def _all(self) -> None:
        try:
            await asyncio.gather(
                *(self._household(at, token) for at, token in enumerate(self.tokens))
            )
        except Exception as error:
            self.trouble.append(repr(error))

    async def _household(self, at: int, token: str) -> None:
        chance = random.Random(self.seed * 1000 + at)
        kept: list[bytes] = []
        while not self.over:
            begun_ms = now_ms() - chance.randint(3_600_000, 40 * 3_600_000)
            batches = self._batches(chance, begun_ms)
            for batch in batches:
                await self._deliver(chance, token, batch)
            # What a box cannot be sure of, it sends once more, days later.
            kept = [*kept, *batches][-20:]
            if chance.random() < 0.3:
                await self._deliver(chance, token, chance.choice(kept))

    def _batches(self, chance: random.Random, begun_ms: int) -> list[bytes]:
        """A play in events of one second each, in shuffled batches."""
        play = play_id(begun_ms, chance)
        seconds = chance.sample(range(self.duration_s), chance.randint(5, 60))
        events = [
            {
                "play": play,
                "lesson": self.lesson,
                "seq": seq,
                "at": begun_ms + 1000 * (seq + 1),
                "spans": [[second, second + 1]],
                "watch_s": seq + 1,
                "state": "playing",
            }
            for seq, second in enumerate(seconds)
        ]
        self.watched[play] = [(second * 1000, second * 1000 + 1000) for second in seconds]
        self.watch_ms[play] = len(events) * 1000
        self.sent_events += len(events)
        chance.shuffle(events)
        return [
            json.dumps(
                {"sent": now_ms(), "boot": "b", "events": events[start : start + 20]}
            ).encode()
            for start in range(0, len(events), 20)
        ]

    async def _deliver(self, chance: random.Random, token: str, body: bytes) -> None:
        while True:
            hang_up = chance.random() < 0.1
            try:
                status, answer = await self._post(token, body, hang_up=hang_up)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                status, answer = 0, {}
            if status == 200:
                if answer["refused"]:
                    self.trouble.append(str(answer))
                self.answered += 1
                return
            if status not in (0, 503):
                self.trouble.append(f"{status} {answer}")
                return
            self.hung_up += hang_up
            self.failed += not hang_up
            await asyncio.sleep(chance.uniform(0.02, 0.3))

    async def _post(self, token: str, body: bytes, *, hang_up: bool) -> tuple[int, dict[str, Any]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.service.port)
        try:
            head = (
                f"POST {API}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
            if hang_up:
                return 0, {}
            head_read = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            return int(head_read.split(b" ", 2)[1]), json.loads(await reader.read())
        except TimeoutError:
            return 0, {}
        finally:
            writer.close()


def reckon(house: House, siege: Siege) -> list[str]:
    """Every way in which the database differs from what the clients watched; there must be none."""
    found: list[str] = []
    with house.db.begin() as session:
        query = "SELECT id, watch_ms, distinct_ms, cast(watched AS text) AS watched FROM play"
        plays = {str(row.id): row for row in session.execute(text(query))}
        for play, spans in siege.watched.items():
            expected = "{" + ",".join(f"[{a},{b})" for a, b in union(spans)) + "}"
            if play not in plays:
                found.append(f"lost play {play}")
            elif (plays[play].watched, plays[play].watch_ms) != (expected, siege.watch_ms[play]):
                found.append(f"play {play} is {plays[play]}, not {expected}")
        found += [f"play {play} of nobody" for play in plays.keys() - siege.watched.keys()]
        found += [str(difference) for difference in recount(session)]
        tallied = session.execute(text("SELECT sum(plays), sum(watch_ms) FROM tally_place")).one()
        if tuple(tallied) != (len(siege.watched), sum(siege.watch_ms.values())):
            found.append(f"tallied {tuple(tallied)}, watched {len(siege.watched)}")
        # Every event says something new once: it is counted once, however often it came.
        query = "SELECT sum(received), sum(counted), sum(unchanged), sum(refused) FROM receipt"
        received, counted, unchanged, refused = session.execute(text(query)).one()
        if counted != siege.sent_events or refused or received != counted + unchanged:
            found.append(f"receipts: {received} {counted} {unchanged}, sent {siege.sent_events}")
    return found
