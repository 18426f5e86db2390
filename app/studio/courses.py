"""Pages of courses: the list, a new one, one to edit, publishing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from app.accounts.access import EditorDep
from app.accounts.audit import record
from app.pages.paging import PageNumber
from app.pages.rendering import language_of, page, words_of
from app.pages.texts import translator
from app.problems import Problem
from app.studio import forms, shelf
from app.studio.forms import CourseForm
from app.studio.lessons import lesson_list
from app.web import HouseDep
from catalog import editing, errors
from catalog.tables import COURSE_STATES, MOST_GOALS, Course


class ChangedMeanwhile(Exception):
    """Somebody saved the course after this form was opened; looking and saving again helps."""


router = APIRouter(prefix="/studio", include_in_schema=False)


@router.get("/")
def course_list(
    request: Request,
    house: HouseDep,
    _: EditorDep,
    q: str = "",
    category: str = "",
    state: str = "",
    page_number: PageNumber = 1,
    done: str = "",
) -> Response:
    """All courses, narrowed by words, category and state."""
    wanted = shelf.CourseFilter(
        words=q,
        category_id=int(category) if category.isdecimal() else None,
        state=state or None,
    )
    with house.db.begin() as session:
        courses, pages = shelf.list_courses(session, wanted, page_number)
        return page(
            request,
            "studio/courses.html",
            wanted=wanted,
            courses=courses,
            pages=pages,
            shelves=shelf.shelves(session),
            states=COURSE_STATES,
            counts_of=shelf.counts_of,
            poster_of=shelf.course_poster_key,
            done=_known(done, "course.deleted.done"),
        )


@router.get("/courses/new")
def new_course(request: Request, house: HouseDep, _: EditorDep) -> Response:
    """The empty form with a free number."""
    with house.db.begin() as session:
        form = CourseForm(number=_suggested(session))
        return _form_page(request, session, None, form, {})


@router.post("/courses/new")
def create_course(
    request: Request, house: HouseDep, account: EditorDep, form: Annotated[CourseForm, Form()]
) -> Response:
    """Make a draft of what was typed."""

    def create(session: Session, form: CourseForm) -> Course:
        course = editing.create_course(session, **_values(form))
        record(session, account.id, "course_created", f"course {course.id}", title=course.title)
        return course

    return _saved(request, house, None, form, create, "course.created")


@router.get("/courses/{course_id}")
def edit_course(
    request: Request, house: HouseDep, _: EditorDep, course_id: int, done: str = ""
) -> Response:
    """One course: its fields, its lessons, uploads."""
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        return _form_page(request, session, course, forms.form_of(course), {}, done=done)


@router.post("/courses/{course_id}")
def save_course(
    request: Request,
    house: HouseDep,
    account: EditorDep,
    course_id: int,
    form: Annotated[CourseForm, Form()],
) -> Response:
    """Change the course to what was typed."""

    def save(session: Session, form: CourseForm) -> Course:
        course = editing.course_by_id(session, course_id)
        editing.lock_course(session, course)
        session.refresh(course)
        before = forms.form_of(course)
        if form.seen and form.seen != before.seen:
            raise ChangedMeanwhile
        editing.update_course(session, course, **_values(form))
        changed = _changes(before, forms.form_of(course))
        if changed:
            record(session, account.id, "course_changed", f"course {course.id}", **changed)
        return course

    return _saved(request, house, course_id, form, save, "course.saved")


@router.post("/courses/{course_id}/publish")
def publish(request: Request, house: HouseDep, account: EditorDep, course_id: int) -> Response:
    """Show the course on boxes."""

    def show(session: Session, course: Course) -> None:
        editing.publish_course(session, course, datetime.now(UTC))
        record(session, account.id, "course_published", f"course {course_id}", title=course.title)

    return _moved(request, house, course_id, show, "course.published.done")


@router.post("/courses/{course_id}/withdraw")
def withdraw(request: Request, house: HouseDep, account: EditorDep, course_id: int) -> Response:
    """Take the course off the boxes."""

    def hide(session: Session, course: Course) -> None:
        editing.withdraw_course(session, course)
        record(session, account.id, "course_withdrawn", f"course {course_id}", title=course.title)

    return _moved(request, house, course_id, hide, "course.withdrawn.done")


@router.post("/courses/{course_id}/delete")
def delete(house: HouseDep, account: EditorDep, course_id: int) -> Response:
    """Remove a draft that was never published."""
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        record(session, account.id, "course_deleted", f"course {course_id}", title=course.title)
        editing.delete_draft(session, course)
    return RedirectResponse("/studio/?done=course.deleted.done", 303)


def _saved(
    request: Request,
    house: HouseDep,
    course_id: int | None,
    typed: CourseForm,
    save: Callable[[Session, CourseForm], Course],
    done: str,
) -> Response:
    """Save and go on, or show the form again with everything that was typed."""
    language = language_of(request)
    t = translator(language)
    form = forms.trimmed(typed)
    faults = forms.faults_of(form, t)
    trouble = None
    if not faults:
        try:
            with house.db.begin() as session:
                saved = save(session, form)
            return _back(saved.id, done)
        except IntegrityError:
            # Somebody else took the number between our look and our write.
            faults = {"number": t("fault.number_taken")}
        except ChangedMeanwhile:
            trouble = t("course.stale")
        except Problem as problem:
            faults = forms.fault_of_problem(problem, language)
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id) if course_id else None
        return _form_page(request, session, course, typed, faults, status=422, trouble=trouble)


def _moved(
    request: Request,
    house: HouseDep,
    course_id: int,
    move: Callable[[Session, Course], None],
    done: str,
) -> Response:
    """Publish or withdraw, or show the course with the reason why that can't be."""
    try:
        with house.db.begin() as session:
            move(session, editing.course_by_id(session, course_id))
        return _back(course_id, done)
    except (errors.NothingToPublish, errors.WrongState) as problem:
        trouble = words_of(problem, language_of(request))
    with house.db.begin() as session:
        course = editing.course_by_id(session, course_id)
        form = forms.form_of(course)
        return _form_page(request, session, course, form, {}, status=409, trouble=trouble)


