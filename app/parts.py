"""The two long-running parts: server and worker."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import socket
import threading
from contextlib import suppress

import procrastinate
import structlog
import uvicorn
from procrastinate.exceptions import ConnectorException

from app import freezing
from app.demo import seed
from app.house import House
from app.jobs import QUEUES, make_worker
from app.main import create_app
from player_api import tending
from player_api.reports import rollups
from transcode import leash, pipeline, uploads
from transcode.receiving import stop_receiving
from transcode.scratch import sweep_scratch
from transcode.takeover import after_loss
from transcode.ticket import stopping

log = structlog.get_logger()

BLUEPRINTS = {
    "video": pipeline.blueprint,
    "uploads": uploads.blueprint,
    "demo": seed.blueprint,
    "reports": rollups.blueprint,
    "boxes": tending.blueprint,
    "statements": freezing.blueprint,
}
PR_SET_PDEATHSIG = 1
LONGEST_GOODBYE_S = 12
SWEEP_SCRATCH_EVERY_S = 3600


def serve(house: House) -> None:
    """Answer requests until SIGTERM or Ctrl-C; requests in hand are finished."""
    settings = house.settings
    config = uvicorn.Config(
        create_app(house),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        proxy_headers=True,
    )
    server = Server(config)
    # Modules and the application live as long as the process; looking through them for garbage
    # cost a tenth of the collector's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    log.info("server_starting", address=f"http://{settings.host}:{settings.port}")
    server.run()
    if not server.started:
        raise SystemExit(1)


class Server(uvicorn.Server):
    """The web server; when it stops, uploads break off and go on at the next start."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        stop_receiving()
        await super().shutdown(sockets)


def work(house: House) -> None:
    """Do jobs until SIGTERM or Ctrl-C; a job in hand is put back and goes on at the next start."""
    if lacking := leash.missing():
        log.warning("leash_incomplete", missing=lacking, remedy="install util-linux and coreutils")
    asyncio.run(_work(house))


async def _work(house: House) -> None:
    worker = make_worker(house, BLUEPRINTS)
    settings = house.settings
    log.info("worker_starting", encode_jobs=settings.encode_jobs)
    async with worker.open_async():
        loops = [
            asyncio.create_task(
                worker.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=settings.encode_jobs if queue == "encode" else 1,
                    additional_context={"house": house},
                    install_signal_handlers=False,
                    update_heartbeat_interval=settings.worker_heartbeat_s,
                    stalled_worker_timeout=settings.worker_lost_s,
                    # Jobs see the stop at once and put themselves back; see ticket.stopping.
                    shutdown_graceful_timeout=8,
                    delete_jobs="successful",
                )
            )
            for queue in QUEUES
        ]
        loops.append(asyncio.create_task(_take_over(worker, house)))
        loops.append(asyncio.create_task(_sweep(house)))
        _stop_on_signals(loops)
        # A loop ends by itself only when something is wrong, a lost database for one: then all
        # end, and whoever started this process starts it again.
        done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
        _leave_by_force()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    if not stopping.is_set():
        log.error("worker_failed", reasons=[repr(loop.exception()) for loop in done])
        raise SystemExit(1)


async def _take_over(worker: procrastinate.App, house: House) -> None:
    """Put the jobs of workers that fell silent back in the queue, for as long as we live."""
    settings = house.settings
    while True:
        stalled = await worker.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=settings.worker_lost_s
        )
        for job in stalled:
            log.warning("job_taken_over", job=job.id, task=job.task_name)
            lock = await asyncio.to_thread(after_loss, house, job)
            # Another worker may have been quicker. Where the database is gone, the next look
            # says so.
            with suppress(ConnectorException):
                await worker.job_manager.retry_job(job, lock=lock)
        await asyncio.sleep(settings.worker_heartbeat_s)


async def _sweep(house: House) -> None:
    """Clear up at the start, for those that are off at night; then this machine's scratch."""
    await asyncio.to_thread(pipeline.ask_for_sweep, house)
    while True:
        swept = await asyncio.to_thread(sweep_scratch, house.settings.scratch_dir)
        if swept:
            log.info("scratch_swept", folders=swept)
        await asyncio.sleep(SWEEP_SCRATCH_EVERY_S)


def _stop_on_signals(loops: list[asyncio.Task[None]]) -> None:
    def stop() -> None:
        stopping.set()
        _leave_by_force()
        for loop in loops:
            loop.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _leave_by_force() -> None:
    """End the process if it does not end by itself: a lost database makes closing wait for ever.

    Nothing is lost by it: every step is a checkpoint, and FFmpeg dies with us.
    """
    timer = threading.Timer(LONGEST_GOODBYE_S, os._exit, (1,))
    timer.daemon = True
    timer.start()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        raise SystemExit("the parent is gone")
