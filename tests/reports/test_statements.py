"""Frozen months: made once, chained and signed, made again byte for byte, proved by anybody."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.accounts.tables import AuditEntry
from app.freezing import freeze_due, reduce_due
from app.house import House
from player_api.reports import bodies, freezing, months
from player_api.reports.tables import Statement
from player_api.reports.tallies import TALLIES, rebuild, recount
from player_api.tables import Play
from tests.reports.history import KEEP, History, days
from tests.service import Service, wait_until


@pytest.fixture
def history(house: House) -> History:
    return History(house)


@pytest.fixture
def three_months(history: History) -> History:
    """Plays in three months, the first two of which are frozen; then the past changed."""
    first, second = history.first, history.second
    on_3rd, on_4th = days(first, 3, 4)
    more, moved = history.watch(on_3rd, 20), history.watch(days(second, 2)[0])
    history.watch(on_4th, title="苗绣", region="5203")
    flagged = history.watch(on_4th, box=history.watch(on_3rd).box)
    history.watch(on_4th, 2)
    history.receive(on_3rd)
    history.flag(flagged.box, on_4th)
    history.freeze()
    history.watch(days(second, 5)[0], region="520102")
    history.goes_on(more, 58)
    history.freeze()
    history.watch(on_4th, 40, region="520102")
    history.lift(flagged.box, on_4th)
    history.began(moved, days(second, 1)[0] - timedelta(days=1))
    history.watch(days(history.third, 9)[0])
    return history


def body_of(history: History, month: object) -> dict:  # type: ignore[type-arg]
    with history.house.db.begin() as session:
        return json.loads(session.get_one(Statement, month).body)  # type: ignore[no-any-return]


def findings(service: Service, *options: str) -> list[tuple[str, str]]:
    found = service.run("reports", "verify", "--json", *options, check=False)
    answer = json.loads(found.stdout)
    assert found.returncode == (1 if answer["findings"] else 0)
    return [(one["month"], one["code"]) for one in answer["findings"]]


def test_a_statement_holds_the_sums_of_its_plays_by_every_way(three_months: History) -> None:
    body = body_of(three_months, three_months.first)
    figures = body["figures"]

    assert figures["totals"] == {
        "plays": 3,
        "effective": 2,
        "completed": 2,
        "watch_ms": 140_021,
        "distinct_ms": 140_000,
        "boxes": 3,
    }
    assert body["inputs"]["plays"] == 3
    assert [line["region"] for line in figures["counties"]] == ["5203", "520302"]
    assert [line["plays"] for line in figures["days"]] == [2, 1]
    for kind in bodies.LISTS:
        for name in bodies.SUMS:
            assert sum(line[name] for line in figures[kind]) == figures["totals"][name]
    for county in figures["counties"]:
        courses = [one for one in figures["county_courses"] if one["region"] == county["region"]]
        for name in bodies.SUMS:
            assert sum(line[name] for line in courses) == county[name]
    assert body["receipts"] == {
        "received": 10,
        "counted": 5,
        "unchanged": 2,
        "late": 1,
        "invalid_user": 0,
        "refused": 2,
        "refusals": {"too_old": 2},
    }
    assert body["invalid_users"]["boxes"] == 1
    assert body["names"]["regions"]["520302"] == "红花岗区"


def test_a_statement_of_the_older_format_is_proved_byte_for_byte(
    history: History, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.watch(days(history.first, 3)[0])
    older = "nongke-statement/1"
    with monkeypatch.context() as release:
        release.setattr(freezing, "FORMAT", older)
        release.setattr(freezing, "count_month", partial(bodies.count_month, written_as=older))
        history.freeze()
    history.watch(days(history.second, 3)[0])
    history.freeze()

    first, second = (body_of(history, month) for month in (history.first, history.second))
    assert (first["format"], second["format"]) == ("nongke-statement/1", "nongke-statement/2")
    assert "county_courses" not in first["figures"] and second["figures"]["county_courses"]
    assert findings(service) == []
    for month in (history.first, history.second):
        assert "byte for byte" in service.run("reports", "rerun", months.written(month)).stdout


def test_what_changes_after_the_freeze_is_the_late_line_of_the_next(three_months: History) -> None:
    first = months.written(three_months.first)
    late = body_of(three_months, three_months.second)["late"]

    assert [line["month"] for line in late] == [first]
    assert late[0]["totals"] == {
        "changed_plays": 1,
        "boxes": 1,
        "plays": 0,
        "effective": 1,
        "completed": 1,
        "watch_ms": 38_000,
        "distinct_ms": 38_000,
    }

    three_months.freeze()
    earlier, later = body_of(three_months, three_months.third)["late"]
    assert earlier["month"] == first
    # A new play, one whose flag was lifted, one that had begun the day before its month.
    assert earlier["totals"]["changed_plays"] == 3
    assert earlier["totals"]["plays"] == 3
    assert {line["region"]: line["plays"] for line in earlier["counties"]} == {
        "520102": 1,
        "520302": 2,
    }
    assert later["totals"]["plays"] == -1
    assert later["counties"][0]["watch_ms"] == -60_007


def test_what_arrives_while_statements_are_proved_is_no_finding(
    history: History, service: Service
) -> None:
    watched = history.watch(days(history.first, 3)[0], 20)
    history.freeze()
    waits = "SELECT 1 FROM pg_locks WHERE relation = 'tally_place'\\:\\:regclass AND NOT granted"
    with ThreadPoolExecutor(1) as auditors:
        with history.house.db.begin() as session:
            session.execute(text("LOCK TABLE tally_place IN ACCESS EXCLUSIVE MODE"))
            found = auditors.submit(findings, service)
            wait_until(lambda: session.execute(text(waits)).first(), what="the proof to wait")
            session.execute(KEEP, {"ids": [watched.id]})
            longer = "UPDATE play_row SET watched = '{[0,50000)}' WHERE id = :id"
            session.execute(text(longer), {"id": watched.id})
            rebuild(session)
        assert found.result() == []
    assert findings(service) == []


def test_every_month_is_made_again_byte_for_byte_whatever_came_later(
    three_months: History, service: Service
) -> None:
    three_months.freeze()
    three_months.goes_on(three_months.watch(days(three_months.first, 20)[0], 5), 60)

    for month in (three_months.first, three_months.second, three_months.third):
        answer = service.run("reports", "rerun", months.written(month))
        assert "byte for byte" in answer.stdout
    assert findings(service) == []


def test_months_are_frozen_once_in_order_and_only_when_they_are_over(
    history: History, service: Service
) -> None:
    history.watch(days(history.second, 1)[0])
    this_month = months.written(months.month_of(datetime.now(history.house.settings.zone).date()))
    first, second = months.written(history.second), months.written(history.third)

    assert service.run("reports", "freeze", this_month, check=False).stderr.startswith(
        "month_not_over"
    )
    assert service.run("reports", "freeze").stdout.startswith(first)
    again = service.run("reports", "freeze", first, check=False)
    assert (again.returncode, again.stderr.split(":")[0]) == (3, "month_frozen")
    gap = months.written(months.after(history.third))
    assert service.run("reports", "freeze", gap, check=False).stderr.startswith("out_of_order")
    assert service.run("reports", "freeze", second).stdout.startswith(second)


def test_the_schedule_freezes_on_its_day_and_makes_up_for_nights_it_missed(
    history: History,
) -> None:
    history.watch(days(history.first, 1)[0])
    zone = history.house.settings.zone
    due = months.starts_at(history.second, zone) + timedelta(days=4, hours=3)

    assert freeze_due(history.house, due - timedelta(seconds=1)) == []
    assert freeze_due(history.house, due) == [history.first]
    late = months.starts_at(months.after(history.third), zone) + timedelta(days=20)
    by_hand = history.house.settings.model_copy(update={"freeze_day": 0})
    assert freeze_due(replace(history.house, settings=by_hand), late) == []
    assert freeze_due(history.house, late) == [history.second, history.third]


Tamper = Callable[[History], None]


def _lower(history: History) -> None:
    with history.house.db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE statement SET body = convert_to(replace(convert_from(body, 'UTF8'),"
            """ '"completed":2', '"completed":1'), 'UTF8') WHERE month = %(month)s""",
            {"month": history.first},
        )


def _lower_with_its_hash(history: History) -> None:
    _lower(history)
    history.execute(
        "UPDATE statement SET sha256 = encode(sha256(body), 'hex') WHERE month = :month",
        month=history.first,
    )


def _remove(history: History) -> None:
    history.execute("DELETE FROM statement WHERE month = :month", month=history.second)


def _remove_newest(history: History) -> None:
    history.execute("DELETE FROM statement WHERE month = :month", month=history.third)


def _swap(history: History) -> None:
    history.execute(
        "UPDATE statement AS one SET body = other.body, signature = other.signature"
        " FROM statement AS other"
        " WHERE one.month IN (:second, :third) AND other.month IN (:second, :third)"
        " AND one.month <> other.month",
        second=history.second,
        third=history.third,
    )


def _other_key(history: History) -> None:
    (history.house.settings.home / "statement-key.pem").unlink()
    history.execute("DELETE FROM statement WHERE month = :month", month=history.third)
    history.execute("DELETE FROM audit_entry WHERE subject = :m", m=months.written(history.third))
    history.freeze()


def _change_a_play(history: History) -> None:
    history.execute(
        "UPDATE play_row SET watch_ms = watch_ms + 1"
        " WHERE region_no = region_no_of('520102') AND day >= :month AND day < :end",
        month=history.second,
        end=history.third,
    )


def _delete_a_play(history: History) -> None:
    history.execute("DELETE FROM play_row WHERE day >= :month", month=history.third)


def _raise_a_tally(history: History) -> None:
    history.execute(
        "UPDATE tally_place SET plays = plays + 1 WHERE day >= :month AND day < :end",
        month=history.second,
        end=history.third,
    )


def _wrong_county(history: History) -> None:
    """A county's course was given to another county: the totals stay as they are."""
    with history.house.db.engine.begin() as connection:
        body = connection.exec_driver_sql(
            "SELECT body FROM statement WHERE month = %s", (history.first,)
        ).scalar_one()
        told = json.loads(body)
        for line in told["figures"]["county_courses"]:
            line["region"] = "520102"
        changed = bodies.canonical(told)
        connection.exec_driver_sql(
            "UPDATE statement SET body = %s, sha256 = encode(sha256(%s), 'hex') WHERE month = %s",
            (changed, changed, history.first),
        )


