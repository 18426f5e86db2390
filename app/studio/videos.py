"""All videos with their state, and the uploads that are coming in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import EditorDep
from app.accounts.audit import record
from app.pages.paging import PageNumber, Pages, pages_of
from app.pages.rendering import page
from app.studio.making import makings
from app.studio.progress import remedy_of
from app.studio.shelf import PAGE_SIZE, TROUBLE, poster_key
from app.web import HouseDep
from catalog.tables import Course, Lesson
from transcode import publish
from transcode.choosing import choose_poster
from transcode.tables import UNDER_WAY, Upload, Video

router = APIRouter(prefix="/studio/videos", include_in_schema=False)

GROUPS = {"busy": UNDER_WAY, "ready": ("ready",), "trouble": TROUBLE}


@dataclass(frozen=True, kw_only=True)
class Use:
    """A lesson that shows a video."""

    course: Course
    lesson: Lesson


@router.get("")
def video_list(
    request: Request,
    house: HouseDep,
    _: EditorDep,
    group: str = "",
    q: str = "",
    page_number: PageNumber = 1,
) -> Response:
    """All videos, newest first; the page asks again while any is under way."""
    with house.db.begin() as session:
        words = q.strip().lower()[:40]
        videos, pages = _videos(session, group, words, page_number)
        return page(
            request,
            "studio/videos.html",
            videos=videos,
            pages=pages,
            makings=makings(session, videos),
            uses=_uses(session, [video.id for video in videos]),
            group=group if group in GROUPS else "",
            totals=_totals(session),
            q=q,
            uploads=_uploads(session),
            busy=any(video.state in UNDER_WAY for video in videos),
            poster_of=poster_key,
            remedy_of=remedy_of,
        )


@router.post("/{video_id}/retry")
def retry(house: HouseDep, account: EditorDep, video_id: UUID) -> Response:
    """Try the video again; lists on the page refresh themselves."""
    with house.db.begin() as session:
        publish.retry(session, video_id)
        record(session, account.id, "video_retried", f"video {video_id}")
    return Response(status_code=204, headers={"HX-Trigger": "refresh"})


@router.post("/{video_id}/cancel")
def cancel(house: HouseDep, account: EditorDep, video_id: UUID) -> Response:
    """Stop working on the video; lists on the page refresh themselves."""
    with house.db.begin() as session:
        publish.cancel(session, video_id)
        record(session, account.id, "video_cancelled", f"video {video_id}")
    return Response(status_code=204, headers={"HX-Trigger": "refresh"})


@router.post("/{video_id}/poster")
def poster(
    house: HouseDep, account: EditorDep, video_id: UUID, number: Annotated[int, Form()]
) -> Response:
    """Show another of the video's pictures; lists on the page refresh themselves."""
    with house.db.begin() as session:
        choose_poster(session, video_id, number)
        record(session, account.id, "poster_chosen", f"video {video_id}", number=number)
    return Response(status_code=204, headers={"HX-Trigger": "refresh"})


def _videos(
    session: Session, group: str, words: str, page_number: int
) -> tuple[Sequence[Video], Pages]:
    conditions: list[ColumnElement[bool]] = []
    if group in GROUPS:
        conditions.append(Video.state.in_(GROUPS[group]))
    if words:
        conditions.append(_matches(words))
    total = session.scalar(select(func.count()).select_from(Video).where(*conditions)) or 0
    pages = pages_of(total, page_number, PAGE_SIZE)
    query = select(Video).where(*conditions).order_by(Video.id.desc())
    return session.scalars(query.limit(PAGE_SIZE).offset(pages.offset)).all(), pages


def _matches(words: str) -> ColumnElement[bool]:
    used = exists(
        select(1)
        .select_from(Lesson)
        .join(Course)
        .where(
            Lesson.video_id == Video.id,
            Lesson.removed_at.is_(None),
            or_(
                func.lower(Lesson.title).contains(words, autoescape=True),
                func.lower(Course.title).contains(words, autoescape=True),
            ),
        )
    )
    return or_(func.lower(Video.filename).contains(words, autoescape=True), used)


def _uses(session: Session, video_ids: Sequence[UUID]) -> dict[UUID, list[Use]]:
    query = (
        select(Lesson, Course)
        .join(Course)
        .where(Lesson.video_id.in_(video_ids), Lesson.removed_at.is_(None))
        .order_by(Course.number, Lesson.position)
    )
    uses: dict[UUID, list[Use]] = {}
    for lesson, course in session.execute(query):
        assert lesson.video_id is not None
        uses.setdefault(lesson.video_id, []).append(Use(course=course, lesson=lesson))
    return uses


def _totals(session: Session) -> dict[str, int]:
    query = select(Video.state, func.count().label("number")).group_by(Video.state)
    by_state = {row.state: row.number for row in session.execute(query)}
    totals = {
        group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()
    }
    return {"": sum(by_state.values()), **totals}


def _uploads(session: Session) -> Sequence[Upload]:
    query = (
        select(Upload)
        .where(Upload.finished_at.is_(None), Upload.expires_at > func.now())
        .order_by(Upload.id.desc())
        .limit(50)
    )
    return session.scalars(query).all()
