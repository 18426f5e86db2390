"""Monthly statements at the desk: the chain, each month as page, Excel book and signed file."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response, StreamingResponse

from app.accounts.access import OperatorDep, operator_only
from app.accounts.errors import NotAllowed
from app.accounts.tables import Account
from app.desk.answers import MEDIA_TYPES, PIECES, checked_kind
from app.desk.columns import shown
from app.desk.definitions import definitions_in_short
from app.desk.navigation import WAYS
from app.desk.question import Question, QuestionDep
from app.desk.statement_book import book_bytes
from app.desk.statement_tables import Shown, county_courses, list_table, shown_statement, totals_of
from app.freezing import freeze, witnesses
from app.house import House
from app.pages.rendering import page
from app.web import HouseDep
from player_api.reports import months, open_data
from player_api.reports.chain import check_chain, is_whole
from player_api.reports.errors import NothingToFreeze, StatementDamaged
from player_api.reports.freezing import DEFINITIONS, next_month
from player_api.reports.kept import reduced_through, require_plays
from player_api.reports.proving import rerun_month
from player_api.reports.signing import public_bytes, public_pem, statement_key
from player_api.reports.statements import Copy, copies_in_database, copy_of, statement_of

router = APIRouter(
    prefix="/desk/statements", include_in_schema=False, dependencies=[Depends(operator_only)]
)

LICENCE = "CC BY 4.0"


def whole_province(account: OperatorDep) -> Account:
    """An account that sees every region; what is signed as a whole is for these. Raises
    NotAllowed.
    """
    if account.region_code:
        raise NotAllowed("签名报表覆盖全部地区，您的账号只能查看本地区的数据。")
    return account


def freezer(account: Annotated[Account, Depends(whole_province)]) -> Account:
    """An account that may freeze a month. Raises NotAllowed."""
    if account.role not in ("admin", "operator"):
        raise NotAllowed("只有运营人员和管理员可以冻结月报。")
    return account


WholeDep = Annotated[Account, Depends(whole_province)]
FreezerDep = Annotated[Account, Depends(freezer)]


@router.get("")
def all_statements(question: QuestionDep) -> Response:
    """Every frozen month with the state of the chain, and the month that can be frozen."""
    house, account = question.house, question.account
    with house.db.begin() as session:
        copies = copies_in_database(session)
        findings = check_chain(copies, witnesses=witnesses(session))
        due = next_month(session, datetime.now(UTC), house.settings.zone)
        reduced = reduced_through(session)
        open_months = open_data.months_to_publish(session, question.today)
    region = account.region_code or ""
    return _page(
        question,
        "desk/statements.html",
        rows=[_row(copy, region) for copy in reversed(copies)],
        findings=findings,
        broken={one.month for one in findings},
        due=months.written(due) if due else None,
        reduced=months.written(reduced) if reduced else None,
        may_freeze=account.role in ("admin", "operator") and not region,
        region=region,
        freeze_day=house.settings.freeze_day,
        open_months=[months.written(month) for month in open_months],
    )


@router.get("/table.{kind}")
def download_list(question: QuestionDep, kind: str) -> Response:
    """The list of statements as a file, with whole hashes."""
    checked_kind(kind)
    region = question.account.region_code or ""
    with question.house.db.begin() as session:
        copies = copies_in_database(session)
        broken = {one.month for one in check_chain(copies, witnesses=witnesses(session))}
    rows = [_row(copy, region) for copy in reversed(copies)]
    content = PIECES[kind](list_table(rows, broken, question.t), question.wording)
    name = f"nongke-statements{'_' + region if region else ''}.{kind}"
    return _file(b"".join(content), MEDIA_TYPES[kind], name)


@router.post("/freeze")
def freeze_one(
    house: HouseDep, account: FreezerDep, month: Annotated[str, Form()] = ""
) -> Response:
    """Freeze the month that the button named."""
    if not month:
        raise NothingToFreeze
    wanted = months.read_month(month)
    freeze(house, wanted, datetime.now(UTC), by=account.name, account_id=account.id)
    return RedirectResponse(f"/desk/statements/{month}", 303)


@router.get("/public-key.pem")
def public_key(house: HouseDep) -> Response:
    """The key that statements are signed with, its public half."""
    pem = public_pem(public_bytes(statement_key(house.settings)))
    return _file(pem, "application/x-pem-file", "nongke-public-key.pem")


@router.get("/open-data.zip")
def open_figures(question: QuestionDep, _account: WholeDep, month: str = "") -> Response:
    """Anonymised figures of a month, or of all of the period, with a description of columns."""
    start, end = question.asked.start, question.asked.end
    if month:
        start = months.read_month(month)
        end = months.last_day(start)
    whole = open_data.whole_months(start, end, question.today)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it is sent)
    _write_zip(file, question.house, whole)
    file.seek(0)
    name = f"nongke-open-data_{start}_{end}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_blocks(file), media_type="application/zip", headers=headers)


@router.get("/{month}.json")
def signed_text(house: HouseDep, month: str, _account: WholeDep) -> Response:
    """The very bytes that are hashed and signed."""
    copy = _copy(house, month)
    return _file(copy.body, "application/json", f"{copy.label}.json")


@router.get("/{month}.sig")
def signature(house: HouseDep, month: str, _account: WholeDep) -> Response:
    """The signature over the text's hash: 64 bytes, as openssl reads them."""
    copy = _copy(house, month)
    return _file(copy.signature, "application/octet-stream", f"{copy.label}.sig")


