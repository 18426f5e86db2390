"""The page of invalid users: what they did, what was left out, and taking a flag back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from sqlalchemy import Row
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from app.accounts.access import local_path, operator_only, signed_in
from app.accounts.audit import record
from app.accounts.errors import NotAllowed
from app.accounts.tables import Account
from app.desk.answers import checked_kind, download
from app.desk.cards import Card
from app.desk.narrowing import plays_link
from app.desk.question import Question, QuestionDep, reading
from app.desk.sheet import Sheet, sheet_page
from app.desk.tables import Column, Line, Table
from app.pages import formats
from app.pages.texts import TEXTS, Translate
from app.web import HouseDep
from player_api import invalid
from player_api.reports.definitions import (
    MOST_ACTIONS_A_DAY,
    MOST_ACTIONS_A_MINUTE,
    MOST_WATCH_A_DAY_H,
)
from player_api.reports.kept import require_plays
from player_api.reports.queries import rows

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(operator_only)])

ADDRESS = "/desk/flags"
FLAGS_A_PAGE = 200
TOTAL = """
SELECT
    count(*) AS flags,
    count(*) FILTER (WHERE lifted_at IS NULL) AS standing,
    count(DISTINCT box_no) FILTER (WHERE lifted_at IS NULL) AS boxes,
    coalesce(sum(plays), 0)::bigint AS plays
FROM ({statement}) AS flag
"""


def whole_province_only(
    account: Annotated[Account, Depends(signed_in("admin", "operator"))],
) -> Account:
    """Whoever answers for all figures; a supervisor of one region looks on. Raises NotAllowed."""
    if account.region_code:
        raise NotAllowed("只有全省的管理员或运营账号可以恢复或重新标记。")
    return account


JudgeDep = Annotated[Account, Depends(whole_province_only)]


@router.get("/flags")
def flags_page(question: QuestionDep) -> Response:
    """The flags of the period, newest first."""
    with reading(question.house) as session:
        found = _flags(session, question, FLAGS_A_PAGE)
        account = question.account
        return sheet_page(
            session,
            question,
            _sheet(session, question, found),
            "desk/flags.html",
            flags=found,
            may_judge=account.role in ("admin", "operator") and not account.region_code,
        )


@router.get("/flags/table.{kind}")
def download_flags(question: QuestionDep, kind: str) -> Response:
    """All flags of the period as a file."""
    checked_kind(kind)
    with reading(question.house) as session:
        table = _table(question, _flags(session, question, None), [])
    return download(question, table, kind, table.name)


@router.post("/flags/lift")
def lift_flag(
    house: HouseDep,
    account: JudgeDep,
    box: Annotated[int, Form()],
    day: Annotated[date, Form()],
    back: Annotated[str, Form()] = ADDRESS,
) -> Response:
    """The box was a household after all: its day counts again."""
    return _judged(house, account, "flag_lifted", invalid.lift, box, day, back)


@router.post("/flags/unlift")
def unlift_flag(
    house: HouseDep,
    account: JudgeDep,
    box: Annotated[int, Form()],
    day: Annotated[date, Form()],
    back: Annotated[str, Form()] = ADDRESS,
) -> Response:
    """Leave the box's day out again."""
    return _judged(house, account, "flag_restored", invalid.unlift, box, day, back)


def _judged(
    house: HouseDep,
    account: Account,
    action: str,
    judge: Callable[..., Any],
    box: int,
    day: date,
    back: str,
) -> Response:
    with house.db.begin() as session:
        # First, as plays may just be reduced.
        invalid.stop_folds(session)
        require_plays(session, day)
        judge(session, box, day, now=datetime.now(UTC), by=account.name)
        record(session, account.id, action, f"box {box}", day=day.isoformat())
    return RedirectResponse(local_path(back, ADDRESS), 303)


def reason_of(reason: str, t: Translate) -> str:
    """Why the box was flagged; an operator's own words stay as they are."""
    key = f"flags.reason.{reason}"
    return t(key) if key in TEXTS else reason


def _flags(session: Session, question: Question, limit: int | None) -> Sequence[Row[Any]]:
    return rows(session, "flags", **_values_of(question), limit=limit)


def _values_of(question: Question) -> dict[str, Any]:
    asked = question.asked
    return {
        "start": asked.start,
        "end": asked.end,
        "region": asked.region,
        "zone": question.house.settings.time_zone,
    }


def _sheet(session: Session, question: Question, found: Sequence[Row[Any]]) -> Sheet:
    t = question.t
    total = rows(session, "flags", within=TOTAL, **_values_of(question), limit=None)[0]
    notes = [t("flags.cut", flags=FLAGS_A_PAGE)] if len(found) < total.flags else []
    return Sheet(
        title=t("flags.title"),
        lead=t(
            "flags.lead",
            minute=MOST_ACTIONS_A_MINUTE,
            day=MOST_ACTIONS_A_DAY,
            hours=MOST_WATCH_A_DAY_H,
        ),
        address=ADDRESS,
        table_title=t("flags.table"),
        empty=t("flags.empty"),
        cards=[
            Card(name="standing", label=t("flags.standing"), value=formats.count(total.standing)),
            Card(name="boxes", label=t("flags.boxes"), value=formats.count(total.boxes)),
            Card(name="plays", label=t("flags.plays"), value=formats.count(total.plays)),
        ],
        table=_table(question, found, notes),
    )


def _table(question: Question, found: Sequence[Row[Any]], notes: list[str]) -> Table:
    t = question.t
    return Table(
        name="flags",
        columns=[
            Column(heading=t("flags.day"), kind="day"),
            Column(heading=t("flags.number"), kind="count"),
            Column(heading=t("flags.box"), only_download=True),
            Column(heading=t("column.code"), only_download=True),
            Column(heading=t("column.region")),
            Column(heading=t("flags.reason")),
            Column(heading=t("flags.actions"), kind="count"),
            Column(heading=t("flags.plays"), kind="count"),
            Column(heading=t("flags.flagged_at"), kind="moment"),
            Column(heading=t("flags.state")),
            Column(heading=t("flags.lifted_at"), kind="moment", only_download=True),
        ],
        lines=[
            Line(
                values=_values(row, t),
                links=_links(question, row),
                is_faint=row.lifted_at is not None,
            )
            for row in found
        ],
        notes=notes,
        go_column=-1,
    )


def _links(question: Question, row: Row[Any]) -> dict[int, str]:
    """From the box and the number of its plays to all that it played on the day."""
    link = plays_link(question.asked.between(row.day, row.day), box=str(row.box_no))
    return {1: link, 7: link}


def _values(row: Row[Any], t: Translate) -> tuple[Any, ...]:
    return (
        row.day.isoformat(),
        row.box_no,
        str(row.box_id),
        row.region_code,
        row.region_name or row.region_code,
        reason_of(row.reason, t),
        row.actions,
        row.plays,
        row.flagged_at,
        t("flags.lifted", by=row.lifted_by or "") if row.lifted_at else t("flags.in_force"),
        row.lifted_at,
    )
