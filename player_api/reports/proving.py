"""Proving statements by the database: each made again from its plays, and held to the tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from player_api.reports import months
from player_api.reports.bodies import SUMS, Body, canonical, count_month, late_lines, written_body
from player_api.reports.chain import Finding, check_chain, is_sound
from player_api.reports.kept import reduced_through
from player_api.reports.named_sql import query
from player_api.reports.periods import months_and_days
from player_api.reports.queries import binary_rows
from player_api.reports.sets import read_set
from player_api.reports.statements import Copy, copies_in_database, copy_of, statement_of
from player_api.reports.tables import MonthCut
from player_api.reports.tallies import TALLIES, Tally

LONGEST_LIST = 12
COUNTY_DIGITS, PREFECTURE_DIGITS = 6, 4

# By month and place, the figures that must be there.
Expected = defaultdict[tuple[str, str], list[int]]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was proved, and what is wrong.

    rerun: months made again from their plays, byte for byte. reduced: months whose plays are
    gone by order, which are proved by their hash, their signature and the tallies alone.
    """

    statements: list[str]
    rerun: list[str]
    reduced: list[str]
    findings: list[Finding]


def prove_statements(
    session: Session,
    *,
    trusted: Collection[bytes] = (),
    witnesses: Mapping[str, str] | None = None,
) -> Proof:
    """Prove every statement in the database."""
    copies = copies_in_database(session)
    findings = check_chain(copies, trusted=trusted, witnesses=witnesses)
    reduced = reduced_through(session)
    kept = [copy for copy in copies if is_sound(copy) and (not reduced or copy.month > reduced)]
    for copy in kept:
        findings += rerun(session, copy)
    sound = [copy for copy in copies if is_sound(copy)]
    late = _all_late(session, sound)
    findings += check_tallies(session, sound, late)
    findings += check_boxes(session, sound, late)
    return Proof(
        statements=[copy.label for copy in copies],
        rerun=[copy.label for copy in kept],
        reduced=[copy.label for copy in copies if reduced and copy.month <= reduced],
        findings=sorted(findings, key=lambda one: (one.month, one.code)),
    )


def rerun_month(session: Session, month: date) -> list[Finding]:
    """Make the statement of a month again; what is different. Raises StatementNotFound."""
    return list(rerun(session, copy_of(statement_of(session, month))))


def rerun(session: Session, copy: Copy) -> Iterator[Finding]:
    """What is different when the body is made again from the plays as they were."""
    body = copy.values
    if body is None:
        return
    previous = months.before(copy.month) if body["previous"] else None
    counted = count_month(session, copy.month, previous, body["format"])
    again = written_body(body, counted)
    if canonical(again) != copy.body:
        found = list(differences(body, again))
        more = f", and {len(found) - LONGEST_LIST} more" if len(found) > LONGEST_LIST else ""
        detail = f"the plays say otherwise: {'; '.join(found[:LONGEST_LIST])}{more}"
        yield Finding(month=copy.label, code="plays", detail=detail)


def remade(session: Session, month: date) -> bytes:
    """The body of a statement, made again. Raises StatementNotFound."""
    body = copy_of(statement_of(session, month)).values or {}
    previous = months.before(month) if body["previous"] else None
    counted = count_month(session, month, previous, body["format"])
    return canonical(written_body(body, counted))


