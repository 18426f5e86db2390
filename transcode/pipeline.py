"""The whole way of a video, as durable tasks: probe → start → encode … encode → assemble.

Each task is a checkpoint. It looks first whether it is still wanted (the run number) and whether
its work is done already (the step's row and objects), so it may be run any number of times, by
any worker, after any crash. What it has made and the job that follows are recorded in one
transaction.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid5

import procrastinate
import structlog
from procrastinate import JobContext
from sqlalchemy.orm import Session

from app.house import House
from app.jobs import enqueue, house_of
from app.settings import Settings
from transcode import admission, checkpoint, footprint, progress, publish, sweeping
from transcode.apart import plan_apart
from transcode.assemble import assemble, check_decoded
from transcode.captions import encode_audio_and_captions
from transcode.copying import make_piece
from transcode.encode import Encoded
from transcode.errors import EncodeFailed, PackageInvalid, Stopped
from transcode.plan import HEVC_PASS, Options, Plan
from transcode.retrying import AGAIN, PutBack
from transcode.scratch import scratch_folder
from transcode.tables import Step, Video
from transcode.ticket import Ticket, at_work, stopping, wanted
from transcode.verify import verify_own

log = structlog.get_logger()

blueprint = procrastinate.Blueprint()

AUDIO = "audio"
ASSEMBLE_PRIORITY = 20
# A package is retired by the database's clock, and swept at a time by the worker's.
CLOCKS_DIFFER_S = 60


@blueprint.task(name="probe", queue="default", retry=AGAIN, pass_context=True)
def probe(context: JobContext, video: str, run: int) -> None:
    """Look at the source, decide what to make of it, and hand out the encoding."""
    with at_work(context, video, run) as ticket, _scratch(ticket, "probe") as scratch:
        _require_room(ticket, 0)
        sha256 = _enter(ticket, "probing")
        path = ticket.house.storage.fetch(f"sources/{sha256}", scratch)
        settings = ticket.house.settings
        plan = plan_apart(
            path, source_sha256=sha256, options=_options(settings),
            scratch=scratch, ffmpeg=settings.ffmpeg, stop=_watch(ticket, "", "probe").stop,
            memory_bytes=settings.ffmpeg_memory_bytes,
        )  # fmt: skip
        notes = [asdict(note) for note in plan.treatment.notes]
        with wanted(ticket) as (session, row):
            row.plan = plan.to_dict()
            row.plan_hash = plan.hash
            row.notes = notes
            row.state = "queued"
            _defer(session, ticket, "start")


@blueprint.task(name="start", queue="default", retry=AGAIN, pass_context=True)
def start(context: JobContext, video: str, run: int) -> None:
    """Hand out the encoding as soon as the disk has room for all of it."""
    with at_work(context, video, run) as ticket:
        with wanted(ticket) as (session, row):
            assert row.plan is not None
            plan = Plan.from_dict(row.plan)
            copied_bytes = admission.copied_source_bytes(ticket.house, row)
            needs_bytes = footprint.estimate_bytes(plan, copied_source_bytes=copied_bytes)
            admitted = admission.admit_video(session, ticket.house, row, needs_bytes)
            if admitted:
                _hand_out(session, ticket, row, plan)
        if not admitted:
            raise PutBack(admission.LOOK_EVERY_S)


@blueprint.task(name="encode", queue="encode", retry=AGAIN, pass_context=True)
def encode(context: JobContext, video: str, run: int, step: str) -> None:
    """Encode one chunk in all its rungs, or the sound of the whole file."""
    with at_work(context, video, run) as ticket, _scratch(ticket, step) as scratch:
        plan = _planned(ticket)
        prefix = work_prefix(plan, step)
        storage = ticket.house.storage
        # Killed between the objects and the row: the note says that all is there.
        finished = checkpoint.finished(storage, prefix)
        if finished is None:
            _require_room(ticket, footprint.step_bytes(plan, step))
            _begin_step(ticket, step)
            source = storage.fetch(f"sources/{plan.source_sha256}", scratch)
            encoded = _encode(ticket, plan, step, source, scratch / "out")
            finished = checkpoint.store(storage, prefix, encoded)
        with wanted(ticket) as (session, row):
            progress.finish_step(
                session, row, step, cpu_s=finished.cpu_s, decoded_frames=finished.decoded_frames
            )
            # The video's row is locked: of two last steps, one sees that all is done.
            _hand_on(session, ticket, row, plan, step)


@blueprint.task(name="assemble", queue="default", retry=AGAIN, pass_context=True)
def assemble_package(context: JobContext, video: str, run: int, stage: int) -> None:
    """Join the chunks, check the bytes against the rules, and let boxes have them.

    stage: of the plan. Up to the last one, other rungs go on being encoded, and a package that
    fails is no loss: the next one has all of its rungs.
    """
    name = f"assemble-{stage}"
    with at_work(context, video, run) as ticket, _scratch(ticket, name) as scratch:
        plan = _planned(ticket)
        early = stage + 1 < len(plan.stages)
        try:
            _publish_stage(ticket, plan, stage, scratch / "package")
        except (EncodeFailed, PackageInvalid) as error:
            if not early:
                raise
            log.warning("early_package_dropped", stage=stage, code=error.code, detail=str(error))


def _publish_stage(ticket: Ticket, plan: Plan, stage: int, out: Path) -> None:
    _require_room(ticket, footprint.package_bytes(plan, plan.stages[stage]))
    early = stage + 1 < len(plan.stages)
    lost_s = check_decoded(plan, _decoded_frames(ticket, plan, early))
    report = _assembled(ticket, plan, stage, out, lost_s)
    verify_own(out).raise_for_failures()
    # Named by video, plan, run and stage: a repeated attempt writes the same objects again.
    package_id = uuid5(ticket.video_id, f"{plan.hash}/{ticket.run}/{stage}")
    size_bytes = _upload(ticket, out, f"videos/{ticket.video_id}/{package_id}")
    with wanted(ticket) as (session, row):
        publish.publish(session, row, package_id, report, size_bytes, early=early)
        if not early:
            publish.sweep_soon(session, row)
        in_s = round(ticket.house.settings.package_grace_h * 3600) + CLOCKS_DIFFER_S
        enqueue(session, "video:sweep_retired", queue="default", in_s=in_s)
    event = "video_playable" if early else "video_ready"
    log.info(event, package=str(package_id), size_bytes=size_bytes)


def _assembled(
    ticket: Ticket, plan: Plan, stage: int, out: Path, lost_picture_s: float
) -> dict[str, Any]:
    scratch = out.parent
    dirs = {step: _fetch_step(ticket, plan, step, scratch) for step in _steps_of(plan, stage)}
    audio_dir = dirs.pop(AUDIO)
    settings = ticket.house.settings
    stop = _watch(ticket, plan.hash, "assemble").stop
    return assemble(
        plan, dirs, audio_dir, out,
        lost_picture_s=lost_picture_s, ffmpeg=settings.ffmpeg, stop=stop,
    )  # fmt: skip


def _steps_of(plan: Plan, stage: int) -> list[str]:
    """What must be done for the package of a stage."""
    return [AUDIO, *(piece.name for piece in plan.pieces if piece.part in plan.stages[stage])]


@blueprint.task(name="sweep", queue="default", retry=AGAIN, pass_context=True)
def sweep(context: JobContext, work: str) -> None:
    """Drop the work files of a video that is published or cancelled. work: ``work/<source>``."""
    sweeping.sweep_video(house_of(context), work.split("/")[1])


@blueprint.periodic(cron="41 3 * * *")
@blueprint.task(name="sweep_leftovers", queue="default", retry=AGAIN, pass_context=True)
def sweep_leftovers(context: JobContext, timestamp: int) -> None:
    """Every night: drop what failed a week ago and what killed workers left half stored."""
    house, now = house_of(context), datetime.fromtimestamp(timestamp, UTC)
    swept = sweeping.sweep_leftovers(house, now)
    # The job that each publication asks for may have come too early, or failed.
    sweeping.sweep_retired(house)
    files = sweeping.sweep_half_written(house, now)
    log.info("leftovers_swept", trees=swept, files=files)


def ask_for_sweep(house: House) -> None:
    """Sweep now: a worker that starts may have slept through the night's sweep."""
    with house.db.begin() as session:
        now = round(datetime.now(UTC).timestamp())
        enqueue(session, "video:sweep_leftovers", queue="default", timestamp=now)


