"""The whole way of a video, as durable tasks: probe → encode … encode → assemble.

Each task is a checkpoint. It looks first whether it is still wanted (the run number) and whether
its work is done already (the step's row and objects), so it may be run any number of times, by
any worker, after any crash. What it has made and the job that follows are recorded in one
transaction.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import procrastinate
import structlog
from procrastinate import JobContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.house import House
from app.jobs import enqueue, house_of
from app.settings import Settings
from transcode import progress, publish
from transcode.assemble import assemble, check_decoded
from transcode.captions import encode_audio_and_captions
from transcode.encode import Encoded, encode_chunk
from transcode.errors import SourceRefused, Stopped, TranscodeError
from transcode.plan import Options, Plan
from transcode.planning import plan_file
from transcode.tables import UNDER_WAY, Package, Step, Video
from transcode.verify import verify

log = structlog.get_logger()

blueprint = procrastinate.Blueprint()
# Set when the worker is asked to stop: FFmpeg ends within a second and the job goes back.
stopping = threading.Event()

AUDIO = "audio"
ASSEMBLE_PRIORITY = 20


class PutBack(Exception):
    """The job can't go on here and now; it stands in the queue again, nothing is lost."""


AGAIN = procrastinate.RetryStrategy(wait=1, retry_exceptions=[PutBack])


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a job was asked to do: a video, and the run it was asked in."""

    house: House
    video_id: UUID
    run: int


@blueprint.task(name="probe", queue="default", retry=AGAIN, pass_context=True)
def probe(context: JobContext, video: str, run: int) -> None:
    """Look at the source, decide what to make of it, and hand out the encoding."""
    with _at_work(context, video, run) as ticket, _scratch(ticket, "probe") as scratch:
        sha256 = _enter(ticket, "probing")
        path = ticket.house.storage.fetch(f"sources/{sha256}", scratch)
        settings = ticket.house.settings
        watch = progress.Watch(ticket.house.db, ticket.video_id, run, "", "probe", stopping)
        planned = plan_file(
            path, source_sha256=sha256, options=_options(settings),
            scratch=scratch, ffmpeg=settings.ffmpeg, stop=watch.stop,
        )  # fmt: skip
        plan = planned.plan
        notes = [asdict(note) for note in plan.treatment.notes]
        with _wanted(ticket) as (session, row):
            row.plan = plan.to_dict()
            row.plan_hash = plan.hash
            row.notes = notes
            row.state = "queued"
            _hand_out(session, ticket, row, plan)


@blueprint.task(name="encode", queue="encode", retry=AGAIN, pass_context=True)
def encode(context: JobContext, video: str, run: int, step: str) -> None:
    """Encode one chunk in all its rungs, or the sound of the whole file."""
    with _at_work(context, video, run) as ticket, _scratch(ticket, step) as scratch:
        plan = _begin_step(ticket, step)
        watch = progress.Watch(ticket.house.db, ticket.video_id, run, plan.hash, step, stopping)
        source = ticket.house.storage.fetch(f"sources/{plan.source_sha256}", scratch)
        encoded = _encode(plan, step, source, scratch / "out", ticket.house, watch)
        for file in encoded.files:
            ticket.house.storage.adopt(f"{work_prefix(plan, step)}/{file.name}", file)
        with _wanted(ticket) as (session, row):
            progress.finish_step(
                session, row, step, cpu_s=encoded.cpu_s, decoded_frames=encoded.decoded_frames
            )
            # The video's row is locked: of two last steps, one sees that all is done.
            _hand_on(session, ticket, row, plan, step)


@blueprint.task(name="assemble", queue="default", retry=AGAIN, pass_context=True)
def assemble_package(context: JobContext, video: str, run: int, early: bool = False) -> None:
    """Join the chunks, check the bytes against the rules, and let boxes have them.

    early: with the rungs of the first pass only; the others go on being encoded.
    """
    name = "assemble-early" if early else "assemble"
    with _at_work(context, video, run) as ticket, _scratch(ticket, name) as scratch:
        plan, decoded_frames = _encoded_plan(ticket, early)
        check_decoded(plan, decoded_frames)
        out = scratch / "package"
        report = _assembled(ticket, plan, early, scratch, out)
        verify(out).raise_for_failures()
        # Named by video, plan and run: a repeated attempt writes the same objects again.
        package_id = uuid5(ticket.video_id, f"{plan.hash}/{run}{'/early' if early else ''}")
        size_bytes = _upload(ticket.house, out, f"videos/{video}/{package_id}")
        with _wanted(ticket) as (session, row):
            publish.publish(session, row, package_id, report, size_bytes, early=early)
            if not early:
                enqueue(session, "video:sweep", queue="default", work=work_prefix(plan))
            grace_s = round(ticket.house.settings.package_grace_h * 3600)
            enqueue(session, "video:sweep_retired", queue="default", in_s=grace_s)
        event = "video_playable" if early else "video_ready"
        log.info(event, video=video, package=str(package_id), size_bytes=size_bytes)


def _assembled(ticket: Ticket, plan: Plan, early: bool, scratch: Path, out: Path) -> dict[str, Any]:
    names = [piece.name for piece in plan.pieces if not early or piece.part is plan.passes[0]]
    piece_dirs = {name: _fetch_step(ticket, plan, name, scratch) for name in names}
    audio_dir = _fetch_step(ticket, plan, AUDIO, scratch)
    ffmpeg = ticket.house.settings.ffmpeg
    return assemble(plan, piece_dirs, audio_dir, out, ffmpeg=ffmpeg, stop=_stopped)


@blueprint.task(name="sweep", queue="default", retry=AGAIN, pass_context=True)
def sweep(context: JobContext, work: str) -> None:
    """Drop the work files of a plan that is published."""
    house_of(context).storage.delete_tree(work)


@blueprint.task(name="sweep_retired", queue="default", retry=AGAIN, pass_context=True)
def sweep_retired(context: JobContext) -> None:
    """Drop packages that were replaced longer ago than the grace time."""
    house = house_of(context)
    with house.db.begin() as session:
        grace = timedelta(hours=house.settings.package_grace_h)
        for package in publish.retired_packages(session, grace):
            house.storage.delete_tree(f"videos/{package.video_id}/{package.id}")
            session.delete(session.get_one(Package, package.id))


def work_prefix(plan: Plan, step: str | None = None) -> str:
    """Where the output of a plan, or of one of its steps, waits for assembly."""
    prefix = f"work/{plan.source_sha256}/{plan.hash}"
    return f"{prefix}/{step}" if step else prefix


@contextmanager
def _at_work(context: JobContext, video: str, run: int) -> Iterator[Ticket]:
    """The boundary of a job: what went wrong becomes a state that editors can read."""
    house = house_of(context)
    ticket = Ticket(house=house, video_id=UUID(video), run=run)
    structlog.contextvars.bind_contextvars(video=video, run=run)
    try:
        yield ticket
    except progress.NoLongerWanted:
        log.info("job_outdated")
    except Stopped:
        if stopping.is_set():
            raise PutBack from None
        log.info("job_cancelled")
    except SourceRefused as error:
        _give_up(ticket, "refused", error.code, error.remedy_zh, str(error))
    except TranscodeError as error:
        _give_up(ticket, "failed", error.code, error.remedy_zh, str(error))
    except DBAPIError as error:
        # The database went away; the work so far is in the storage.
        raise PutBack from error
    except Exception as error:
        log.exception("job_failed")
        remedy = "系统内部出错，可以点“重试”；仍然失败请把出错时间告诉管理员。"
        _give_up(ticket, "failed", "internal_error", remedy, repr(error))
    finally:
        structlog.contextvars.unbind_contextvars("video", "run")


def _options(settings: Settings) -> Options:
    return Options(chunk_s=settings.chunk_s, loudness_lufs=settings.loudness_lufs or None)


def _give_up(ticket: Ticket, state: str, code: str, remedy: str, detail: str) -> None:
    log.warning("video_stopped", state=state, code=code, detail=detail)
    try:
        with _wanted(ticket) as (_, row):
            row.state, row.code, row.remedy, row.detail = state, code, remedy, detail
            # Other chunks of this run stop too; a retry is a run of its own.
            row.run += 1
    except progress.NoLongerWanted:
        return


@contextmanager
def _wanted(ticket: Ticket) -> Iterator[tuple[Session, Video]]:
    """A transaction with the video's row locked. Raises NoLongerWanted for an outdated run."""
    with ticket.house.db.begin() as session:
        row = session.get(Video, ticket.video_id, with_for_update={"of": Video})
        if row is None or row.run != ticket.run or row.state not in UNDER_WAY:
            raise progress.NoLongerWanted
        yield session, row


