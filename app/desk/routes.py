"""The desk's pages and files. Whoever may see a page may download its table.

A page, its pictures and its files come from the same groups, so their numbers can't differ.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk import pictures, subjects
from app.desk.answers import PIECES, checked_kind, desk_page, file_answer
from app.desk.boxes import boxes_of
from app.desk.cards import cards_of
from app.desk.definitions import definitions_in_short
from app.desk.figures import total_of
from app.desk.look import Inquiry, LookDep
from app.desk.plays import plays_page
from app.desk.plays_table import play_table
from app.desk.question import Question, QuestionDep, reading
from app.desk.subjects import Subject
from app.desk.tables import Table
from app.desk.views import groups_of, obstacle, table_of

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

Find = Callable[[Session], Subject]


@router.get("/")
def overview(
    question: QuestionDep,
    look: LookDep,
    category: int | None = None,
    tag: int | None = None,
    q: str = "",
) -> Response:
    """All courses, or those of a category, a tag, or that some words find."""
    return _page(question, look, lambda session: subjects.subject_of(session, category, tag, q))


@router.get("/table.{kind}")
def download_overview(
    question: QuestionDep,
    look: LookDep,
    kind: str,
    category: int | None = None,
    tag: int | None = None,
    q: str = "",
) -> Response:
    """The table of the first page as a file."""
    return _file(
        question, look, kind, lambda session: subjects.subject_of(session, category, tag, q)
    )


@router.get("/courses/{course_id}")
def course_page(question: QuestionDep, look: LookDep, course_id: int) -> Response:
    """One course."""
    return _page(question, look, lambda session: subjects.course_subject(session, course_id))


@router.get("/courses/{course_id}/table.{kind}")
def download_course(question: QuestionDep, look: LookDep, course_id: int, kind: str) -> Response:
    """The table of a course as a file."""
    return _file(question, look, kind, lambda session: subjects.course_subject(session, course_id))


@router.get("/lessons/{lesson_id}")
def lesson_page(question: QuestionDep, look: LookDep, lesson_id: int) -> Response:
    """One lesson, removed or not: its plays stay."""
    return _page(question, look, lambda session: subjects.lesson_subject(session, lesson_id))


@router.get("/lessons/{lesson_id}/table.{kind}")
def download_lesson(question: QuestionDep, look: LookDep, lesson_id: int, kind: str) -> Response:
    """The table of a lesson as a file."""
    return _file(question, look, kind, lambda session: subjects.lesson_subject(session, lesson_id))


def _page(question: Question, look: LookDep, find: Find) -> Response:
    with reading(question.house) as session:
        inquiry = Inquiry(session=session, question=question, subject=find(session), look=look)
        grain = pictures.grain_of(inquiry)
        by_time = pictures.TIMES[grain](inquiry)
        sums = total_of(group.now for group in by_time)
        return desk_page(
            session,
            question,
            "desk/report.html",
            inquiry=inquiry,
            subject=inquiry.subject,
            sums=sums,
            cut=inquiry.cut_words("total"),
            cards=cards_of(inquiry, sums, boxes_of(inquiry)),
            grain=grain,
            time_picture=pictures.time_picture(inquiry, grain, by_time),
            extra={**inquiry.subject.query, **inquiry.look_query},
            download=inquiry.subject.address.rstrip("/") + "/table",
            definitions=definitions_in_short(question.t, question.house.settings.time_zone),
            **_table(inquiry),
        )


def _table(inquiry: Inquiry) -> dict[str, Any]:
    """The table of the view, with the picture beside it."""
    found: dict[str, Any] = {"older": None, "bars": None, "heat": None, "tiles": []}
    found["obstacle"] = obstacle(inquiry)
    if found["obstacle"]:
        return {**found, "table": Table(name=inquiry.view, columns=(), lines=())}
    if inquiry.view == "plays":
        plays = plays_page(inquiry)
        return {**found, "table": play_table(inquiry, plays.rows), "older": plays.older}
    groups = groups_of(inquiry)
    found["table"] = table_of(inquiry, groups)
    if inquiry.view in pictures.BARS_OF:
        found["bars"] = pictures.bars_picture(inquiry, groups)
    elif inquiry.view == "regions":
        found["tiles"] = pictures.tiles(groups)
    elif inquiry.view == "weekhours":
        found["heat"] = pictures.heat_picture(inquiry)
    return found


def _file(question: Question, look: LookDep, kind: str, find: Find) -> Response:
    checked_kind(kind)
    with reading(question.house) as session:
        inquiry = Inquiry(session=session, question=question, subject=find(session), look=look)
        name = inquiry.subject.file_name + inquiry.view

    def pieces() -> Generator[bytes]:
        with reading(question.house) as session:
            inquiry = Inquiry(session=session, question=question, subject=find(session), look=look)
            table = table_of(inquiry, groups_of(inquiry))
            yield from PIECES[kind](table, question.wording)

    made = pieces()
    return file_answer(question, _begun(next(made), made), kind, name)


def _begun(first: bytes, others: Generator[bytes]) -> Generator[bytes]:
    """All pieces; the first is made before the answer begins, for it may turn out an error."""
    try:
        yield first
        yield from others
    finally:
        others.close()