@blueprint.task(name="sweep_retired", queue="default", retry=AGAIN, pass_context=True)
def sweep_retired(context: JobContext) -> None:
    """Drop packages that were replaced longer ago than the grace time."""
    sweeping.sweep_retired(house_of(context))


def work_prefix(plan: Plan, step: str | None = None) -> str:
    """Where the output of a plan, or of one of its steps, waits for assembly."""
    prefix = f"work/{plan.source_sha256}/{plan.hash}"
    return f"{prefix}/{step}" if step else prefix


def _options(settings: Settings) -> Options:
    return Options(
        chunk_s=settings.chunk_s,
        loudness_lufs=settings.loudness_lufs or None,
        copy_top=settings.copy_top,
        hevc=settings.hevc,
    )


def _enter(ticket: Ticket, state: str) -> str:
    """Show the new state; gives the source's hash."""
    with wanted(ticket) as (_, row):
        row.state = state
        return row.source_sha256


def _hand_out(session: Session, ticket: Ticket, row: Video, plan: Plan) -> None:
    weights = {piece.name: float(piece.chunk.frames) for piece in plan.pieces}
    # Sound is a small part of the work; its share keeps the percentage steady.
    weights[AUDIO] = max(1.0, 0.03 * plan.total_frames)
    storage = ticket.house.storage
    stored = checkpoint.finished_steps(storage, work_prefix(plan))
    left = progress.lay_out_steps(session, row, weights, stored)
    for step in left:
        _defer(session, ticket, "encode", priority=_priority(plan, step), step=step)
    _hand_on(session, ticket, row, plan, None)


