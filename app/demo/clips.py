"""The films of the demonstration library: which there are, and which one a lesson shows.

A few dozen short films serve hundreds of lessons; they are stored once, by content hash.
"""

from dataclasses import dataclass

from app.demo.courses import DemoCourse


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One short film."""

    slug: str
    theme: str  # slug of the great category whose look it has
    title: str


CLIPS: tuple[Clip, ...] = (
    Clip(slug="terraces", theme="farming", title="梯田插秧"),
    Clip(slug="tea-hills", theme="farming", title="春茶采摘"),
    Clip(slug="chilies", theme="farming", title="辣椒晾晒"),
    Clip(slug="mushroom-shed", theme="farming", title="菌棚管理"),
    Clip(slug="orchard", theme="farming", title="果园四季"),
    Clip(slug="pasture", theme="farming", title="山羊放牧"),
    Clip(slug="fish-field", theme="farming", title="稻田养鱼"),
    Clip(slug="sparks", theme="skills", title="电焊基础"),
    Clip(slug="gears", theme="skills", title="农机保养"),
    Clip(slug="hearth", theme="skills", title="灶上黔菜"),
    Clip(slug="home", theme="skills", title="居家服务"),
    Clip(slug="phone-live", theme="skills", title="手机直播"),
    Clip(slug="embroidery", theme="crafts", title="苗绣针法"),
    Clip(slug="indigo", theme="crafts", title="蜡染点染"),
    Clip(slug="silver", theme="crafts", title="银饰锻制"),
    Clip(slug="reed-pipes", theme="crafts", title="芦笙声声"),
    Clip(slug="kiln", theme="crafts", title="土陶拉坯"),
    Clip(slug="bamboo", theme="crafts", title="竹编起底"),
    Clip(slug="charts", theme="policy", title="政策明白账"),
    Clip(slug="sunrise", theme="policy", title="返乡创业路"),
)

# Films fit for a sub-category; a course starts at its number and walks on lesson by lesson.
CLIPS_OF_CATEGORY: dict[str, tuple[str, ...]] = {
    "tea": ("tea-hills",),
    "vegetables": ("chilies",),
    "mushrooms": ("mushroom-shed",),
    "fruit": ("orchard",),
    "herbs": ("orchard", "tea-hills"),
    "grain": ("terraces",),
    "cattle": ("pasture",),
    "poultry-fish": ("fish-field", "pasture"),
    "electric-welding": ("sparks",),
    "care": ("home",),
    "cooking": ("hearth",),
    "machinery": ("gears",),
    "construction": ("gears", "sparks"),
    "livestream": ("phone-live",),
    "phone": ("phone-live", "home"),
    "miao-embroidery": ("embroidery",),
    "batik": ("indigo",),
    "silver": ("silver",),
    "music-dance": ("reed-pipes",),
    "pottery": ("kiln",),
    "bamboo-wood": ("bamboo",),
    "weaving": ("embroidery", "bamboo"),
    "farm-support": ("charts", "terraces"),
    "jobs": ("sunrise", "charts"),
    "insurance": ("charts",),
    "industry": ("sunrise", "charts"),
}


def clip_of(course: DemoCourse, lesson_index: int) -> str:
    """Slug of the film that a lesson shows; lesson_index counts from 0."""
    slugs = CLIPS_OF_CATEGORY[course.category]
    return slugs[(course.number + lesson_index) % len(slugs)]
