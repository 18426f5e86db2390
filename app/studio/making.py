"""How a video was made, for the editor: what was mended, which rungs there are, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.studio.shelf import TROUBLE
from transcode.package_notes import TOLD, package_notes
from transcode.tables import Package, Video

# A sentence by language, beside whatever else the pipeline noted with it.
Told = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PublishedRung:
    """One rung of the package that boxes play. average_bps: with sound."""

    name: str
    average_bps: int


@dataclass(frozen=True, kw_only=True)
class Making:
    """What was made of a video. version: another one as soon as anything here is another."""

    version: str
    notes: tuple[Told, ...] = ()
    rungs: tuple[PublishedRung, ...] = ()
    reasons: tuple[Told, ...] = ()


def makings(session: Session, videos: Iterable[Video]) -> dict[UUID, Making]:
    """By video. One that was never planned has none, nor has one that nothing came of."""
    told = [v for v in videos if v.plan and (v.package_id or v.state not in TROUBLE)]
    published = _published(session, told)
    return {video.id: _making(video, published.get(video.id, {})) for video in told}


def _making(video: Video, package: Mapping[str, Any]) -> Making:
    assert video.plan is not None
    ladder = [*(package.get("rungs") or ()), *(package.get("hevc") or ())]
    heard = [asdict(note) for note in package_notes(package)]
    return Making(
        version=f"{(video.plan_hash or '')[:8]}-{video.package_id or ''}",
        notes=(*video.notes, *heard),
        rungs=tuple(
            PublishedRung(name=rung["name"], average_bps=rung["average_bps"]) for rung in ladder
        ),
        reasons=tuple(video.plan.get("reasons") or ()),
    )


def _published(session: Session, videos: Iterable[Video]) -> dict[UUID, dict[str, Any]]:
    """What the packages say of themselves, without their thousands of files."""
    package_ids = [video.package_id for video in videos if video.package_id]
    # All parts at once: each `->` would unpack the whole document anew.
    parts = [column(name, JSONB) for name in ("rungs", "hevc", *TOLD)]
    report = func.jsonb_to_record(Package.report).table_valued(*parts)
    report = report.render_derived(name="told", with_types=True)
    query = select(Package.video_id, *(report.c[part.name] for part in parts))
    query = query.select_from(Package).join(report, true())
    rows = session.execute(query.where(Package.id.in_(package_ids)))
    return {row.video_id: dict(row._mapping) for row in rows}
