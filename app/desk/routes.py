"""Pages and downloads of the desk. Whoever may see a page may download its table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts.access import operator_only
from app.desk import figures, views
from app.desk.asked import DEFAULT_DAYS, LONGEST_DAYS, RANGES_DAYS, Asked, last_days, read_period
from app.desk.pictures import day_picture, top_picture
from app.desk.regions import is_region, region_choice, wanted_region
from app.desk.tables import Table, Wording, csv_bytes, shown, xlsx_bytes
from app.house import House
from app.pages.paging import PageNumber, pages_of
from app.pages.rendering import language_of, page
from app.pages.texts import Translate, translator
from app.problems import Problem
from app.web import HouseDep
from catalog.editing import course_by_id
from catalog.errors import LessonNotFound
from catalog.tables import Course, Lesson

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

VIEWS = ("courses", "days", "regions")
PLAYS_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoSuchDownload(Problem):
    """Tables come as csv or xlsx, nothing else."""

    status = 404
    code = "no_such_download"
    title = "Tables come as csv or xlsx."


class Question:
    """The period and region of the address, and what was wrong with them."""

    def __init__(
        self,
        request: Request,
        house: HouseDep,
        days: str = "",
        start: Annotated[str, Query(alias="from")] = "",
        end: Annotated[str, Query(alias="to")] = "",
        region: str = "",
        prefecture: str = "",
        county: str = "",
    ) -> None:
        self.house = house
        self.request = request
        self.t: Translate = translator(language_of(request))
        self.now = datetime.now(UTC)
        self.faults: list[str] = []
        today = self.now.astimezone(house.settings.zone).date()
        code = wanted_region(region.strip(), prefecture, county)
        with house.db.begin() as session:
            if not is_region(session, code):
                self.faults.append(self.t("desk.fault.region"))
                code = ""
        asked = read_period(days, start, end, today, code)
        if asked is None:
            self.faults.append(self.t("desk.fault.dates", days=LONGEST_DAYS))
            asked = last_days(DEFAULT_DAYS, today, code)
        self.asked: Asked = asked

    @property
    def wording(self) -> Wording:
        """How tables write their values in the reader's language."""
        return Wording(
            yes=self.t("table.yes"), no=self.t("table.no"), zone=self.house.settings.zone
        )


QuestionDep = Annotated[Question, Depends()]


@router.get("/")
def overview(question: QuestionDep, view: str = "courses") -> Response:
    """All courses: sums, a picture by day, the most played, and a table."""
    view = view if view in VIEWS else VIEWS[0]
    asked, t = question.asked, question.t
    with question.house.db.begin() as session:
        by_day = figures.by_day(session, asked)
        by_course = figures.by_course(session, asked)
        return _page(
            session,
            question,
            "desk/overview.html",
            table=_overview_table(session, asked, t, view),
            view=view,
            views=VIEWS,
            sums=figures.sums_of(by_day),
            boxes=figures.boxes(session, asked),
            pictures={
                "days": day_picture(by_day, t),
                "top": top_picture([(row.title or "", row.plays) for row in by_course], t),
            },
            download="/desk/table",
            download_query={**asked.query, "view": view},
        )


@router.get("/table.{kind}")
def download_overview(question: QuestionDep, kind: str, view: str = "courses") -> Response:
    """The table of the overview as a file."""
    view = view if view in VIEWS else VIEWS[0]
    with question.house.db.begin() as session:
        table = _overview_table(session, question.asked, question.t, view)
    return _download(question, table, kind, view)


@router.get("/courses/{course_id}")
def course_page(question: QuestionDep, course_id: int, view: str = "lessons") -> Response:
    """One course: its lessons, or its days."""
    asked, t = question.asked, question.t
    with question.house.db.begin() as session:
        course = course_by_id(session, course_id)
        by_day = figures.by_day(session, asked, course_id)
        by_lesson = figures.by_lesson(session, asked, course_id)
        view = "days" if view == "days" else "lessons"
        table = (
            views.day_table(by_day, t)
            if view == "days"
            else views.lesson_table(by_lesson, asked, t)
        )
        return _page(
            session,
            question,
            "desk/course.html",
            course=course,
            table=table,
            view=view,
            views=("lessons", "days"),
            sums=figures.sums_of(by_day),
            boxes=figures.boxes(session, asked, course_id),
            pictures={
                "days": day_picture(by_day, t),
                "top": top_picture(
                    [(row.title or "", row.plays) for row in by_lesson], t, in_order=True
                ),
            },
            download=f"/desk/courses/{course_id}/table",
            download_query={**asked.query, "view": view},
        )


