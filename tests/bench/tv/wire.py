"""A line of so many bits a second: a proxy before the server, the same for every engine.

Browsers' own throttling leaves out some engines and the films of others.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Small enough that a line of 600 kbit/s gives a piece every 20 ms.
PIECE_BYTES = 1460


class Wire:
    """All connections share the line, as a household does; upwards nothing is slowed."""

    def __init__(self, *, server_port: int, line_bps: int, delay_s: float) -> None:
        self.server_port = server_port
        self.line_bps = line_bps
        self.delay_s = delay_s
        self.free_at_s = 0.0
        self.port = 0

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._up(reader, far_writer), self._down(far_reader, writer))

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                # Half of a round trip each way; the other half is on the way down.
                await asyncio.sleep(self.delay_s / 2)
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            first = True
            while piece := await reader.read(PIECE_BYTES):
                if first:
                    await asyncio.sleep(self.delay_s / 2)
                first = False
                await self._wait_for_line(len(piece))
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def _wait_for_line(self, size_bytes: int) -> None:
        now_s = asyncio.get_running_loop().time()
        self.free_at_s = max(self.free_at_s, now_s) + size_bytes * 8 / self.line_bps
        await asyncio.sleep(self.free_at_s - now_s)


@contextmanager
def wire(server_url: str, *, line_bps: int, delay_s: float = 0.04) -> Iterator[str]:
    """The address under which the server is behind the line."""
    line = Wire(server_port=int(server_url.rsplit(":", 1)[1]), line_bps=line_bps, delay_s=delay_s)
    loop = asyncio.new_event_loop()
    listening = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(line._take, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        listening.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        # What is still open ends with the line; nobody has to hear of it.
        loop.set_exception_handler(lambda *_: None)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.1))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert listening.wait(10)
    try:
        yield f"http://127.0.0.1:{line.port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