@pytest.mark.parametrize(
    ("tamper", "month", "codes"),
    [
        (_lower, "first", {"hash", "signature"}),
        (_lower_with_its_hash, "first", {"signature", "plays"}),
        (_remove, "second", {"missing"}),
        (_remove_newest, "third", {"missing"}),
        (_swap, "second", {"order", "hash"}),
        (_other_key, "third", {"key"}),
        (_change_a_play, "second", {"plays"}),
        (_delete_a_play, "third", {"plays"}),
        (_raise_a_tally, "second", {"tallies"}),
        (_wrong_county, "first", {"sums", "plays"}),
    ],
    ids=lambda value: getattr(value, "__name__", "")[1:] or None,
)
def test_whatever_is_tampered_with_is_named_by_its_month(
    three_months: History, service: Service, tamper: Tamper, month: str, codes: set[str]
) -> None:
    three_months.freeze()
    tamper(three_months)

    found = findings(service)
    label = months.written(getattr(three_months, month))
    assert codes <= {code for where, code in found if where == label}


def test_a_changed_key_is_accepted_when_both_are_named(
    three_months: History, service: Service, tmp_path: Path
) -> None:
    three_months.freeze()
    old = tmp_path / "old.pem"
    old.write_text(service.run("reports", "public-key").stdout)
    _other_key(three_months)
    new = tmp_path / "new.pem"
    new.write_text(service.run("reports", "public-key").stdout)

    third = months.written(three_months.third)
    assert findings(service) == [(third, "key")]
    assert findings(service, "--public-key", str(old)) == [(third, "key")]
    assert findings(service, "--public-key", str(old), "--public-key", str(new)) == []


