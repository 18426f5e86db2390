"""A client process that keeps many connections busy, and does nothing else.

    python -m tests.bench.counting.generator PLAN.json

The bodies are made before the clock starts, but for the thirteen digits of ``sent``. Each
connection sends a request, waits for its answer, and sends the next.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import uvloop

BEAT_MS = 60_000
REPORT_MS = 10_000
SENT = b"1767226330000"


@dataclass
class Tally:
    """What the connections met."""

    latencies_s: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)


class Connection(asyncio.Protocol):
    """One connection that is never idle until the requests are used up."""

    def __init__(self, requests: Iterator[tuple[bytes, bytes]], tally: Tally) -> None:
        self.requests, self.tally = requests, tally
        self.answer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            self.done.set_result(None)
            return
        self.began_s = time.perf_counter()
        self.transport.write(request[0] + b"%d" % (time.time_ns() // 1_000_000) + request[1])

    def data_received(self, data: bytes) -> None:
        self.answer += data
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.tally.latencies_s.append(time.perf_counter() - self.began_s)
        if b" 200 " not in head[:16] or b'"refused":[]' not in body:
            key = body[:80].decode()
            self.tally.failures[key] = self.tally.failures.get(key, 0) + 1
        self.answer = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed the connection"))


def make_requests(plan: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Head and tail of every request; between them belongs the time of sending."""
    chance = random.Random(plan["seed"])
    kind = CmcdBox if plan.get("is_cmcd") else Box
    boxes = [kind(token, chance, plan) for token in plan["tokens"]]
    order = [box for _ in range(plan["requests"] // len(boxes) + 1) for box in boxes]
    return [box.next_request() for box in order[: plan["requests"]]]


class Box:
    """A household: it watches one lesson after the other and reports a play in two batches."""

    def __init__(self, token: str, chance: random.Random, plan: dict[str, Any]) -> None:
        self.token, self.chance, self.plan = token, chance, plan
        self.play = ""
        self.events_left = 0

    def next_request(self) -> tuple[bytes, bytes]:
        events = [self.next_event() for _ in range(self.plan["events"])]
        body = msgspec.json.encode({"sent": int(SENT), "boot": "b", "events": events})
        head = (
            f"POST /api/player/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}"
            f"\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        before, after = body.split(SENT, 1)
        return head + before, after

    def next_event(self) -> dict[str, Any]:
        if not self.events_left:
            self.begin_play()
        at = self.beats - self.events_left
        self.events_left -= 1
        start_s = at * 60
        return {
            "play": self.play,
            "lesson": self.lesson,
            "seq": at,
            "at": self.begun_ms + (at + 1) * BEAT_MS,
            "spans": [[start_s, min(start_s + 60, self.length_s)]],
            "watch_s": start_s + 60,
            "position_s": start_s + 60,
            "speed": 1,
            "state": "playing",
        }

    def begin_play(self) -> None:
        self.lesson, self.length_s = self.chance.choice(self.plan["lessons"])
        # As many beats as the lesson has minutes, spread over the last hours.
        self.beats = self.events_left = self.length_s // 60
        self.begun_ms = self.plan["now_ms"] - self.chance.randint(3_600_000, 8 * 3_600_000)
        bits = self.chance.getrandbits(74)
        value = self.begun_ms << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1)
        self.play = str(UUID(int=value))


class CmcdBox(Box):
    """The same household before a player that reports by CMCD: a time report each ten seconds."""

    def next_request(self) -> tuple[bytes, bytes]:
        if self.events_left < self.plan["events"]:
            # A request is of one lesson; what is left of a play is never reported.
            self.begin_play()
        lines = [self.next_report() for _ in range(self.plan["events"])]
        body = "".join(lines).encode()
        head = f"POST /api/player/v1/cmcd/{self.lesson}?sent="
        rest = (
            f" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}"
            f"\r\nContent-Type: application/cmcd\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        return head.encode(), rest + body

    def next_report(self) -> str:
        at = self.beats - self.events_left
        self.events_left -= 1
        ts = self.begun_ms + at * REPORT_MS
        return f'e=t,nongke-pt={at * REPORT_MS},sid="{self.play}",sn={at},sta=p,ts={ts},v=2\n'

    def begin_play(self) -> None:
        super().begin_play()
        self.beats = self.events_left = self.length_s * 1000 // REPORT_MS


async def drive(plan: dict[str, Any]) -> dict[str, Any]:
    """Send everything; gives what was met."""
    requests = iter(make_requests(plan))
    tally, loop = Tally(), asyncio.get_running_loop()
    print("ready", flush=True)
    sys.stdin.readline()
    began_s = time.perf_counter()
    connections = [
        (
            await loop.create_connection(
                lambda: Connection(requests, tally), "127.0.0.1", plan["port"]
            )
        )[1]
        for _ in range(plan["connections"])
    ]
    await asyncio.gather(*(connection.done for connection in connections))
    took_s = time.perf_counter() - began_s
    latencies = sorted(tally.latencies_s)
    return {
        "requests_a_s": len(latencies) / took_s,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1000,
        "cpu_s": time.process_time(),
        "took_s": took_s,
        "failures": tally.failures,
    }


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asyncio.run(drive(json.loads(Path(sys.argv[1]).read_text())))))
