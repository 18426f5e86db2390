"""Where a lesson plays from and at which second; what a box played last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from app.storage import Storage
from catalog.errors import LessonNotFound
from catalog.menu import next_lesson_id, playable_lesson
from catalog.tables import Course, Lesson
from player_api.boxes import KnownBox
from player_api.courses import courses_by_id
from player_api.extras import Captions, Chapter, Soundtrack, extras_of
from player_api.tables import Play
from transcode.tables import Video

MULTIVARIANT = "multivariant.m3u8"
# Who stopped so near the end has finished: nobody waits for the last words.
FINISHED_SHARE = 0.95
# Who saw less than this has not begun.
BEGUN_MS = 5_000
MOST_RECENT = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Playback:
    """All that a player needs of a lesson."""

    lesson: int
    course: str
    title: str
    duration_s: float
    playlist: str
    poster: str | None
    hevc_playlist: str | None
    storyboard: str | None
    captions: list[Captions]
    soundtracks: list[Soundtrack]
    chapters: list[Chapter]
    resume_s: float
    next_lesson: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentPlay:
    """A course that the box played, by the play that was last."""

    course: str
    title: str
    lesson: int
    lesson_title: str
    poster: str | None
    position_s: float
    duration_s: float
    resume_s: float
    finished: bool
    last_at: datetime


def playback(
    session: Session,
    storage: Storage,
    lesson_id: int,
    box: KnownBox | None,
    also: int | None = None,
) -> Playback:
    """How to play the lesson, from where the box left it. Raises LessonNotFound.

    also: a course whose lessons play though it is not published.
    """
    found = playable_lesson(session, lesson_id, also)
    if found is None:
        raise LessonNotFound("没有这个课时，或者它还不能播放。")
    lesson, course, video = found
    last = last_play(session, box.number, lesson_id) if box else None
    duration_ms = video.duration_ms or 0
    extras = extras_of(session, storage, video)
    return Playback(
        lesson=lesson.id,
        course=course.number_text,
        title=lesson.title,
        duration_s=_seconds(duration_ms),
        playlist=storage.url(f"{video.package_prefix}/{MULTIVARIANT}"),
        poster=_poster_url(storage, video),
        hevc_playlist=extras.hevc_playlist,
        storyboard=extras.storyboard,
        captions=extras.captions,
        soundtracks=extras.soundtracks,
        chapters=extras.chapters,
        resume_s=resume_s(last, duration_ms) if last else 0,
        next_lesson=next_lesson_id(session, lesson),
    )


def last_play(session: Session, box_no: int, lesson_id: int) -> Play | None:
    """The box's last play of the lesson."""
    query = (
        select(Play)
        .where(Play.box_no == box_no, Play.lesson_id == lesson_id)
        .order_by(Play.last_at.desc(), Play.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def recent_plays(session: Session, storage: Storage, box: KnownBox, limit: int) -> list[RecentPlay]:
    """The courses that the box played last, each once, newest first; not the withdrawn."""
    newest = (
        select(Play)
        .ext(distinct_on(Play.course_id))
        .where(Play.box_no == box.number)
        .order_by(Play.course_id, Play.last_at.desc(), Play.id.desc())
        .subquery()
    )
    play = aliased(Play, newest)
    query = (
        select(play, Lesson, Video)
        .join(Course, Course.id == play.course_id)
        .join(Lesson, Lesson.id == play.lesson_id)
        .join(Video, Video.id == Lesson.video_id)
        .where(
            Course.state == "published", Lesson.removed_at.is_(None), Video.package_id.is_not(None)
        )
        .order_by(play.last_at.desc(), play.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    courses = {c.id: c for c in courses_by_id(session, [row[0].course_id for row in rows])}
    return [
        _recent(storage, row, lesson, video, courses[row.course_id])
        for row, lesson, video in rows
        if row.course_id in courses
    ]


def is_finished(play: Play, duration_ms: int) -> bool:
    """Whether the play went to the end, or so near to it that going on makes no sense."""
    return play.state == "ended" or play.position_ms >= duration_ms * FINISHED_SHARE


def resume_s(play: Play, duration_ms: int) -> float:
    """Where to go on; 0 when the play was finished or hardly begun."""
    if is_finished(play, duration_ms) or play.position_ms < BEGUN_MS:
        return 0
    return _seconds(play.position_ms)


def _recent(
    storage: Storage, play: Play, lesson: Lesson, video: Video, course: Course
) -> RecentPlay:
    duration_ms = video.duration_ms or play.duration_ms
    return RecentPlay(
        course=course.number_text,
        title=course.title,
        lesson=lesson.id,
        lesson_title=lesson.title,
        poster=_poster_url(storage, video),
        position_s=_seconds(play.position_ms),
        duration_s=_seconds(duration_ms),
        resume_s=resume_s(play, duration_ms),
        finished=is_finished(play, duration_ms),
        last_at=play.last_at,
    )


def _poster_url(storage: Storage, video: Video) -> str | None:
    return storage.url(video.poster_key) if video.poster_key else None


def _seconds(ms: int) -> float:
    return round(ms / 1000, 2)