def _priority(plan: Plan, step: str) -> int:
    """What makes a film playable goes before what makes one better, also of another film, and
    what all boxes can play before what few can."""
    if step == AUDIO or step.startswith(f"{plan.passes[0].name}-"):
        return 10
    return 0 if step.startswith(f"{HEVC_PASS}-") else 5


def _hand_on(session: Session, ticket: Ticket, row: Video, plan: Plan, done: str | None) -> None:
    """Ask for the package of the furthest stage that is complete, after its last step.

    done: the step that was just done; None at the start, when some may be there already.
    """
    left = set(progress.steps_left(session, row))
    complete = [n for n in range(len(plan.stages)) if not left.intersection(_steps_of(plan, n))]
    if not complete:
        return
    stage, final = complete[-1], len(plan.stages) - 1
    fresh = done in _steps_of(plan, stage) if done else stage == final or row.package_id is None
    # The first package is for those who have none yet.
    if fresh and (stage > 0 or stage == final or row.package_id is None):
        _defer(session, ticket, "assemble", priority=ASSEMBLE_PRIORITY, stage=stage)


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


def _planned(ticket: Ticket) -> Plan:
    with wanted(ticket) as (_, row):
        assert row.plan is not None
        return Plan.from_dict(row.plan)


def _require_room(ticket: Ticket, needs_bytes: int) -> None:
    """Put the job back until this machine has room for what it writes, and a copied source."""
    with wanted(ticket) as (_, row):
        needs_bytes += admission.copied_source_bytes(ticket.house, row)
        admitted = admission.admit_step(ticket.house, row, needs_bytes)
    if not admitted:
        raise PutBack(admission.LOOK_EVERY_S)


def _begin_step(ticket: Ticket, step: str) -> None:
    with wanted(ticket) as (session, row):
        row.state = "encoding"
        progress.begin_step(session, row, step)


def _watch(ticket: Ticket, plan_hash: str, step: str) -> progress.Watch:
    return progress.Watch(ticket.house.db, ticket.video_id, ticket.run, plan_hash, step, stopping)


def _encode(ticket: Ticket, plan: Plan, step: str, source: Path, out: Path) -> Encoded:
    watch = _watch(ticket, plan.hash, step)
    settings = ticket.house.settings
    ffmpeg, memory_bytes = settings.ffmpeg, settings.ffmpeg_memory_bytes
    if step == AUDIO:
        watch.length_s = plan.duration_s
        return encode_audio_and_captions(
            plan, source, out, ffmpeg=ffmpeg, on_progress=watch.advance, stop=watch.stop,
            memory_bytes=memory_bytes,
        )  # fmt: skip
    piece = next(piece for piece in plan.pieces if piece.name == step)
    watch.length_s = float(piece.chunk.frames / plan.fps)
    return make_piece(
        plan, source, piece, out, ffmpeg=ffmpeg, on_progress=watch.advance, stop=watch.stop,
        memory_bytes=memory_bytes,
    )  # fmt: skip


def _decoded_frames(ticket: Ticket, plan: Plan, early: bool) -> int:
    """How many pictures of the source came out in one pass over it."""
    with wanted(ticket) as (session, row):
        if not early:
            row.state = "verifying"
        counted = [piece.name for piece in plan.pieces if piece.part is plan.passes[0]]
        steps = session.query(Step).filter_by(video_id=row.id, plan_hash=row.plan_hash)
        return sum(step.decoded_frames for step in steps if step.name in counted)


def _fetch_step(ticket: Ticket, plan: Plan, step: str, scratch: Path) -> Path:
    """A local folder with the step's output; the stored files themselves where they are local."""
    storage = ticket.house.storage
    folder = scratch / step
    files = [
        storage.fetch(stored.key, folder) for stored in storage.list(work_prefix(plan, step) + "/")
    ]
    return files[0].parent


def _upload(ticket: Ticket, out: Path, prefix: str) -> int:
    """Store the package; its list of files goes last, so that it names only what is there."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == "package.json")
    size_bytes = sum(path.stat().st_size for path in files)
    for path in files:
        if stopping.is_set():
            raise Stopped("the worker stops")
        ticket.house.storage.adopt(f"{prefix}/{path.relative_to(out).as_posix()}", path)
    return size_bytes


def _scratch(ticket: Ticket, step: str) -> AbstractContextManager[Path]:
    name = f"{ticket.video_id}-{ticket.run}-{step}"
    return scratch_folder(ticket.house.settings.scratch_dir, name)