@router.get("/{month}.pem")
def key_of_month(house: HouseDep, month: str, _account: WholeDep) -> Response:
    """The key that signed this month."""
    copy = _copy(house, month)
    return _file(public_pem(copy.public_key), "application/x-pem-file", f"{copy.label}.pem")


@router.get("/{month}.xlsx")
def book(question: QuestionDep, month: str) -> Response:
    """The statement as an Excel book; of a supervisor's region alone, for a supervisor."""
    copy = _copy(question.house, month)
    region = question.account.region_code or ""
    found = shown_statement(_body(copy), region, question.t)
    t = question.t
    tables = [(t(f"statement.sheet.{table.name}"), table) for table in found.tables]
    tables += [(t("statement.sheet.late", month=one.name), one) for one in found.late]
    content = book_bytes(
        f"{copy.label}", _facts(copy, found, region, question), tables, question.wording
    )
    name = f"nongke-statement_{copy.label}{'_' + region if region else ''}.xlsx"
    return _file(content, MEDIA_TYPES["xlsx"], name)


@router.get("/{month}/rerun")
def rerun(question: QuestionDep, month: str, _account: WholeDep) -> Response:
    """Make the statement again from its plays: a note for the page that says how it came out."""
    wanted = months.read_month(month)
    with question.house.db.begin() as session:
        require_plays(session, wanted)
        findings = rerun_month(session, wanted)
    return page(question.request, "desk/rerun.html", findings=findings)


@router.get("/{month}")
def one_statement(question: QuestionDep, month: str) -> Response:
    """A statement as a page, made to be printed on A4."""
    copy = _copy(question.house, month)
    region = question.account.region_code or ""
    body = _body(copy)
    with question.house.db.begin() as session:
        copies = copies_in_database(session)
        known = witnesses(session)
        reduced = reduced_through(session)
    findings = [one for one in check_chain(copies, witnesses=known) if one.month == copy.label]
    found = shown_statement(body, region, question.t)
    counties = county_courses(body, region, question.t)
    return _page(
        question,
        "desk/statement.html",
        counties=counties,
        copy=copy,
        body=body,
        totals=found.totals,
        tables={table.name: table for table in found.tables},
        late=found.late,
        facts=_facts(copy, found, region, question),
        findings=findings,
        definitions=_definitions(body, question),
        current_definitions=DEFINITIONS,
        region=region,
        region_name=body["names"]["regions"].get(region, region),
        signature=copy.signature.hex(),
        is_reduced=bool(reduced and copy.month <= reduced),
    )


