"""What an editor can get wrong, each with a code and a sentence in Chinese.

Problem
├── CourseNotFound, LessonNotFound, CategoryNotFound
├── NumberTaken, NumberOutOfRange, NoNumberFree
├── TitleMissing, TitleTooLong, MonthUnknown, GoalsTooLong, CompletionOutOfRange
├── NothingToPublish
└── WrongState
"""

from __future__ import annotations

from app.problems import Problem


class CourseNotFound(Problem):
    """There is no course of that id or number."""

    status = 404
    code = "course_not_found"
    title = "There is no such course."


class LessonNotFound(Problem):
    """There is no lesson of that id, or boxes can't see it."""

    status = 404
    code = "lesson_not_found"
    title = "There is no such lesson."


class CategoryNotFound(Problem):
    """There is no category of that id or name."""

    status = 404
    code = "category_not_found"
    title = "There is no such category."


class NumberTaken(Problem):
    """Another course has that number; choose one that is free."""

    status = 409
    code = "number_taken"
    title = "Another course has this number."


class NumberOutOfRange(Problem):
    """Course numbers have three digits, 001 to 999."""

    status = 422
    code = "number_out_of_range"
    title = "A course number lies between 001 and 999."


class NoNumberFree(Problem):
    """All 999 numbers are in use; withdraw a course and give its number away."""

    status = 409
    code = "no_number_free"
    title = "All course numbers are in use."


class TitleMissing(Problem):
    """A title is needed: households see it on the television."""

    status = 422
    code = "title_missing"
    title = "The title is missing."


class TitleTooLong(Problem):
    """The title does not fit the television; shorten it."""

    status = 422
    code = "title_too_long"
    title = "The title is longer than 60 characters."


class MonthUnknown(Problem):
    """A month is none of 1 to 12."""

    status = 422
    code = "month_unknown"
    title = "A month lies between 1 and 12."


class GoalsTooLong(Problem):
    """What one learns does not fit the television: at most 4 lines of 24 characters."""

    status = 422
    code = "goals_too_long"
    title = "There are more than 4 goals, or one is longer than 24 characters."


class CompletionOutOfRange(Problem):
    """A play is complete from 50 to 100 % of its lesson on, in whole percent."""

    status = 422
    code = "completion_out_of_range"
    title = "The share that completes a lesson is a whole number from 50 to 100."


class NothingToPublish(Problem):
    """A course needs a lesson with a ready video before boxes can show it."""

    status = 409
    code = "nothing_to_publish"
    title = "The course has no lesson that can be played."


class WrongState(Problem):
    """The course is in a state in which this can't be done."""

    status = 409
    code = "wrong_course_state"
    title = "The course's state does not allow this."