@router.get("/courses/{course_id}/table.{kind}")
def download_course(
    question: QuestionDep, course_id: int, kind: str, view: str = "lessons"
) -> Response:
    """The table of a course as a file."""
    asked, t = question.asked, question.t
    with question.house.db.begin() as session:
        course = course_by_id(session, course_id)
        if view == "days":
            table = views.day_table(figures.by_day(session, asked, course_id), t)
        else:
            rows = figures.by_lesson(session, asked, course_id)
            table = views.lesson_table(rows, asked, t)
    return _download(question, table, kind, f"{course.number_text}-{table.name}")


@router.get("/lessons/{lesson_id}")
def lesson_page(question: QuestionDep, lesson_id: int, page_number: PageNumber = 1) -> Response:
    """Every play of one lesson."""
    asked, t = question.asked, question.t
    with question.house.db.begin() as session:
        lesson, course = _lesson(session, lesson_id)
        totals = figures.plays_count(session, asked, lesson_id)
        pages = pages_of(totals.on_record, page_number, PLAYS_A_PAGE)
        rows = figures.plays(session, asked, lesson_id, limit=pages.size, offset=pages.offset)
        return _page(
            session,
            question,
            "desk/lesson.html",
            lesson=lesson,
            course=course,
            table=views.play_table(rows, totals, t),
            totals=totals,
            pages=pages,
            sums=totals,
            boxes=None,
            pictures={"days": day_picture(figures.by_day(session, asked, None, lesson_id), t)},
            download=f"/desk/lessons/{lesson_id}/table",
            download_query=asked.query,
        )


@router.get("/lessons/{lesson_id}/table.{kind}")
def download_lesson(question: QuestionDep, lesson_id: int, kind: str) -> Response:
    """Every play of one lesson as a file."""
    asked = question.asked
    with question.house.db.begin() as session:
        _, course = _lesson(session, lesson_id)
        totals = figures.plays_count(session, asked, lesson_id)
        rows = figures.plays(session, asked, lesson_id)
        table = views.play_table(rows, totals, question.t)
    return _download(question, table, kind, f"{course.number_text}-lesson-{lesson_id}-plays")


def _overview_table(session: Session, asked: Asked, t: Translate, view: str) -> Table:
    tables: dict[str, Callable[[], Table]] = {
        "courses": lambda: views.course_table(figures.by_course(session, asked), asked, t),
        "days": lambda: views.day_table(figures.by_day(session, asked), t),
        "regions": lambda: views.region_table(figures.by_region(session, asked), asked, t),
    }
    return tables[view]()


def _page(session: Session, question: Question, template: str, **context: Any) -> Response:
    wording = question.wording
    return page(
        question.request,
        template,
        asked=question.asked,
        faults=question.faults,
        ranges=RANGES_DAYS,
        choice=region_choice(session, question.asked.region),
        clock=_clock(question.house, question.now),
        zone=question.house.settings.time_zone,
        extra={"view": context["view"]} if "view" in context else {},
        shown=lambda column, value: shown(column, value, wording),
        **context,
    )


def _download(question: Question, table: Table, kind: str, name: str) -> Response:
    asked = question.asked
    parts = ["nongke", name, asked.start.isoformat(), asked.end.isoformat(), asked.region]
    filename = "_".join(part for part in parts if part) + f".{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Cache-Control": "no-store",
    }
    if kind == "csv":
        content = csv_bytes(table, question.wording)
        return Response(content, headers=headers, media_type="text/csv; charset=utf-8")
    if kind == "xlsx":
        return Response(xlsx_bytes(table, question.wording), headers=headers, media_type=XLSX)
    raise NoSuchDownload("表格可以下载为 csv 或 xlsx。")


def _lesson(session: Session, lesson_id: int) -> tuple[Lesson, Course]:
    """The lesson, removed or not: its plays stay."""
    lesson = session.get(Lesson, lesson_id)
    if lesson is None:
        raise LessonNotFound("没有这个课时。")
    return lesson, lesson.course


def _clock(house: House, now: datetime) -> str:
    return now.astimezone(house.settings.zone).strftime("%Y-%m-%d %H:%M:%S")
