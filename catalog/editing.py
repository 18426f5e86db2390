"""Changes to the catalogue, one function each. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from catalog import errors, pinyin
from catalog.tables import MONTHS, MOST_GOALS, Category, Course, Lesson, Tag
from transcode.tables import Video

TITLE_LIMIT = 60
GOAL_LIMIT = 24
LAST_NUMBER = 999
# Half of a lesson makes a play effective: nothing less makes it complete.
LEAST_COMPLETION_PERCENT = 50


def create_category(
    session: Session, *, slug: str, title: str, parent: Category | None = None, position: int = 0
) -> Category:
    """A new category, or the one that has the slug already, brought up to date."""
    category = session.scalar(select(Category).where(Category.slug == slug)) or Category(slug=slug)
    category.title = checked_title(title)
    category.parent_id = parent.id if parent else None
    category.position = position
    session.add(category)
    session.flush()
    return category


def create_course(
    session: Session,
    *,
    title: str,
    category_id: int,
    number: int | None = None,
    summary: str = "",
    teacher: str = "",
    tags: Iterable[str] = (),
    months: Iterable[int] = (),
    goals: Iterable[str] = (),
    is_demo: bool = False,
) -> Course:
    """A new draft; without a number it gets the lowest free one.

    Raises NumberTaken, NumberOutOfRange, NoNumberFree, CategoryNotFound, TitleMissing,
    TitleTooLong, MonthUnknown, GoalsTooLong.
    """
    course = Course(state="draft", is_demo=is_demo)
    if number is None:
        number = free_number(session)
    session.add(course)
    with session.no_autoflush:
        update_course(
            session,
            course,
            title=title,
            category_id=category_id,
            number=number,
            summary=summary,
            teacher=teacher,
            tags=tags,
            months=months,
            goals=goals,
        )
    return course


def update_course(
    session: Session,
    course: Course,
    *,
    title: str | None = None,
    category_id: int | None = None,
    number: int | None = None,
    summary: str | None = None,
    teacher: str | None = None,
    tags: Iterable[str] | None = None,
    months: Iterable[int] | None = None,
    goals: Iterable[str] | None = None,
) -> Course:
    """Change what is given; what is None stays. Raises as create_course."""
    if title is not None:
        course.title = checked_title(title)
        course.initials = pinyin.initials(course.title)
        course.pinyin = pinyin.sort_key(course.title)
    if category_id is not None:
        if session.get(Category, category_id) is None:
            raise errors.CategoryNotFound("没有这个分类，请重新选择。")
        course.category_id = category_id
    if number is not None:
        course.number = _free_or_own(session, course, number)
    if summary is not None:
        course.summary = summary.strip()
    if teacher is not None:
        course.teacher = teacher.strip()
    if tags is not None:
        course.tags = tags_named(session, tags)
    if months is not None:
        course.months = checked_months(months)
    if goals is not None:
        course.goals = checked_goals(goals)
    session.flush()
    return course


def free_number(session: Session) -> int:
    """The lowest number that no course has. Raises NoNumberFree."""
    # Two editors who ask at once must not get the same answer.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("course number"))))
    taken = set(session.scalars(select(Course.number)))
    for number in range(1, LAST_NUMBER + 1):
        if number not in taken:
            return number
    raise errors.NoNumberFree("999 个课程号都用完了，请先下架并改号一门旧课程。")


def publish_course(session: Session, course: Course, now: datetime, *, ahead: bool = False) -> None:
    """Show the course on boxes. Raises NothingToPublish when no lesson can be played.

    ahead: publish all the same; boxes show the course when its first video is ready.
    """
    playable = any(lesson.video and lesson.video.package_id for lesson in course.lessons)
    if not (playable or ahead):
        raise errors.NothingToPublish("还没有可以播放的课时：请先上传视频，等处理完成后再发布。")
    course.state = "published"
    course.published_at = course.published_at or now
    session.flush()


def withdraw_course(session: Session, course: Course) -> None:
    """Take the course off the boxes; its counts stay. Raises WrongState if it is not there."""
    if course.state != "published":
        raise errors.WrongState("课程没有发布，不需要下架。")
    course.state = "withdrawn"
    session.flush()


def delete_draft(session: Session, course: Course) -> None:
    """Remove a course that was never published. Raises WrongState for any other."""
    if course.state != "draft" or course.published_at is not None:
        raise errors.WrongState("已经发布过的课程不能删除，只能下架：它的观看数据要保留。")
    for lesson in session.scalars(select(Lesson).where(Lesson.course_id == course.id)):
        session.delete(lesson)
    session.flush()
    session.delete(course)
    session.flush()


def add_lesson(
    session: Session, course: Course, *, title: str, video_id: UUID | None = None
) -> Lesson:
    """A new last lesson of the course."""
    lock_course(session, course)
    query = select(func.coalesce(func.max(Lesson.position), 0)).where(
        Lesson.course_id == course.id, Lesson.removed_at.is_(None)
    )
    last: int = session.execute(query).scalar_one()
    lesson = Lesson(
        course_id=course.id, position=last + 1, title=checked_title(title), video_id=video_id
    )
    session.add(lesson)
    session.flush()
    session.expire(course, ["lessons"])
    return lesson


def update_lesson(
    session: Session,
    lesson: Lesson,
    *,
    title: str | None = None,
    video_id: UUID | None = None,
    completion_percent: int | None = None,
) -> Lesson:
    """Change what is given: the title, the video, which boxes show when it is ready, or from how
    much of the lesson on a play is complete; plays that have begun keep theirs.

    Raises TitleMissing, TitleTooLong, CompletionOutOfRange.
    """
    if title is not None:
        lesson.title = checked_title(title)
    if video_id is not None:
        lesson.video_id = video_id
    if completion_percent is not None:
        lesson.completion_percent = checked_completion(completion_percent)
    session.flush()
    return lesson


def order_lessons(session: Session, course: Course, lesson_ids: Sequence[int]) -> None:
    """Put the lessons in the order of their ids. Raises LessonNotFound for a foreign id."""
    lock_course(session, course)
    lessons = {lesson.id: lesson for lesson in course.lessons}
    if set(lesson_ids) != set(lessons) or len(lesson_ids) != len(lessons):
        raise errors.LessonNotFound("课时列表已经变了，请刷新页面后再排序。")
    # Positions are unique: first out of the way, then into place.
    session.execute(
        update(Lesson)
        .where(Lesson.id.in_(lesson_ids))
        .values(position=-Lesson.position)
        .execution_options(synchronize_session=False)
    )
    for position, lesson_id in enumerate(lesson_ids, start=1):
        session.execute(
            update(Lesson)
            .where(Lesson.id == lesson_id)
            .values(position=position)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def remove_lesson(session: Session, lesson: Lesson, now: datetime) -> None:
    """Take a lesson out of its course; plays that name it keep counting."""
    lesson.removed_at = now
    session.flush()
    session.expire(lesson.course, ["lessons"])


def course_by_number(session: Session, number: int) -> Course:
    """The course of that number. Raises CourseNotFound."""
    course = session.scalar(select(Course).where(Course.number == number))
    if course is None:
        raise errors.CourseNotFound(f"没有 {number:03d} 号课程。")
    return course


def course_by_id(session: Session, course_id: int) -> Course:
    """The course of that id. Raises CourseNotFound."""
    course = session.get(Course, course_id)
    if course is None:
        raise errors.CourseNotFound("没有这门课程，可能已被删除。")
    return course


def lesson_by_id(session: Session, lesson_id: int) -> Lesson:
    """The lesson of that id, if it was not removed. Raises LessonNotFound."""
    lesson = session.get(Lesson, lesson_id)
    if lesson is None or lesson.removed_at is not None:
        raise errors.LessonNotFound("没有这个课时，可能已被移除。")
    return lesson


def add_uploaded_lesson(session: Session, labels: dict[str, str], video: Video) -> None:
    """Give a finished upload its place: replace a lesson's video, or add a lesson to a course.

    labels: ``lesson`` an id whose video is replaced, or ``course`` a number; ``title`` the new
    lesson's. An upload without these stays a video that editors find on the videos page.
    """
    if labels.get("lesson", "").isdigit():
        lesson = session.get(Lesson, int(labels["lesson"]))
        if lesson is not None and lesson.removed_at is None:
            lesson.video_id = video.id
            session.flush()
        return
    if labels.get("course", "").isdigit():
        course = session.scalar(select(Course).where(Course.number == int(labels["course"])))
        if course is not None:
            title = labels.get("title") or title_of_file(video.filename)
            add_lesson(session, course, title=title, video_id=video.id)


def tags_named(session: Session, titles: Iterable[str]) -> list[Tag]:
    """Tags of these names; new ones are made. Empty names and repetitions are dropped."""
    wanted = list(dict.fromkeys(title.strip() for title in titles if title.strip()))
    if not wanted:
        return []
    values: list[dict[str, Any]] = [{"title": title} for title in sorted(wanted)]
    session.execute(insert(Tag).values(values).on_conflict_do_nothing(index_elements=["title"]))
    found = {tag.title: tag for tag in session.scalars(select(Tag).where(Tag.title.in_(wanted)))}
    return [found[title] for title in wanted]


def title_of_file(filename: str) -> str:
    """A title made of a file's name: without ending, and with underscores as spaces."""
    stem = filename.rsplit("/", 1)[-1]
    if "." in stem.strip("."):
        stem = stem.rpartition(".")[0]
    return stem.replace("_", " ").strip()[:TITLE_LIMIT] or "未命名"