def _enter(ticket: Ticket, state: str) -> str:
    """Show the new state; gives the source's hash."""
    with _wanted(ticket) as (_, row):
        row.state = state
        return row.source_sha256


def _hand_out(session: Session, ticket: Ticket, row: Video, plan: Plan) -> None:
    weights = {piece.name: float(piece.chunk.frames) for piece in plan.pieces}
    # Sound is a small part of the work; its share keeps the percentage steady.
    weights[AUDIO] = max(1.0, 0.03 * plan.total_frames)
    storage = ticket.house.storage
    stored = {o.key.rsplit("/", 2)[-2] for o in storage.list(work_prefix(plan) + "/")}
    left = progress.lay_out_steps(session, row, weights, stored)
    for step in left:
        _defer(session, ticket, "encode", priority=_priority(plan, step), step=step)
    _hand_on(session, ticket, row, plan, None)


def _priority(plan: Plan, step: str) -> int:
    """What makes a film playable goes before what makes one better, also of another film."""
    return 10 if step == AUDIO or step.startswith(f"{plan.passes[0].name}-") else 0


def _hand_on(session: Session, ticket: Ticket, row: Video, plan: Plan, done: str | None) -> None:
    """Ask for the package when all its steps are done; for the early one after its last step."""
    left = progress.steps_left(session, row)
    if not left:
        _defer(session, ticket, "assemble", priority=ASSEMBLE_PRIORITY)
    elif not any(_priority(plan, step) for step in left) and (
        row.package_id is None and (done is None or _priority(plan, done))
    ):
        _defer(session, ticket, "assemble", priority=ASSEMBLE_PRIORITY, early=True)