def test_exported_files_are_proved_without_a_database(
    three_months: History, service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "statements"
    service.run("reports", "export", str(folder))
    service.database_url = "postgresql://nobody@127.0.0.1:1/none"
    first, second = months.written(three_months.first), months.written(three_months.second)

    assert findings(service, "--from", str(folder)) == []

    body = (folder / f"{first}.json").read_text()
    (folder / f"{first}.json").write_text(body.replace('"effective":2', '"effective":3'))
    assert {month for month, _ in findings(service, "--from", str(folder))} == {first, second}


def test_openssl_and_sha256sum_agree(
    three_months: History, service: Service, tmp_path: Path
) -> None:
    service.run("reports", "export", str(tmp_path))
    first = months.written(three_months.first)
    plays = service.run("reports", "plays", first).stdout
    (tmp_path / "plays.txt").write_text(plays)
    steps = f"""
    sha256sum --check --strict SHA256SUMS
    openssl dgst -sha256 -binary {first}.json > digest
    openssl pkeyutl -verify -pubin -inkey {first}.pem -rawin -in digest -sigfile {first}.sig
    grep -F "$(sha256sum < plays.txt | cut -d ' ' -f 1)" {first}.json
    """
    assert shutil.which("openssl")
    subprocess.run(["sh", "-ec", steps], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / f"{first}.sig").write_bytes(b"x" * 64)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(["sh", "-ec", steps], cwd=tmp_path, check=True, capture_output=True)


def test_reduced_months_keep_their_tallies_and_their_proof(
    three_months: History, service: Service
) -> None:
    three_months.freeze()
    three_months.roll_up()
    with three_months.house.db.begin() as session:
        kept = session.scalar(
            select(func.count()).select_from(Play).where(Play.day >= three_months.second)
        )
    first, second = months.written(three_months.first), months.written(three_months.second)

    refused = service.run("reports", "reduce", "--before", second, check=False)
    assert refused.returncode == 1 and "cannot be undone" in refused.stdout
    answer = service.run("reports", "reduce", "--before", second, "--yes")
    assert answer.stdout.startswith("7 plays deleted")

    with three_months.house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(Play)) == kept
        assert recount(session) == []
    recounted = json.loads(service.run("reports", "recount", "--json").stdout)
    assert recounted["reduced_through"] == first and recounted["differences"] == 0
    assert findings(service) == []
    # The late lines about the reduced month are still made again; the month itself can't be.
    for month in (second, months.written(three_months.third)):
        service.run("reports", "rerun", month)
    gone = service.run("reports", "rerun", first, check=False)
    assert (gone.returncode, gone.stderr.split(":")[0]) == (3, "plays_reduced")
    with_figures = {name: one for name, one in TALLIES.items() if "effective" in one.figures}
    for table, tally in with_figures.items():
        three_months.execute(
            f"UPDATE {table} SET plays = plays + 1 WHERE {tally.day} < :second",
            second=three_months.second,
        )
    found = json.loads(service.run("reports", "verify", "--json", check=False).stdout)["findings"]
    assert {(one["month"], one["code"]) for one in found} == {(first, "tallies")}
    assert {one["detail"].split()[0] for one in found} == set(with_figures)


