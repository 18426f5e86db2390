"""The page that shows which parts of a lesson its plays saw, with pictures of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk.answers import checked_kind, download
from app.desk.cards import Card
from app.desk.frames import Frame, frames_at
from app.desk.narrowing import LONGEST_DAYS, plays_link
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Chart, Sheet, sheet_page
from app.desk.subjects import Subject, lesson_subject
from app.desk.tables import Column, Line, Table
from app.pages import formats
from catalog.tables import Lesson
from player_api.reports.curves import lengths
from player_api.reports.definitions import RETENTION_STEP_MS
from player_api.reports.retention import Retention, Step, retention
from transcode.tables import Video

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

FRAMES = 12


@router.get("/lessons/{lesson_id}/retention")
def retention_page(question: QuestionDep, lesson_id: int) -> Response:
    """The curve, pictures under it, and its points as a table."""
    with reading(question.house) as session:
        subject = lesson_subject(session, lesson_id)
        video = _video(session, lesson_id)
        found = _retention(session, question, lesson_id)
        return sheet_page(
            session,
            question,
            _sheet(question, subject, found),
            "desk/retention.html",
            subject=subject,
            frames=_frames(question, video, found),
            poster=video.poster_key if video else None,
        )


@router.get("/lessons/{lesson_id}/retention/table.{kind}")
def download_retention(question: QuestionDep, lesson_id: int, kind: str) -> Response:
    """The points of the curve as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        subject = lesson_subject(session, lesson_id)
        found = _retention(session, question, lesson_id)
        table = _sheet(question, subject, found).table
    return download(question, table, kind, f"{subject.file_name}retention")


def _video(session: Session, lesson_id: int) -> Video | None:
    return session.scalar(select(Video).join(Lesson).where(Lesson.id == lesson_id))


def _retention(session: Session, question: Question, lesson_id: int) -> Retention:
    asked = question.asked
    duration_ms = lengths(session, [lesson_id]).get(lesson_id)
    if not duration_ms:
        return Retention(plays=0, steps=[])
    return retention(
        session, lesson_id, duration_ms, start=asked.start, end=asked.end, region=asked.region
    )


def _frames(question: Question, video: Video | None, found: Retention) -> list[Frame]:
    if video is None or not video.package_id or not found.steps:
        return []
    last_ms = found.steps[-1].end_ms
    moments = [last_ms * (2 * number + 1) // (2 * FRAMES) for number in range(FRAMES)]
    return frames_at(question.house.storage, video, moments)


def _sheet(question: Question, subject: Subject, found: Retention) -> Sheet:
    t = question.t
    return Sheet(
        title=t("retention.title", lesson=subject.title),
        lead=t("retention.lead", step=RETENTION_STEP_MS // 1000),
        address=f"{subject.address}/retention",
        table_title=t("retention.table"),
        empty=t("desk.empty"),
        cards=_cards(question, found) if found.plays else [],
        charts=[_chart(question, found)] if found.plays else [],
        table=Table(
            name="retention",
            columns=[
                Column(heading=t("retention.from")),
                Column(heading=t("retention.to")),
                Column(heading=t("retention.seconds"), kind="seconds", only_download=True),
                Column(heading=t("retention.plays"), kind="count"),
                Column(heading=t("retention.share"), kind="share"),
                Column(heading=t("retention.change"), kind="change"),
            ],
            lines=_lines(question, subject, found) if found.plays else [],
            notes=[
                t("retention.note", plays=formats.count(found.plays)),
                *([] if _has_links(question) else [t("retention.long", days=LONGEST_DAYS["seen"])]),
            ],
            go_column=-1,
        ),
    )


def _has_links(question: Question) -> bool:
    return question.asked.days <= LONGEST_DAYS["seen"]


def _plays(question: Question, subject: Subject, step: Step) -> dict[int, str]:
    """From a step's plays to those that saw its middle."""
    if not step.plays or not _has_links(question):
        return {}
    middle_ms = (step.start_ms + step.end_ms) // 2
    return {3: plays_link(question.asked, subject.address, seen=str(middle_ms))}


def _lines(question: Question, subject: Subject, found: Retention) -> list[Line]:
    befores = [None, *found.steps[:-1]]
    return [
        Line(
            values=(
                formats.length(step.start_ms),
                formats.length(step.end_ms),
                step.start_ms,
                step.plays,
                (step.plays, found.plays),
                step.plays - before.plays if before else None,
            ),
            links=_plays(question, subject, step),
        )
        for before, step in zip(befores, found.steps, strict=True)
    ]


def _cards(question: Question, found: Retention) -> list[Card]:
    t, steps = question.t, found.steps
    loss, at = _steepest(steps)
    average = sum(step.plays for step in steps)
    cards = [
        Card(name="plays", label=t("figure.plays"), value=formats.count(found.plays)),
        Card(
            name="average",
            label=t("retention.average"),
            value=formats.percent(average, found.plays * len(steps)),
        ),
        Card(
            name="end",
            label=t("retention.end"),
            value=formats.percent(steps[-1].plays, found.plays),
        ),
    ]
    if loss:
        value = formats.percent(loss, found.plays)
        unit = t("retention.at", at=formats.length(at))
        cards.append(Card(name="loss", label=t("retention.loss"), value=value, unit=unit))
    return cards


def _steepest(steps: Sequence[Step]) -> tuple[int, int]:
    """The largest loss of plays from one step to the next, and where that one begins."""
    losses = [(before.plays - step.plays, step.start_ms) for before, step in pairwise(steps)]
    return max(losses, key=lambda one: one[0], default=(0, 0))


def _chart(question: Question, found: Retention) -> Chart:
    t = question.t
    shares = [round(step.plays * 100 / found.plays, 2) for step in found.steps]
    return Chart(
        name="retention",
        title=t("retention.chart"),
        picture={
            "kind": "curve",
            "unit": "%",
            "labels": [formats.length(step.start_ms) for step in found.steps],
            "names": [
                f"{formats.length(step.start_ms)}–{formats.length(step.end_ms)}"
                for step in found.steps
            ],
            "series": [{"name": t("retention.share"), "values": shares}],
            "description": t(
                "retention.description",
                first=formats.percent(found.steps[0].plays, found.plays),
                last=formats.percent(found.steps[-1].plays, found.plays),
            ),
        },
    )
