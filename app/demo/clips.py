"""The films of the demonstration library: which there are, which a lesson shows, and making one.

A few short films serve hundreds of lessons; they are stored once, by content hash.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.demo import filming
from app.demo.courses import DemoCourse
from app.demo.errors import FilmNotMade
from app.demo.scenes import SCENES
from app.demo.sounds import melody, tune_of
from app.demo.titling import lettering

# A film takes two to five seconds; five minutes on a busy machine mean that FFmpeg hangs.
TIMEOUT_S = 300


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One short film."""

    slug: str
    theme: str  # slug of the great category whose look it has
    title: str
    steps: tuple[str, ...]  # captions, one after the other
    duration_s: int = 11
    frame_px: tuple[int, int] = (1280, 720)  # as it is seen
    sideways: bool = False  # stored turned by 90 degrees with a mark, as phones do

    @property
    def canvas(self) -> tuple[int, int]:
        """The size that scenes draw for: 720 lines, or 720 columns when upright."""
        return (1280, 720) if self.frame_px[0] > self.frame_px[1] else (720, 1280)


def _clip(slug: str, theme: str, title: str, steps: str, duration_s: int = 11) -> Clip:
    return Clip(
        slug=slug, theme=theme, title=title, steps=tuple(steps.split()), duration_s=duration_s
    )


CLIPS: tuple[Clip, ...] = (
    Clip(
        slug="terraces",
        theme="farming",
        title="梯田插秧",
        steps=("整田灌水", "拉绳定行", "浅插匀插", "看水护苗"),
        duration_s=10,
        frame_px=(1920, 1080),
    ),
    _clip("tea-hills", "farming", "春茶采摘", "看芽叶 提手采 轻放篓 快运厂", 11),
    _clip("chilies", "farming", "辣椒晾晒", "红透采收 串绳上架 翻晒透风 分级装袋", 10),
    _clip("mushroom-shed", "farming", "菌棚管理", "菌棒上架 控温保湿 通风催菇 适时采收", 12),
    _clip("orchard", "farming", "果园四季", "冬剪清园 花期授粉 疏果套袋 成熟采收", 12),
    _clip("pasture", "farming", "山羊放牧", "选好草场 分群轮牧 补盐补料 定期防疫", 13),
    _clip("fish-field", "farming", "稻田养鱼", "开沟挖凼 投放鱼种 巡田补料 开田捕鱼", 10),
    _clip("sparks", "skills", "电焊基础", "戴好面罩 引弧起焊 匀速运条 清渣检查", 11),
    _clip("gears", "skills", "农机保养", "停机检查 清洁滤芯 更换机油 试运转"),
    _clip("hearth", "skills", "灶上黔菜", "备料切配 热锅温油 大火快炒 调味出锅", 10),
    _clip("home", "skills", "居家服务", "通风准备 从上到下 擦净玻璃 归位检查"),
    Clip(
        slug="phone-live",
        theme="skills",
        title="手机直播",
        steps=("摆好货品", "调好灯光", "讲清产地", "感谢下单"),
        duration_s=10,
        frame_px=(1080, 1920),
        sideways=True,
    ),
    _clip("embroidery", "crafts", "苗绣针法", "数纱定位 十字起针 对称铺花 收针藏线", 11),
    _clip("indigo", "crafts", "蜡染点染", "画蜡 浸染 氧化 脱蜡", 12),
    _clip("silver", "crafts", "银饰锻制", "熔银拉丝 錾刻花纹 花丝焊接 抛光成形"),
    _clip("reed-pipes", "crafts", "芦笙声声", "听鼓起步 围圈踩堂 吹笙领舞 收步谢场", 14),
    _clip("kiln", "crafts", "土陶拉坯", "揉泥 定中心 拉高 收口"),
    _clip("bamboo", "crafts", "竹编起底", "破篾刮光 排好经篾 挑一压一 收边锁口", 12),
    _clip("charts", "policy", "政策明白账", "看条件 备材料 去申请 查到账", 11),
    _clip("sunrise", "policy", "返乡创业路", "回乡看项目 学好技能 申请贷款 开张见效"),
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


def make_clip(slug: str, out_path: Path, *, ffmpeg: Path, font_path: Path) -> None:
    """Write the film as MP4 (H.264, AAC); the same film has the same bytes every time.

    font_path: an OpenType font with simplified Chinese, named Noto Sans CJK TC inside.
    """
    place, clip = next((i, clip) for i, clip in enumerate(CLIPS) if clip.slug == slug)
    with TemporaryDirectory(prefix="nongke-film-") as name:
        folder = Path(name)
        _lay_out(clip, folder, font_path)
        film = folder / "film.mp4"
        command = filming.film_command(
            ffmpeg=ffmpeg,
            sky=SCENES[slug].sky,
            melody=melody(tune_of(place)),
            frame_px=clip.frame_px,
            duration_s=clip.duration_s,
            sideways=clip.sideways,
            out_path=film if clip.sideways else out_path.resolve(),
        )
        _run(command, folder)
        if clip.sideways:
            turned = filming.turn_command(ffmpeg=ffmpeg, film=film, out_path=out_path.resolve())
            _run(turned, folder)


def _lay_out(clip: Clip, folder: Path, font_path: Path) -> None:
    scene = SCENES[clip.slug]
    written = lettering(
        title=clip.title,
        theme=clip.theme,
        steps=clip.steps,
        duration_s=clip.duration_s,
        canvas=clip.canvas,
    )
    still = filming.still_script(scene, clip.canvas)
    moving = filming.moving_script(scene, clip.canvas, clip.duration_s, written)
    (folder / filming.STILL_SCRIPT).write_text(still, encoding="utf-8")
    (folder / filming.MOVING_SCRIPT).write_text(moving, encoding="utf-8")
    # libass reads every file of the font folder, so the font gets one of its own.
    (folder / filming.FONT_FOLDER).mkdir()
    (folder / filming.FONT_FOLDER / font_path.name).symlink_to(font_path.resolve())


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode:
        raise FilmNotMade("\n".join(done.stderr.splitlines()[-8:]))