@router.get("/{month}/courses")
def courses_of_counties(question: QuestionDep, month: str, county: str = "") -> Response:
    """The courses of one county, or of each, on A4 as well."""
    copy = _copy(question.house, month)
    region = question.account.region_code or ""
    found = county_courses(_body(copy), region, question.t)
    return _page(
        question,
        "desk/statement_courses.html",
        copy=copy,
        counties=[one for one in found if county in ("", one.code)],
        region=region,
        signature=copy.signature.hex(),
    )


def _page(question: Question, template: str, **context: Any) -> Response:
    wording = question.wording
    return page(
        question.request,
        template,
        asked=question.asked,
        ways=WAYS,
        zone=question.house.settings.time_zone,
        shown=lambda column, value: shown(column, value, wording),
        **context,
    )


def _row(copy: Copy, region: str) -> dict[str, Any]:
    """A line of the list. A text that cannot be read still has its line."""
    row = {"month": copy.label, "sha256": copy.sha256, "totals": None}
    if not is_whole(copy):
        return row
    body = _body(copy)
    return {
        **row,
        "totals": totals_of(body["figures"], region),
        "late": len(body["late"]),
        "frozen_at": body["frozen_at"][:16].replace("T", " "),
        "frozen_by": body["frozen_by"],
    }


def _facts(copy: Copy, found: Shown, region: str, question: Question) -> list[tuple[str, str]]:
    """What a reader must know to defend the figures: label and value."""
    t, body = question.t, _body(copy)
    inputs = body["inputs"]
    whole = [
        (t("statement.fact.month"), copy.label),
        (t("statement.fact.zone"), body["time_zone"]),
        (t("statement.fact.frozen"), f"{body['frozen_at']} · {body['frozen_by']}"),
        (t("statement.fact.definitions"), body["definitions"]),
        # How many plays all regions have is not for the supervisor of one.
        (t("statement.fact.hashed"), inputs["sha256"])
        if region
        else (t("statement.fact.inputs"), f"{inputs['plays']} · {inputs['sha256']}"),
        (t("statement.fact.hash"), copy.sha256),
        (t("statement.fact.previous"), body["previous"] or t("statement.first")),
        (t("statement.fact.signature"), copy.signature.hex()),
        (t("statement.fact.key"), copy.public_key.hex()),
    ]
    if not region:
        invalid = str(body["invalid_users"]["boxes"])
        return [*whole, (t("statement.fact.invalid"), invalid)]
    name = body["names"]["regions"].get(region, region)
    plays = t("statement.region.plays", plays=found.totals["plays"])
    return [(t("statement.fact.region"), f"{name} · {plays}"), *whole]


def _definitions(body: dict[str, Any], question: Question) -> list[tuple[str, str]]:
    """What the statement's figures mean; nothing if they were counted by other definitions."""
    if body["definitions"] != DEFINITIONS:
        return []
    return definitions_in_short(question.t, body["time_zone"])


def _copy(house: House, month: str) -> Copy:
    with house.db.begin() as session:
        return copy_of(statement_of(session, months.read_month(month)))


def _body(copy: Copy) -> dict[str, Any]:
    if not is_whole(copy):
        raise StatementDamaged(f"{copy.label} 的报表内容已被破坏，请用备份核对。")
    return copy.values or {}


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=kind, headers=headers)


def _write_zip(file: IO[bytes], house: House, whole: list[date]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with house.db.begin() as session, archive.open(open_data.FILE, "w") as entry:
            for line in open_data.lines(session, whole):
                entry.write(line)
        archive.writestr("README.md", open_data.description(whole, LICENCE))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(64 * 1024):
            yield block