def checked_title(title: str) -> str:
    """The title without spaces around it. Raises TitleMissing, TitleTooLong."""
    title = " ".join(title.split())
    if not title:
        raise errors.TitleMissing("请填写标题：电视上要显示它。")
    if len(title) > TITLE_LIMIT:
        raise errors.TitleTooLong(f"标题有 {len(title)} 个字，请缩短到 {TITLE_LIMIT} 个字以内。")
    return title


def checked_months(months: Iterable[int]) -> list[int]:
    """The months in order, each once. Raises MonthUnknown."""
    found = sorted(set(months))
    if not all(month in MONTHS for month in found):
        raise errors.MonthUnknown("月份是 1 到 12。")
    return found


def checked_goals(goals: Iterable[str]) -> list[str]:
    """The goals without blanks around them and without empty ones. Raises GoalsTooLong."""
    found = [goal for goal in (" ".join(goal.split()) for goal in goals) if goal]
    if len(found) > MOST_GOALS or any(len(goal) > GOAL_LIMIT for goal in found):
        raise errors.GoalsTooLong(f"“能学到什么”最多 {MOST_GOALS} 行，每行最多 {GOAL_LIMIT} 个字。")
    return found


def checked_completion(percent: int) -> int:
    """The percentage as it is. Raises CompletionOutOfRange."""
    if not LEAST_COMPLETION_PERCENT <= percent <= 100:
        raise errors.CompletionOutOfRange(
            f"完播比例请填 {LEAST_COMPLETION_PERCENT} 到 100 的整数，一般填 90。"
        )
    return percent


def lock_course(session: Session, course: Course) -> None:
    """Let nobody else change the course's lessons until the transaction ends."""
    session.execute(select(Course.id).where(Course.id == course.id).with_for_update())


def _free_or_own(session: Session, course: Course, number: int) -> int:
    if not 1 <= number <= LAST_NUMBER:
        raise errors.NumberOutOfRange("课程号是 001 到 999 的三位数字。")
    holder = session.scalar(select(Course).where(Course.number == number))
    if holder is not None and holder is not course:
        raise errors.NumberTaken(f"课程号 {number:03d} 已被《{holder.title}》使用，请换一个。")
    return number
