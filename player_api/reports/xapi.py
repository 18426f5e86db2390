"""Plays as xAPI statements by the video profile (https://w3id.org/xapi/video), for training
records.

A play is the union of its reports: it is known when it began, when it was last heard of, and
which parts were seen, not each press of a key. So a play becomes ``initialized`` and ``played``
at its start, ``completed`` where it is, and ``terminated`` at its end; there is no ``paused`` or
``seeked`` that nobody can vouch for. An id is made of the play and what the statement says of
it: exported twice it is the same statement, and a play that changed since gives a new one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from player_api.clock import CORRECTED, GOOD, POOR
from player_api.reports.kept import require_plays
from player_api.reports.named_sql import query

VIDEO = "https://w3id.org/xapi/video"
EXTENSION = f"{VIDEO}/extensions/"
VERBS = {
    "initialized": "http://adlnet.gov/expapi/verbs/initialized",
    "played": f"{VIDEO}/verbs/played",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "terminated": "http://adlnet.gov/expapi/verbs/terminated",
}
COURSE = "http://adlnet.gov/expapi/activities/course"
ROWS_A_FETCH = 2000
# How far the box's clock was believed: clock.py.
GRADES = {GOOD: "good", CORRECTED: "corrected", POOR: "poor"}
RANGE = re.compile(r"\[(\d+),(\d+)\)")


@dataclass(frozen=True, kw_only=True)
class Export:
    """Which plays, and how boxes and lessons are called in them.

    region: an official code; empty for everywhere. site: what the addresses of lessons begin
    with. secret: boxes are known by a name made with it, which nobody can trace back.
    """

    start: date
    end: date
    region: str
    site: str
    secret: str

    def pseudonym(self, box_no: int) -> str:
        """The same for a box in every export, and no other box's."""
        words = f"xapi box {box_no}".encode()
        return hmac.new(self.secret.encode(), words, hashlib.sha256).hexdigest()[:32]


def statements(session: Session, export: Export) -> Iterator[bytes]:
    """A line of JSON a statement, read from the database as they are written.

    Raises PlaysReduced.
    """
    require_plays(session, export.start)
    values = {"start": export.start, "end": export.end, "region": export.region}
    connection = session.connection().execution_options(
        stream_results=True, max_row_buffer=ROWS_A_FETCH
    )
    for row in connection.exec_driver_sql(query("xapi"), values):
        for statement in of_play(row, export):
            yield json.dumps(statement, ensure_ascii=False).encode() + b"\n"


def of_play(row: Any, export: Export) -> list[dict[str, Any]]:
    """The statements of one play, in the order of what they tell."""
    spans = [(int(a), int(b)) for a, b in RANGE.findall(row.watched)]
    seen = {
        "progress": round(min(1.0, row.distinct_ms / row.duration_ms), 4),
        "played-segments": "[,]".join(f"{_seconds(a)}[.]{_seconds(b)}" for a, b in spans),
    }
    whole = {"duration": _duration(row.watch_ms)}
    told = {"time": row.position_ms / 1000, **seen}
    made = [
        _statement(row, export, "initialized", row.started_at, {}),
        _statement(row, export, "played", row.started_at, {"time": spans[0][0] / 1000}),
    ]
    if row.is_complete:
        told = {"time": row.position_ms / 1000, **seen}
        made.append(
            _statement(row, export, "completed", row.last_at, told, completion=True, **whole)
        )
    told = {"time": row.position_ms / 1000, **seen}
    made.append(_statement(row, export, "terminated", row.last_at, told, **whole))
    return made


def _statement(
    row: Any, export: Export, verb: str, at: datetime, told: dict[str, Any], **result: Any
) -> dict[str, Any]:
    facts = {EXTENSION + name: value for name, value in told.items()}
    content = json.dumps([verb, at.isoformat(), row.clock, facts, result], sort_keys=True)
    return {
        "id": str(uuid5(UUID(str(row.id)), content)),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": export.site, "name": export.pseudonym(row.box_no)},
        },
        "verb": {"id": VERBS[verb], "display": {"en-US": verb}},
        "object": _lesson(row, export),
        **({"result": {**result, "extensions": facts}} if facts else {}),
        "context": _context(row, export, verb),
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "version": "1.0.3",
    }


def _lesson(row: Any, export: Export) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": f"{export.site}/lessons/{row.lesson_id}",
        "definition": {
            "type": f"{VIDEO}/activity-type/video",
            "name": {"zh-CN": row.lesson_title or f"lesson {row.lesson_id}"},
        },
    }


def _context(row: Any, export: Export, verb: str) -> dict[str, Any]:
    extensions: dict[str, Any] = {
        "session-id": str(row.id),
        "length": round(row.duration_ms / 1000, 3),
    }
    if verb != "played":
        extensions["completion-threshold"] = row.completion_percent / 100
    course = {
        "objectType": "Activity",
        "id": f"{export.site}/courses/{row.course_id}",
        "definition": {
            "type": COURSE,
            "name": {"zh-CN": row.course_title or f"course {row.course_id}"},
        },
    }
    return {
        "registration": str(row.id),
        "language": "zh-CN",
        "platform": "Nongke",
        "contextActivities": {
            "category": [{"objectType": "Activity", "id": VIDEO}],
            "parent": [course],
        },
        "extensions": {
            **{EXTENSION + name: value for name, value in extensions.items()},
            f"{export.site}/xapi/extensions/region": row.region_code,
            f"{export.site}/xapi/extensions/clock": GRADES[row.clock],
        },
    }


def _seconds(ms: int) -> str:
    """Seconds with up to three decimals, as the profile writes them."""
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")


def _duration(ms: int) -> str:
    """ISO 8601, as xAPI wants it: hundredths of a second at most."""
    return f"PT{ms / 1000:.2f}S"
