"""A stand-in for the player API: the built page, a menu, one film, and a record of events.

It can be told to fail, so that tests see what a household sees on a bad day.
Run ``python -m tests.tv.stand_in BUILD_DIR`` to walk about in the page by hand.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import imageio_ffmpeg

from app.demo.courses import load_categories, load_courses
from app.demo.regions import Region, load_regions
from app.pages.tv import LASTING, PAGE
from app.storage import Storage
from catalog.pinyin import initials
from tests.service import on_loopback

API = "/api/player/v1/"
FILM_S = 24
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css",
    ".jpg": "image/jpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
}
PICTURES = (
    "gradients=s=1280x720:c0=0x1f6b47:c1=0xe2c46a:x0=100:y0=50:x1=1200:y1=700:d=1",
    "mandelbrot=s=1280x720:start_scale=0.4",
    "gradients=s=1280x720:c0=0x2a4f8f:c1=0xf3e0c0:x0=0:y0=700:x1=1200:y1=0:d=1",
    "cellauto=s=1280x720:rule=110:random_fill_ratio=0.4",
    "testsrc2=s=1280x720",
)


def menu() -> dict[str, Any]:
    """The 223 demonstration courses as the real menu shows them; every fourth has no poster."""
    slugs = {category.slug: at + 1 for at, category in enumerate(load_categories())}
    lesson = 0
    courses = []
    for at, course in enumerate(load_courses()):
        lessons = []
        for title in course.lessons:
            lesson += 1
            lessons.append({"id": lesson, "title": title, "duration_s": FILM_S})
        courses.append(
            {
                "id": at + 1,
                "number": str(course.number),
                "title": course.title,
                "initials": initials(course.title),
                "category": slugs[course.category],
                "summary": course.summary,
                "teacher": course.teacher,
                "tags": list(course.tags),
                "months": list(course.months),
                "goals": list(course.goals),
                "poster": None if at % 4 == 3 else f"posters/{at % len(PICTURES)}/poster-small.jpg",
                "demo": True,
                "published_at": f"2026-11-{1 + at * 7 % 28:02d}T08:00:00Z",
                "lessons": lessons,
            }
        )
    categories = [
        {
            "id": slugs[category.slug],
            "parent": slugs[category.parent] if category.parent else None,
            "title": category.name,
        }
        for category in load_categories()
    ]
    return {
        "version": "1",
        "time_zone": "Asia/Shanghai",
        "media": "/media/",
        "categories": categories,
        "courses": courses,
    }


def settings() -> dict[str, Any]:
    """Those of a household that has set nothing."""
    unset: list[str] = []
    return {
        "text": "normal",
        "speak": False,
        "language": "zh",
        "hall": unset,
        "captions": False,
        "speed": 1,
    }


@cache
def regions() -> tuple[Region, ...]:
    """The province's tree."""
    return tuple(load_regions())


def path_of(code: str) -> list[str]:
    """Names from the prefecture down."""
    above = [one for one in regions() if code.startswith(one.code)]
    return [one.name for one in above if one.parent] or [one.name for one in above]