@pytest.mark.parametrize("why", ["month_not_frozen", "too_recent", "not_rolled_up"])
def test_plays_that_may_still_be_asked_for_are_not_reduced(
    history: History, service: Service, why: str
) -> None:
    month = history.first
    if why == "too_recent":
        month = months.before(months.month_of(history.now.astimezone().date()))
    history.watch(days(month, 1)[0])
    if why != "month_not_frozen":
        history.freeze()
    if why == "not_rolled_up":
        history.execute("INSERT INTO changed_day VALUES (:day, 2, 1)", day=month)

    before = months.written(months.after(month))
    answer = service.run("reports", "reduce", "--before", before, "--yes", check=False)
    assert (answer.returncode, answer.stderr.split(":")[0]) == (3, why)


def test_old_plays_go_by_schedule_as_far_as_they_may(three_months: History) -> None:
    house, now = three_months.house, three_months.now
    three_months.roll_up()
    assert reduce_due(house, now) == 0

    keeps_one = house.settings.model_copy(update={"keep_plays_months": 1})
    assert reduce_due(replace(house, settings=keeps_one), now) > 0
    with house.db.begin() as session:
        # The third month is not frozen yet.
        assert session.scalar(select(func.min(Play.day))) >= three_months.third
        assert recount(session) == []


def test_recount_shows_each_tally_and_names_a_difference(
    history: History, service: Service
) -> None:
    history.watch(days(history.first, 1)[0])
    answer = service.run("reports", "recount")
    assert answer.stdout.strip() == "0 differences"
    assert "tally_place" in answer.stderr and "1 rows" in answer.stderr

    history.execute("UPDATE tally_hour SET watch_ms = 1")
    answer = service.run("reports", "recount", "--json", check=False)
    assert answer.returncode == 1
    tables = {one["table"]: one for one in json.loads(answer.stdout)["tables"]}
    assert tables["tally_hour"]["differences"][0]["tallied"][3] == 1
    assert tables["tally_place"]["differences"] == []


def test_a_tally_that_differs_is_made_anew_once_somebody_says_yes(
    three_months: History, service: Service
) -> None:
    assert service.run("reports", "rebuild").stdout.strip() == "0 differences"
    three_months.roll_up()
    second = months.written(three_months.second)
    service.run("reports", "reduce", "--before", second, "--yes")
    three_months.execute("UPDATE tally_hour SET watch_ms = watch_ms + 1 WHERE day >= :second",
                         second=three_months.second)  # fmt: skip
    refused = service.run("reports", "rebuild", check=False)
    assert refused.returncode == 1 and "tally_hour: " in refused.stdout
    assert service.run("reports", "recount", check=False).returncode == 1

    answer = service.run("reports", "rebuild", "--yes")
    assert answer.stdout.strip().endswith("1 tallies made anew")
    assert service.run("reports", "recount").stdout.strip().endswith("0 differences")
    # Those of the month without plays are as they were.
    assert findings(service) == []
    with three_months.house.db.begin() as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "tallies_rebuilt")
        ).all()
        assert entry.subject == "tally_hour"


def test_the_key_is_made_once_and_nobody_else_may_read_it(service: Service) -> None:
    once = service.run("reports", "public-key").stdout
    assert once == service.run("reports", "public-key").stdout
    assert once.startswith("-----BEGIN PUBLIC KEY-----")
    assert (service.home / "statement-key.pem").stat().st_mode & 0o777 == 0o600
