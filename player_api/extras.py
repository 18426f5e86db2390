"""What a lesson's package has beside its picture, as players are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.storage import Storage
from transcode.tables import Package, Video


@dataclass(frozen=True, kw_only=True, slots=True)
class Captions:
    """A caption track in one piece, for players that don't read it from the playlist."""

    name: str
    language: str | None
    forced: bool
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Soundtrack:
    """A sound track that the playlist offers, by the name that it has there."""

    name: str
    language: str | None
    default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Extras:
    hevc_playlist: str | None
    storyboard: str | None
    captions: list[Captions]
    soundtracks: list[Soundtrack]
    chapters: list[Chapter]


def extras_of(session: Session, storage: Storage, video: Video) -> Extras:
    """What the package that boxes play has; packages of earlier releases have nothing."""
    package = session.get(Package, video.package_id)
    report: dict[str, Any] = package.report if package else {}
    prefix = video.package_prefix
    return Extras(
        hevc_playlist=storage.url(f"{prefix}/hevc.m3u8") if report.get("hevc") else None,
        storyboard=(
            storage.url(f"{prefix}/storyboard/storyboard.vtt") if report.get("storyboard") else None
        ),
        captions=[
            Captions(
                name=told["name"],
                language=told["language"],
                forced=told["forced"],
                url=storage.url(f"{prefix}/{told['folder']}/captions.vtt"),
            )
            for told in report.get("captions", [])
        ],
        soundtracks=[
            Soundtrack(name=told["name"], language=told["language"], default=told["folder"] is None)
            for told in report.get("soundtracks", [])
        ],
        chapters=[Chapter(**told) for told in report.get("chapters", [])],
    )
