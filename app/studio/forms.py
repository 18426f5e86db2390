"""The course form: what was typed, and which fields must be corrected."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from app.pages.rendering import words_of
from app.pages.texts import Translate
from app.problems import Problem
from catalog import errors
from catalog.editing import GOAL_LIMIT
from catalog.tables import MONTHS, MOST_GOALS, Course

SUMMARY_LIMIT = 500
TEACHER_LIMIT = 40
TAG_LIMIT = 20
TAGS_LIMIT = 12

FIELD_OF_PROBLEM: dict[type[Problem], str] = {
    errors.NumberTaken: "number",
    errors.NumberOutOfRange: "number",
    errors.NoNumberFree: "number",
    errors.TitleMissing: "title",
    errors.TitleTooLong: "title",
    errors.CategoryNotFound: "category",
    errors.MonthUnknown: "months",
    errors.GoalsTooLong: "goals",
}


class CourseForm(BaseModel):
    """The fields as they were typed; nothing is lost when one is wrong."""

    model_config = ConfigDict(frozen=True)

    number: str = ""
    title: str = ""
    category: str = ""
    summary: str = ""
    teacher: str = ""
    tags: str = ""
    # Ticked months, "1" to "12".
    months: list[str] = Field(default=[], max_length=24)
    goals: str = ""
    # The course's last change when the form was opened.
    seen: str = ""

    @property
    def tag_titles(self) -> list[str]:
        """The tags, however they were separated."""
        return [tag for tag in re.split(r"[\s,，、;；|]+", self.tags) if tag]

    @property
    def goal_lines(self) -> list[str]:
        """The goals, one a line, without empty lines."""
        return [line.strip() for line in self.goals.splitlines() if line.strip()]


def form_of(course: Course) -> CourseForm:
    """The form with what the course has now."""
    return CourseForm(
        number=course.number_text,
        title=course.title,
        category=str(course.category_id),
        summary=course.summary,
        teacher=course.teacher,
        tags=" ".join(tag.title for tag in course.tags),
        months=[str(month) for month in course.months],
        goals="\n".join(course.goals),
        seen=course.updated_at.isoformat(),
    )


def trimmed(form: CourseForm) -> CourseForm:
    """Without blanks around what was typed, and full-width digits as plain ones."""
    number = form.number.strip()
    number = str(int(number)) if number.isdecimal() else number
    return form.model_copy(update={"number": number})


def faults_of(form: CourseForm, t: Translate) -> dict[str, str]:
    """What can be seen to be wrong without the database: field → sentence."""
    faults = {}
    if not (form.number.isdecimal() and 1 <= int(form.number) <= 999):
        faults["number"] = t("fault.number")
    if not form.category.isdecimal():
        faults["category"] = t("fault.category")
    if len(form.summary) > SUMMARY_LIMIT:
        faults["summary"] = t("fault.summary")
    if len(form.teacher) > TEACHER_LIMIT:
        faults["teacher"] = t("fault.teacher")
    if len(form.tag_titles) > TAGS_LIMIT or any(len(tag) > TAG_LIMIT for tag in form.tag_titles):
        faults["tags"] = t("fault.tags")
    if not all(month.isdecimal() and int(month) in MONTHS for month in form.months):
        faults["months"] = t("fault.months")
    goals = form.goal_lines
    if len(goals) > MOST_GOALS or any(len(goal) > GOAL_LIMIT for goal in goals):
        faults["goals"] = t("fault.goals", lines=MOST_GOALS, letters=GOAL_LIMIT)
    return faults


def fault_of_problem(problem: Problem, language: str) -> dict[str, str]:
    """The field that a refusal of the catalogue is about, with its sentence.

    A problem that no field can cure is raised again.
    """
    field = FIELD_OF_PROBLEM.get(type(problem))
    if field is None:
        raise problem
    return {field: words_of(problem, language)}