def _form_page(
    request: Request,
    session: Session,
    course: Course | None,
    form: CourseForm,
    faults: dict[str, str],
    *,
    status: int = 200,
    done: str = "",
    trouble: str | None = None,
) -> Response:
    lessons = lesson_list(session, course) if course else {"course": None}
    return page(
        request,
        "studio/course.html" if course else "studio/new_course.html",
        status=status,
        form=form,
        faults=faults,
        trouble=trouble,
        shelves=shelf.shelves(session),
        free_number=_suggested(session),
        most_goals=MOST_GOALS,
        goal_limit=editing.GOAL_LIMIT,
        done=_known(
            done,
            *("course.saved", "course.created", "course.published.done", "course.withdrawn.done"),
        ),
        **lessons,
    )


def _values(form: CourseForm) -> dict[str, Any]:
    return {
        "number": int(form.number),
        "title": form.title,
        "category_id": int(form.category),
        "summary": form.summary,
        "teacher": form.teacher,
        "tags": form.tag_titles,
        "months": [int(month) for month in form.months],
        "goals": form.goal_lines,
    }


def _changes(before: CourseForm, after: CourseForm) -> dict[str, list[Any]]:
    """What the trail keeps of an edit: field → former and new."""
    old, new = before.model_dump(exclude={"seen"}), after.model_dump()
    return {field: [old[field], new[field]] for field in old if old[field] != new[field]}


def _suggested(session: Session) -> str:
    try:
        return f"{editing.free_number(session):03d}"
    except Problem:
        return ""


def _known(done: str, *keys: str) -> str | None:
    return done if done in keys else None


def _back(course_id: int, done: str) -> Response:
    return RedirectResponse(f"/studio/courses/{course_id}?done={done}", 303)