def _defer(
    session: Session, ticket: Ticket, task: str, *, priority: int = 0, **arguments: Any
) -> None:
    queue = "encode" if task == "encode" else "default"
    video = str(ticket.video_id)
    # Two assemblies of one video would sweep under each other's feet.
    lock = f"assemble-{video}" if task == "assemble" else None
    enqueue(
        session, f"video:{task}", queue=queue, lock=lock, priority=priority,
        video=video, run=ticket.run, **arguments,
    )  # fmt: skip


def _begin_step(ticket: Ticket, step: str) -> Plan:
    with _wanted(ticket) as (session, row):
        assert row.plan is not None
        row.state = "encoding"
        progress.begin_step(session, row, step)
        return Plan.from_dict(row.plan)


def _encode(
    plan: Plan, step: str, source: Path, out: Path, house: House, watch: progress.Watch
) -> Encoded:
    ffmpeg = house.settings.ffmpeg
    if step == AUDIO:
        watch.length_s = plan.duration_s
        return encode_audio_and_captions(
            plan, source, out, ffmpeg=ffmpeg, on_progress=watch.advance, stop=watch.stop
        )
    piece = next(piece for piece in plan.pieces if piece.name == step)
    watch.length_s = float(piece.chunk.frames / plan.fps)
    return encode_chunk(
        plan, source, piece, out, ffmpeg=ffmpeg, on_progress=watch.advance, stop=watch.stop
    )


def _encoded_plan(ticket: Ticket, early: bool) -> tuple[Plan, int]:
    """The plan, and how many pictures of the source came out in one pass over it."""
    with _wanted(ticket) as (session, row):
        assert row.plan is not None
        if not early:
            row.state = "verifying"
        plan = Plan.from_dict(row.plan)
        counted = [piece.name for piece in plan.pieces if piece.part is plan.passes[0]]
        steps = session.query(Step).filter_by(video_id=row.id, plan_hash=row.plan_hash)
        return plan, sum(step.decoded_frames for step in steps if step.name in counted)


def _fetch_step(ticket: Ticket, plan: Plan, step: str, scratch: Path) -> Path:
    """A local folder with the step's output; the stored files themselves where they are local."""
    storage = ticket.house.storage
    folder = scratch / step
    files = [
        storage.fetch(stored.key, folder) for stored in storage.list(work_prefix(plan, step) + "/")
    ]
    return files[0].parent


def _upload(house: House, out: Path, prefix: str) -> int:
    """Store the package; its list of files goes last, so that it names only what is there."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == "package.json")
    size_bytes = sum(path.stat().st_size for path in files)
    for path in files:
        house.storage.adopt(f"{prefix}/{path.relative_to(out).as_posix()}", path)
    return size_bytes


@contextmanager
def _scratch(ticket: Ticket, step: str) -> Iterator[Path]:
    """A folder for the job in hand; what an earlier attempt left in it goes first."""
    folder = ticket.house.settings.scratch_dir / f"{ticket.video_id}-{ticket.run}-{step}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stopped() -> bool:
    return stopping.is_set()
