"""Put the demonstration library into the catalogue, and have its films made.

Seeding is one transaction of rows and jobs; the films are made by workers, one job each, and
every lesson that shares a film gets it when its job is done.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import procrastinate
from procrastinate import JobContext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.demo.clips import CLIPS, clip_of, make_clip
from app.demo.courses import DemoCourse, load_categories, load_courses
from app.demo.regions import load_regions
from app.house import House
from app.jobs import enqueue, house_of
from catalog import editing, menu
from catalog.tables import Category, Course, Lesson
from player_api.tables import Region
from transcode.ffmpeg import ffmpeg_path
from transcode.uploads import accept_file

FONT = "NotoSansCJKtc-Regular.otf"

blueprint = procrastinate.Blueprint()


def seed(house: House) -> bool:
    """Fill an empty catalogue; one that has anything in it is left alone. Says if it seeded."""
    with house.db.begin() as session:
        load_region_rows(session)
        if session.scalar(select(func.count()).select_from(Category)):
            return False
        categories = _categories(session)
        now = datetime.now(UTC)
        for course in load_courses():
            _course(session, course, categories, now)
        for clip in CLIPS:
            # A film that is encoded shall not wait for the making of the next one.
            enqueue(session, "demo:clip", queue="default", priority=-10, slug=clip.slug)
    return True


def load_region_rows(session: Session) -> None:
    """The province's regions, if there are none yet."""
    if session.scalar(select(func.count()).select_from(Region)):
        return
    session.add_all(
        Region(code=r.code, name=r.name, level=r.level, parent_code=r.parent or None)
        for r in load_regions()
    )


@blueprint.task(name="clip", queue="default", pass_context=True, retry=3)
def clip(context: JobContext, slug: str) -> None:
    """Make one film, send it the way of every upload, and give it to its lessons."""
    house = house_of(context)
    folder = house.settings.scratch_dir / f"demo-{slug}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        path = folder / f"{slug}.mp4"
        font = Path(str(files("cvttf_NotoSansCJK_Regular"))) / FONT
        make_clip(slug, path, ffmpeg=Path(ffmpeg_path(house.settings.ffmpeg)), font_path=font)
        video = accept_file(house, path, path.name, owner="demo", labels={"demo": slug})
        with house.db.begin() as session:
            lessons = select(Lesson.id).where(Lesson.id.in_(_lessons_of(session, slug)))
            session.execute(
                update(Lesson)
                .where(Lesson.id.in_(lessons), Lesson.video_id.is_(None))
                .values(video_id=video.id)
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def courses_on_menu(house: House) -> tuple[int, int]:
    """How many demonstration courses boxes can see, and how many there are."""
    with house.db.begin() as session:
        demo = select(func.count()).select_from(Course).where(Course.is_demo)
        total = session.execute(demo.where(Course.state == "published")).scalar_one()
        shown = (
            select(func.count(Course.id.distinct()))
            .join(Lesson, menu.is_playable())
            .where(Course.is_demo, Course.state == "published")
        )
        return session.execute(shown).scalar_one(), total


def _categories(session: Session) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for position, category in enumerate(load_categories()):
        made[category.slug] = editing.create_category(
            session,
            slug=category.slug,
            title=category.name,
            parent=made[category.parent] if category.parent else None,
            position=position,
        )
    return made


def _course(
    session: Session, demo: DemoCourse, categories: dict[str, Category], now: datetime
) -> None:
    course = editing.create_course(
        session,
        title=demo.title,
        category_id=categories[demo.category].id,
        number=demo.number,
        summary=demo.summary,
        teacher=f"{demo.teacher}（{demo.teacher_role}）",
        tags=demo.tags,
        months=demo.months,
        goals=demo.goals,
        is_demo=True,
    )
    for title in demo.lessons:
        editing.add_lesson(session, course, title=title)
    editing.publish_course(session, course, now, ahead=True)


def _lessons_of(session: Session, slug: str) -> list[int]:
    """Lessons of demonstration courses that show the film."""
    demos = {course.number: course for course in load_courses()}
    rows = session.execute(
        select(Course.number, Lesson.position, Lesson.id)
        .join(Lesson, Lesson.course_id == Course.id)
        .where(Course.is_demo, Lesson.removed_at.is_(None))
    )
    return [
        lesson_id
        for number, position, lesson_id in rows
        if number in demos and clip_of(demos[number], position - 1) == slug
    ]