def differences(stated: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where two bodies differ, each place with both values."""
    if isinstance(stated, dict) and isinstance(found, dict):
        for key in sorted(stated.keys() | found.keys()):
            yield from differences(stated.get(key), found.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(stated, list) and isinstance(found, list):
        before, after = _keyed(stated), _keyed(found)
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{path}[{key}]")
    elif stated != found:
        yield f"{path} {_short(stated)} → {_short(found)}"


def check_tallies(
    session: Session, copies: Sequence[Copy], late: Sequence[Body]
) -> Iterator[Finding]:
    """Hold the tallies to the statements: what was stated, and what the late lines added.

    It needs no plays, so it holds for months whose plays are gone.
    """
    if not copies:
        return
    of_counties = _expected(copies, late)
    for table, tally in TALLIES.items():
        if set(SUMS) <= set(tally.figures):
            yield from _check_tally(session, table, tally, copies, of_counties)


def check_boxes(
    session: Session, copies: Sequence[Copy], late: Sequence[Body]
) -> Iterator[Finding]:
    """Hold the sets of boxes of whole months to the statements, by place; they need no plays.

    They may be off by the boxes whose plays changed afterwards, and by none where nothing did.
    """
    for copy in copies:
        days = {"start": copy.month, "end": months.last_day(copy.month)}
        # Else a day waits for its roll-up, and the month for it.
        if not months_and_days(session, **days).months:
            continue
        found = binary_rows(session, "reach_of_month", month=copy.month)
        sets = {row.region_code: read_set(row.boxes) for row in found}
        sets[""] = BitMap.union(BitMap(), *(sets[code] for code in sets if len(code) == 2))
        changed = sum(line["totals"]["boxes"] for line in late if line["month"] == copy.label)
        stated = _boxes_stated(copy.values or {})
        for code in sorted(sets.keys() | stated.keys()):
            boxes, kept = stated.get(code, 0), len(sets.get(code, ()))
            # Of the province itself, a statement has no line.
            if len(code) != 2 and abs(kept - boxes) > changed:
                where = code or "everywhere"
                detail = f"reach has {kept} boxes of {where}, stated {boxes}, changed {changed}"
                yield Finding(month=copy.label, code="boxes", detail=detail)


def _boxes_stated(body: Body) -> dict[str, int]:
    """How many boxes by place; in a list of counties, a prefecture is not the whole of it."""
    places = {COUNTY_DIGITS: "counties", PREFECTURE_DIGITS: "prefectures"}
    return {"": body.get("figures", {}).get("totals", {}).get("boxes", 0)} | {
        line["region"]: line.get("boxes", 0)
        for digits, kind in places.items()
        for line in _lines(body, kind)
        if len(line["region"]) == digits
    }


def _lines(body: Body, kind: str) -> list[Body]:
    found: list[Body] = body.get("figures", {}).get(kind, [])
    return found


def _check_tally(
    session: Session, table: str, tally: Tally, copies: Sequence[Copy], of_counties: Expected
) -> Iterator[Finding]:
    """By prefecture where the tally has nothing finer, else by county."""
    place = next(name for name in tally.by if name.endswith("_code"))
    digits = PREFECTURE_DIGITS if place == "prefecture_code" else COUNTY_DIGITS
    expected = _nothing_expected()
    for (month, county), stated in of_counties.items():
        _add(expected[month, county[:digits]], stated)
    statement = query("tally_sums").format(table=table, day=tally.day, place=place, digits=digits)
    values = {"start": copies[0].month, "end": months.after(copies[-1].month)}
    for row in session.connection().exec_driver_sql(statement, values):
        stated = expected.pop((months.written(row.month), row.place), [0] * len(SUMS))
        tallied = [int(getattr(row, name)) for name in SUMS]
        if stated != tallied:
            yield _untrue_tally(table, months.written(row.month), row.place, stated, tallied)
    for (month, code), stated in expected.items():
        if any(stated):
            yield _untrue_tally(table, month, code, stated, [0] * len(SUMS))


def _all_late(session: Session, copies: Sequence[Copy]) -> list[Body]:
    """What came late, as the statements have it and as the next one will."""
    if not copies:
        return []
    newest = copies[-1].month
    pending = late_lines(session, months.after(newest), newest)
    # A month whose statement is being counted: what came since its line is another late line.
    if cut := session.scalar(select(MonthCut.month).where(MonthCut.month > newest)):
        pending += late_lines(session, months.after(cut), cut)
    return [*(late for copy in copies for late in (copy.values or {}).get("late", [])), *pending]


def _expected(copies: Sequence[Copy], late: Sequence[Body]) -> Expected:
    """What every county's tallies of every stated month must be."""
    expected = _nothing_expected()
    stated = {copy.label for copy in copies}
    bodies = [copy.values or {} for copy in copies]
    lines = [(body["month"], line) for body in bodies for line in _lines(body, "counties")]
    lines += [(one["month"], line) for one in late for line in one["counties"]]
    for month, line in lines:
        if month in stated:
            _add(expected[month, line["region"]], [line[name] for name in SUMS])
    return expected


def _nothing_expected() -> Expected:
    return defaultdict(lambda: [0] * len(SUMS))


def _add(total: list[int], further: Sequence[int]) -> None:
    total[:] = [a + b for a, b in zip(total, further, strict=True)]


def _untrue_tally(
    table: str, month: str, place: str, stated: list[int], tallied: list[int]
) -> Finding:
    detail = f"{table} says {tallied} of {place}, stated and late together {stated}"
    return Finding(month=month, code="tallies", detail=detail)


def _keyed(lines: list[Any]) -> dict[str, Any]:
    """The lines of a list by what tells them apart."""
    names = ("region", "course", "lesson", "day", "month")
    return {
        ",".join(str(line[name]) for name in names if name in line) or str(number): line
        for number, line in enumerate(lines)
    }


def _short(value: Any) -> str:
    return "a line" if isinstance(value, dict | list) else str(value) if value is not None else "–"