def places(parent: str | None) -> list[dict[str, Any]]:
    """One level of the tree."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "level": one.level,
            "parent": one.parent,
            "has_children": one.level != "township",
        }
        for one in regions()
        if one.parent == parent
    ]


@dataclass
class StandIn:
    """What the service holds, and how it should behave now."""

    page: Path
    media: Path
    url: str = ""
    menu: dict[str, Any] = field(default_factory=menu)
    events: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)  # API names, files and "media" that don't answer
    held: set[str] = field(default_factory=set)  # the same, of what hangs until taken out
    playback: dict[str, Any] = field(default_factory=dict)  # what else the answer says
    answers: dict[str, int] = field(default_factory=dict)  # API name → status of an error
    retry_after_s: int | None = None  # what errors say of when to come again
    known_tokens: set[str] = field(default_factory=set)
    settings: dict[str, Any] = field(default_factory=settings)
    region: str = "520526102"
    region_fixed: bool = False
    watched_s: int = 0
    wishes: list[tuple[str, str]] = field(default_factory=list)  # method and path of each
    popular: list[str] = field(default_factory=list)
    progress: dict[str, list[int]] = field(default_factory=dict)
    favourites: list[str] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    now: datetime | None = None  # what the clock says, when not the time of day
    asked: list[str] = field(default_factory=list)  # API names in the order of their requests
    files: list[str] = field(default_factory=list)  # the same of the page's files, with query
    unchanged: list[str] = field(default_factory=list)  # those that 304 was the answer to
    batches: list[dict[str, Any]] = field(default_factory=list)  # bodies of events, as they came
    beat_s: int = 60
    kept: bool = False  # files may stay on the box, as the real service says
    poison: str | None = None  # a batch with a play of this name is refused as a whole

    def part(self, name: str) -> dict[str, Any]:
        """The menu without the words, or the words alone."""
        words = ("summary", "goals")
        courses = self.menu["courses"]
        if name == "menu/words":
            by_number = {c["number"]: {word: c[word] for word in words} for c in courses}
            return {"version": self.menu["version"], "courses": by_number}
        listed = [{key: c[key] for key in c if key not in words} for c in courses]
        return {**self.menu, "courses": listed}

    def course(self, number: str) -> dict[str, Any]:
        """The course with this number."""
        return next(c for c in self.menu["courses"] if c["number"] == number)

    def place(self, lesson: int) -> tuple[dict[str, Any], int]:
        """The course of a lesson, and the lesson's index in it."""
        for course in self.menu["courses"]:
            for at, entry in enumerate(course["lessons"]):
                if entry["id"] == lesson:
                    return course, at
        raise KeyError(lesson)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: StandIn

    def log_message(self, *_args: object) -> None:
        return

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith(API):
            self._api_get(path.removeprefix(API))
        elif path.startswith("/tv/"):
            self.service.files.append(self.path)
            if not self._broken(path.rpartition("/")[2] or "index.html"):
                self._file(self.service.page / (path.removeprefix("/tv/") or "index.html"))
        elif path.startswith("/media/"):
            if not self._broken("media") and not self._broken(path.rpartition("/")[2]):
                self._file(self.service.media / path.removeprefix("/media/"))
        else:
            self._problem(404, "not_found")

    def date_time_string(self, timestamp: float | None = None) -> str:
        now = self.service.now
        return super().date_time_string(now.timestamp() if now else timestamp)

    def do_DELETE(self) -> None:
        self.do_PUT()

    def do_PUT(self) -> None:
        sent = self._sent()
        name = urlsplit(self.path).path.removeprefix(API)
        if self._broken(name) or not self._known():
            return
        self.service.wishes.append((self.command, name))
        if name == "boxes/me/settings":
            self.service.settings.update(sent)
            self._json(200, self.service.settings)
        elif name == "boxes/me/region":
            self.service.region = sent["region"]
            self._json(200, {"box": "b", "region": sent["region"]})
        elif name.startswith("favourites/"):
            self._mark(name.removeprefix("favourites/"))
        else:
            self._problem(404, "not_found")

    def do_POST(self) -> None:
        sent = self._sent()
        name = urlsplit(self.path).path.removeprefix(API)
        if self._broken(name):
            return
        if name == "boxes":
            self._introduce(sent)
        elif name == "events":
            self._collect(sent)
        elif name == "searches":
            if self._known():
                self.service.searches.extend(sent["searches"])
                self._json(200, {"accepted": len(sent["searches"]), "unchanged": 0, "refused": []})
        else:
            self._problem(404, "not_found")

    def _api_get(self, name: str) -> None:
        self.service.asked.append(name)
        if name.endswith("/playback"):
            if not self._broken("playback"):
                self._playback(int(name.split("/")[1]))
        elif name in ("menu/list", "menu/words"):
            if not self._broken(name):
                self._document(name, self.service.part(name))
        elif name == "popular":
            if not self._broken(name):
                self._json(200, {"courses": self.service.popular})
        elif name in ("plays/progress", "favourites"):
            if not self._broken(name) and self._known():
                courses = [self.service.course(number) for number in self.service.favourites]
                progress = {"lessons": self.service.progress}
                self._json(200, {"courses": courses} if name == "favourites" else progress)
        elif name == "boxes/me":
            if not self._broken(name) and self._known():
                self._own_box()
        elif name == "regions":
            if not self._broken(name):
                parent = parse_qs(urlsplit(self.path).query).get("parent", [None])[0]
                self._json(200, {"regions": places(parent)})
        else:
            self._problem(404, "not_found")

    def _mark(self, number: str) -> None:
        marked = [one for one in self.service.favourites if one != number]
        self.service.favourites = [number, *marked] if self.command == "PUT" else marked
        self._send(204, "application/json", b"")

    def _own_box(self) -> None:
        self._json(
            200,
            {
                "box": "b",
                "number": "0001 2345",
                "region": {"code": self.service.region, "path": path_of(self.service.region)},
                "region_fixed": self.service.region_fixed,
                "card": None,
                "watched_s": self.service.watched_s,
                "settings": self.service.settings,
            },
        )

    def _document(self, name: str, answer: object) -> None:
        body = json.dumps(answer).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        if self.headers["If-None-Match"] == etag:
            self.service.unchanged.append(name)
            self._send(304, "application/json", b"", ETag=etag)
        else:
            self._send(200, "application/json", body, ETag=etag)

    def _introduce(self, sent: dict[str, Any]) -> None:
        if sent["region"] == "999999":
            self._problem(422, "unknown_region")
            return
        self.service.boxes.append(sent)
        token = f"token-{len(self.service.boxes)}"
        self.service.known_tokens.add(token)
        self._json(201, {"box": token, "token": token, "region": sent["region"]})

    def _collect(self, sent: dict[str, Any]) -> None:
        if not self._known():
            return
        if any(event["play"] == self.service.poison for event in sent["events"]):
            self._problem(422, "bad_batch")
            return
        self.service.batches.append(sent)
        self.service.events.extend(sent["events"])
        self._json(
            200,
            {
                "accepted": len(sent["events"]),
                "unchanged": 0,
                "refused": [],
                "next_beat_s": self.service.beat_s,
            },
        )

    def _playback(self, lesson: int) -> None:
        course, at = self.service.place(lesson)
        following = course["lessons"][at + 1 : at + 2]
        self._json(
            200,
            {
                "lesson": lesson,
                "course": course["number"],
                "title": course["lessons"][at]["title"],
                "duration_s": FILM_S,
                "playlist": "/media/film/multivariant.m3u8",
                "poster": None,
                "storyboard": None,
                "captions": [],
                "soundtracks": [],
                "chapters": [],
                "resume_s": 0,
                "next_lesson": following[0]["id"] if following else None,
            }
            | self.service.playback,
        )

    def _sent(self) -> Any:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        return json.loads(body) if body else None

    def _known(self) -> bool:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        if token not in self.service.known_tokens:
            self._problem(401, "box_token_invalid")
        return token in self.service.known_tokens

    def _broken(self, name: str) -> bool:
        while name in self.service.held:
            time.sleep(0.02)
        if name in self.service.cut:
            self.close_connection = True
            return True
        if name in self.service.answers:
            self._problem(self.service.answers[name], "told_to_fail")
            return True
        return False

    def _problem(self, status: int, code: str) -> None:
        again_s = self.service.retry_after_s
        later = {} if again_s is None else {"Retry-After": str(again_s)}
        self._json(status, {"type": "about:blank", "status": status, "code": code}, **later)

    def _json(self, status: int, answer: object, **headers: str) -> None:
        self._send(status, "application/json", json.dumps(answer).encode(), **headers)

    def _file(self, path: Path) -> None:
        if path.is_file():
            lasting = "/media/" in self.path or "?v=" in self.path
            headers = {"Cache-Control": LASTING if lasting else PAGE} if self.service.kept else {}
            self._send(200, TYPES[path.suffix], path.read_bytes(), **headers)
        else:
            self._problem(404, "not_found")

    def _send(self, status: int, media_type: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:  # the browser has changed its mind
            self.close_connection = True


@contextmanager
def serving(service: StandIn, port: int = 0) -> Iterator[StandIn]:
    """The stand-in on a free port of the loopback."""
    handler = type("Handler", (_Handler,), {"service": service})
    with on_loopback(handler, port) as service.url:
        yield service


def extras() -> dict[str, Any]:
    """What the film's playback answer says when it has everything."""
    return {
        "storyboard": "/media/film/storyboard.vtt",
        "captions": [
            {"name": "中文", "language": "zh", "forced": False, "url": "/media/film/zh.vtt"},
            {"name": "English", "language": "en", "forced": False, "url": "/media/film/en.vtt"},
        ],
        "chapters": [
            {"start_s": 0, "end_s": 8, "title": "挑选种羊"},
            {"start_s": 8, "end_s": 16, "title": "配好饲料"},
            {"start_s": 16, "end_s": FILM_S, "title": "打扫羊圈"},
        ],
    }


def _write_extras(film: Path) -> None:
    """A storyboard of a picture every other second, and captions of eight seconds each."""
    sheet = ("-f", "lavfi", "-i", f"testsrc2=s=160x90:r=1/2:d={FILM_S}", "-vf", "tile=5x3")
    _ffmpeg(*sheet, "-frames:v", "1", str(film / "00001.jpg"))
    pictures = [
        f"{_cue(2 * n, 2 * n + 2)}\n00001.jpg#xywh={n % 5 * 160},{n // 5 * 90},160,90"
        for n in range(FILM_S // 2)
    ]
    (film / "storyboard.vtt").write_text("\n\n".join(["WEBVTT", *pictures]) + "\n")
    for language, words in (
        ("zh", ("先看<b>牙口</b> &amp; 蹄子", "玉米两份，\n豆粕一份", "每天扫一遍")),
        ("en", ("Look at the teeth first", "Two parts of maize,\none of soya", "Sweep every day")),
    ):
        cues = [f"{n + 1}\n{_cue(8 * n, 8 * n + 8)}\n{told}" for n, told in enumerate(words)]
        (film / f"{language}.vtt").write_text("\n\n".join(["WEBVTT", *cues]) + "\n")


def _cue(start_s: int, end_s: int) -> str:
    return f"00:00:{start_s:02d}.000 --> 00:00:{end_s:02d}.000"


SOUNDTRACKS = [
    {"name": "原声", "language": "zh", "default": True},
    {"name": "苗语", "language": "hmn", "default": False},
]


def make_film(folder: Path, duration_s: int, further_sound: bool = False) -> None:
    """A film as HLS with two rungs, in segments of four seconds: high/media0.ts and on.

    Its sound is a tone of 440 Hz; a further track, where wanted, of 880 Hz.
    """
    folder.mkdir(parents=True)
    source = (
        f"-f lavfi -i testsrc2=s=320x180:r=25:d={duration_s} -f lavfi -i sine=f=440:d={duration_s}"
    )
    codecs = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 100 -c:a aac"
    # The larger one first, as the service lists the one that plain players start with.
    rungs = "-map 0:v -map 1:a -map 0:v -map 1:a -b:v:0 400k -b:v:1 90k -s:v:1 160x90"
    variants = ["-var_stream_map", "v:0,a:0,name:high v:1,a:1,name:low"]
    hls = "-f hls -hls_time 4 -hls_playlist_type vod"
    _ffmpeg(
        *f"{source} {rungs} {codecs} {hls} -master_pl_name multivariant.m3u8".split(),
        *variants,
        *("-hls_segment_filename", str(folder / "%v/media%d.ts"), str(folder / "%v/media.m3u8")),
    )
    if further_sound:
        (folder / "audio-2").mkdir()
        tone = f"-f lavfi -i sine=f=880:d={duration_s} -c:a aac {hls}".split()
        _ffmpeg(*tone, str(folder / "audio-2/media.m3u8"))
        _list_sound(folder / "multivariant.m3u8")


def _list_sound(playlist: Path) -> None:
    """Name both tracks, as the service does: the first one is that of the rungs."""
    head, *lines = playlist.read_text().splitlines()
    for track, address in zip(SOUNDTRACKS, ("", ',URI="audio-2/media.m3u8"'), strict=True):
        head += (
            f'\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="{track["name"]}",AUTOSELECT=YES,'
            f'LANGUAGE="{track["language"]}",DEFAULT={"YES" if track["default"] else "NO"}{address}'
        )
    variants = [f'{line},AUDIO="sound"' if "STREAM-INF" in line else line for line in lines]
    playlist.write_text("\n".join([head, *variants]) + "\n")


def put_film(storage: Storage, prefix: str | None, folder: Path) -> None:
    """Into a service's storage, as the package of a video."""
    for file in filter(Path.is_file, folder.rglob("*")):
        storage.put(f"{prefix}/{file.relative_to(folder)}", file)


def make_media(folder: Path) -> None:
    """One film as HLS, and posters in every size."""
    make_film(folder / "film", FILM_S)
    _write_extras(folder / "film")
    for at, picture in enumerate(PICTURES):
        poster = folder / "posters" / str(at)
        poster.mkdir(parents=True)
        outputs: list[str] = []
        for ending, width_px in (("", 1280), ("-medium", 640), ("-small", 320)):
            scaled = f"-frames:v 1 -vf scale={width_px}:-1".split()
            outputs += [*scaled, str(poster / f"poster{ending}.jpg")]
        _ffmpeg("-f", "lavfi", "-i", picture, *outputs)


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True)


def main() -> None:
    """Serve a built page until Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder:
        make_media(Path(folder) / "media")
        service = StandIn(page=Path(sys.argv[1]), media=Path(folder) / "media")
        with serving(service, port=8780):
            sys.stdout.write(f"{service.url}/tv/\n")
            threading.Event().wait()


if __name__ == "__main__":
    main()
