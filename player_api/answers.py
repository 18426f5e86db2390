"""The forms of requests and answers, for the OpenAPI document and for clients made from it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from player_api import fold, sorting
from player_api.events import LETTERS, REFUSALS
from player_api.reports.definitions import MOST_PEOPLE, SMALLEST_GROUP

# PostgreSQL stores any text but NUL.
PRINTABLE = r"^[^\x00]*$"
NumberText = Annotated[str, Field(pattern=r"^[0-9]{3}$", examples=["203"])]
_REFUSAL_TEXT = "\n".join(f"- `{code}`: {text}" for code, text in REFUSALS.items())
RegionCode = Annotated[str, Field(max_length=9, pattern=r"^\d{2,9}$", examples=["5203"])]


class Introduction(BaseModel):
    """What a box says of itself; nothing is required."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "GD-X1", "engine": "AppleWebKit/534", "region": "520302", "card": "8520"}
            ]
        }
    )

    model: Annotated[str, StringConstraints(max_length=120, pattern=PRINTABLE)] = ""
    engine: Annotated[str, StringConstraints(max_length=120, pattern=PRINTABLE)] = ""
    region: Annotated[str, StringConstraints(max_length=9, pattern=r"^\d*$")] | None = Field(
        None, description="Code of the region where the box stands, at any level"
    )
    card: (
        Annotated[str, StringConstraints(max_length=64, pattern=PRINTABLE, strip_whitespace=True)]
        | None
    ) = Field(None, description="Number of the smart card: a box that forgets is known again by it")


class Registered(BaseModel):
    """The box's identity; the token goes into every `Authorization: Bearer` header."""

    box: UUID
    token: str
    region: str


class Move(BaseModel):
    """Where a box stands from now on."""

    region: RegionCode = Field(description="Code of the region, at any level")


class Standing(BaseModel):
    """Where a box stands now."""

    box: UUID
    region: str


class CategoryEntry(BaseModel):
    """A shelf; shelves without a parent are the great categories."""

    id: int
    parent: int | None
    title: str


class LessonEntry(BaseModel):
    """A lesson that can be played now."""

    id: int
    title: str
    duration_s: float


class Words(BaseModel):
    """What a course's own page says of it."""

    summary: str
    goals: Annotated[list[str], Field(max_length=4)] = Field(
        description="What one learns, in short sentences; may be empty"
    )


class ListedCourse(BaseModel):
    """A course with its lessons in order. ``poster`` follows ``media`` in an address."""

    id: int
    number: NumberText
    title: str
    initials: str = Field(description="First letters of the title's pinyin", examples=["hsyyz"])
    category: int
    teacher: str
    tags: list[str]
    poster: str | None
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        description="Months in which the work is done; empty: all year", examples=[[3, 4]]
    )
    demo: bool = Field(description="Demonstration content, not a real course")
    published_at: datetime
    lessons: list[LessonEntry]


class MenuCourse(Words, ListedCourse):
    """A course with its lessons in order. ``poster`` follows ``media`` in an address."""


class Course(MenuCourse):
    """A course with the whole address of its poster."""

    poster_url: str | None


class _Catalogue(BaseModel):
    version: str
    time_zone: str
    media: str = Field(description="What storage keys are appended to", examples=["/media/"])
    categories: list[CategoryEntry]


class Menu(_Catalogue):
    """The whole published catalogue."""

    courses: list[MenuCourse]


class MenuList(_Catalogue):
    """The whole published catalogue without the courses' words."""

    courses: list[ListedCourse]


class MenuWords(BaseModel):
    """The words of all courses, by their numbers."""

    version: str
    courses: dict[str, Words]


class CoursePage(BaseModel):
    """Some courses in order."""

    courses: list[Course]
    next: str | None = Field(description="`after` of the next page; null at the end")


class Courses(BaseModel):
    """Courses, all of them."""

    courses: list[Course]


class Captions(BaseModel):
    """Captions in one piece; the playlist has them too, in segments."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    language: str | None = Field(description="RFC 5646; null where the source does not say")
    forced: bool = Field(description="Only what speakers of the language can't follow either")
    url: str = Field(description="Address of a WebVTT file")


class Soundtrack(BaseModel):
    """A sound track of the playlist (EXT-X-MEDIA)."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(description="NAME in the playlist")
    language: str | None
    default: bool = Field(description="The one that simple players play, too")


class Chapter(BaseModel):
    """A part of the lesson that has a name."""

    model_config = ConfigDict(from_attributes=True)

    start_s: float
    end_s: float
    title: str


