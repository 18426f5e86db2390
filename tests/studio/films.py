"""Videos in a given state, without the work of encoding them."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.orm import Session

from transcode.tables import Package, SourceFile, Video


def add_video(
    session: Session,
    *,
    state: str = "ready",
    code: str | None = None,
    remedy: str | None = None,
    detail: str | None = None,
    duration_ms: int = 60_000,
    posters: int = 0,
) -> Video:
    """A video; a ready one points at a package (whose files are not there)."""
    sha256 = uuid4().hex * 2
    session.add(SourceFile(sha256=sha256, size_bytes=1000))
    session.flush()
    video = Video(
        source_sha256=sha256, filename="film.mp4", code=code, remedy=remedy, detail=detail
    )
    video.state = "uploaded" if state == "ready" else state
    session.add(video)
    session.flush()
    if state == "ready":
        make_ready(session, video, duration_ms=duration_ms)
        video.posters = posters
    return video


def make_ready(session: Session, video: Video, *, duration_ms: int) -> None:
    """As publishing does it: the video points at a package."""
    package = Package(
        video_id=video.id, plan_hash="p", duration_ms=duration_ms, size_bytes=1, report={}
    )
    session.add(package)
    session.flush()
    video.package_id = package.id
    video.duration_ms = duration_ms
    video.state = "ready"
    session.flush()


def tell_of(session: Session, video: Video, *, notes: list[tuple[str, str, str]]) -> None:
    """As the pipeline does it: notes and a plan with reasons; a package says how it came out."""
    video.notes = [{"code": code, "zh": zh, "en": en} for code, zh, en in notes]
    reason = {"about": "480p", "zh": "不做 480p", "en": "No 480p"}
    video.plan, video.plan_hash = {"reasons": [reason]}, "0123456789abcdef"
    if video.package_id:
        package = session.get_one(Package, video.package_id)
        package.report = {"rungs": RUNGS, "hevc": [], "loudness": [LOW_VOICE], "files": []}
    session.flush()


RUNGS = [
    {"name": "1080p", "average_bps": 2_140_000},
    {"name": "360p", "average_bps": 480_000},
    {"name": "floor", "average_bps": 118_000},
]
LOW_VOICE = {
    "track": "main",
    "source_lufs": -24.3,
    "gain_db": 8.3,
    "only_side": "left",
}