class Playback(BaseModel):
    """How to play a lesson."""

    model_config = ConfigDict(from_attributes=True)

    lesson: int
    course: NumberText
    title: str
    duration_s: float
    playlist: str = Field(description="Address of the multivariant playlist (HLS)")
    poster: str | None
    hevc_playlist: str | None = Field(
        description="The same in HEVC, for boxes that decode it; null where there is none."
    )
    storyboard: str | None = Field(
        description="Address of a WebVTT file whose cues name pictures: `00001.jpg#xywh=0,0,160,90`"
    )
    captions: list[Captions]
    soundtracks: list[Soundtrack] = Field(description="Empty where there is nothing to choose")
    chapters: list[Chapter]
    resume_s: float = Field(description="Where this box stopped; 0 for the beginning")
    next_lesson: int | None


class RecentPlay(BaseModel):
    """A course that the box played, by the play that was last."""

    model_config = ConfigDict(from_attributes=True)

    course: NumberText
    title: str
    lesson: int
    lesson_title: str
    poster: str | None
    position_s: float
    duration_s: float
    resume_s: float
    finished: bool
    last_at: datetime


class RecentPlays(BaseModel):
    """What the box played, newest first, each course once."""

    plays: list[RecentPlay]


class Place(BaseModel):
    """A region that a household may choose."""

    model_config = ConfigDict(from_attributes=True)

    code: RegionCode
    name: str
    level: Literal["province", "prefecture", "county", "township"]
    parent: str | None
    has_children: bool


class Regions(BaseModel):
    """Regions directly below one, or the topmost."""

    regions: list[Place]


class Refusal(BaseModel):
    """An event that counts nothing; sending it again will not help."""

    model_config = ConfigDict(from_attributes=True)

    index: int = Field(description="Place in the batch, from 0")
    code: str = Field(description=_REFUSAL_TEXT, json_schema_extra={"enum": list(REFUSALS)})


class Receipt(BaseModel):
    """What became of a batch; the three add up to its events. None has to be sent again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accepted": 2,
                    "unchanged": 1,
                    "refused": [{"index": 3, "code": "unknown_lesson"}],
                    "next_beat_s": 60,
                }
            ]
        }
    )

    accepted: int = Field(description="Events that said something new; they are stored for good")
    unchanged: int = Field(description="Events that said nothing new, such as resent ones")
    refused: list[Refusal]
    next_beat_s: int = Field(description="How often a playing box shall report from now on")


class ReceiptBody(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is written: by msgspec, some thousand times a second."""

    accepted: int
    unchanged: int
    refused: list[sorting.Refusal]
    next_beat_s: int

    @classmethod
    def of(cls, receipt: fold.Receipt, beat_s: int) -> ReceiptBody:
        """A receipt's body, with the cadence that the server wishes."""
        return cls(
            accepted=receipt.accepted,
            unchanged=receipt.unchanged,
            refused=receipt.refused,
            next_beat_s=beat_s,
        )


class EventForm(BaseModel):
    """One report on one play."""

    play: UUID = Field(description="UUIDv7 that the box made when the play began")
    lesson: int
    seq: int = Field(
        ge=0, le=2**31 - 1, description="Number of the viewer's action in this play, from 0"
    )
    at: int = Field(description="The box's clock at the event, ms since 1970")
    spans: list[tuple[float, float]] = Field(
        [], description="Parts of the lesson seen since the last event, [from_s, to_s)"
    )
    watch_s: float = Field(
        0, ge=0, description="Time spent playing since the play began, by the monotonic clock"
    )
    position_s: float = Field(0, ge=0)
    speed: float = Field(1, ge=0, le=64, description="From 3 on, nothing counts as seen")
    state: str = Field(
        "playing",
        pattern="^[a-z_]{1,16}$",
        examples=["playing", "ended"],
        description=f"One of {', '.join(LETTERS)}; any other word is kept as unknown",
    )
    boot: str | None = Field(
        None, description="Boot id at the event, if another than the batch's: kept through a reboot"
    )
    people: int = Field(
        0,
        ge=0,
        le=MOST_PEOPLE,
        description=f"People present in a village's hall, counted apart from {SMALLEST_GROUP} on;"
        " the play itself stays one play",
    )


class EventBatch(BaseModel):
    """Documents the body of `POST events`; the collector reads it by a faster way."""

    sent: int = Field(description="The box's clock at sending, ms since 1970")
    boot: str = Field("", description="Identifies the time since the box's power-on")
    events: Annotated[list[EventForm], Field(max_length=200)]


EVENT_EXAMPLE = {
    "sent": 1767226330000,
    "boot": "0198c4b0-7b1e-7000-8000-000000000001",
    "events": [
        {
            "play": "019b76da-a800-7000-8000-00000000abcd",
            "lesson": 1,
            "seq": 0,
            "at": 1767226325000,
            "spans": [[0, 25.0]],
            "watch_s": 25.0,
            "position_s": 25.0,
            "speed": 1,
            "state": "playing",
        }
    ],
}
