"""An operator lifts the flag of an invalid user, and may put it back."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.freezing import freeze, reduce_before
from app.house import House
from player_api.boxes import help_number
from player_api.reports import months
from player_api.reports.reach import unique_boxes
from player_api.reports.rollups import roll_up
from player_api.reports.tallies import recount
from tests.desk.audience import Audience
from tests.player_api.box import waiting
from tests.service import Service, wait_until
from tests.visiting import Site, Visitor


@pytest.fixture
def flooder(house: House, audience: Audience) -> UUID:
    """A play with more actions than a household can have, flagged by the roll-up."""
    play = audience.watch("春茶", 60, region="520302")
    with house.db.begin() as session:
        session.execute(text("UPDATE play_row SET seq = 10000 WHERE id = :id"), {"id": play})
        session.execute(text("INSERT INTO changed_day (day) SELECT DISTINCT day FROM play"))
    assert roll_up(house, datetime.now(UTC)).flagged == 1
    return play


def flags(visitor: Visitor, **params: str) -> list[list[str]]:
    answer = visitor.get("/desk/flags/table.csv", **params)
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def plays(house: House) -> int:
    with house.db.begin() as session:
        assert recount(session) == []
        return session.execute(text("SELECT sum(plays) FROM tally_place")).scalar_one()


def deed(house: House, play: UUID) -> dict[str, str]:
    query = text("SELECT box_no, day FROM play WHERE id = :id")
    with house.db.begin() as session:
        box, day = session.execute(query, {"id": play}).one()
    return {"box": str(box), "day": day.isoformat()}


def test_a_flooding_box_is_listed_and_can_be_lifted_and_flagged_again(
    house: House, site: Site, audience: Audience, flooder: UUID
) -> None:
    operator = site.visitor("operator")
    (line,) = flags(operator)
    assert line[5:8] == ["每天操作过多", "10001", "1"]
    assert line[9] == "不计入"
    assert plays(house) == 5
    period = {"start": audience.today, "end": audience.today}
    with house.db.begin() as session:
        assert unique_boxes(session, **period) == 1

    operator.get("/desk/flags")
    answer = operator.post("/desk/flags/lift", **deed(house, flooder))
    assert answer.status_code == 303
    assert flags(operator)[0][9] == "已恢复（operator）"
    assert plays(house) == 6
    with house.db.begin() as session:
        assert unique_boxes(session, **period) == 2

    roll_up(house, datetime.now(UTC))
    assert flags(operator)[0][9] == "已恢复（operator）"

    operator.post("/desk/flags/unlift", **deed(house, flooder))
    assert flags(operator)[0][9] == "不计入"
    assert plays(house) == 5
    with house.db.begin() as session:
        trail = session.scalars(text("SELECT action FROM audit_entry WHERE action LIKE 'flag%'"))
        assert trail.all() == ["flag_lifted", "flag_restored"]


def test_a_flag_belongs_to_where_the_box_played_wherever_it_went(
    house: House, site: Site, audience: Audience, flooder: UUID
) -> None:
    box = int(deed(house, flooder)["box"])
    with house.db.begin() as session:
        session.execute(text("UPDATE box SET region_code = '520102' WHERE number = :n"), {"n": box})
        moved = (
            "INSERT INTO box_region (box_no, valid_from, region_code) VALUES (:n, now(), '520102')"
        )
        session.execute(text(moved), {"n": box})
    operator = site.visitor("operator")

    assert [line[3:5] for line in flags(operator)] == [["520302", "红花岗区"]]
    assert len(flags(operator, region="5203")) == 1
    assert flags(operator, region="5201") == []
    for region, seen in (("520302", True), ("520102", False)):
        with house.db.begin() as session:
            session.execute(text("UPDATE account SET region_code = :code"), {"code": region})
        assert ("每天操作过多" in operator.get("/desk/flags").text) == seen


def test_flags_are_listed_put_and_taken_back_by_commands(
    house: House, service: Service, audience: Audience, flooder: UUID
) -> None:
    done = deed(house, flooder)
    named = help_number(int(done["box"]))
    (line,) = service.run("boxes", "flags", "--region", "5203").stdout.splitlines()
    assert line.split("\t")[:2] == [done["day"], named]
    assert line.split("\t")[3:] == ["520302", "day", "10001 actions", "1 plays", "left out"]
    assert service.run("boxes", "flags", "--region", "5201").stdout == ""

    service.run("boxes", "unflag", named, done["day"])
    assert plays(house) == 6
    assert "lifted by command" in service.run("boxes", "flags").stdout
    service.run("boxes", "flag", named, done["day"], "--reason", "橱窗演示")
    assert plays(house) == 5
    listed = service.run("boxes", "flags", "--from", done["day"], "--to", done["day"]).stdout
    assert "橱窗演示" in listed and "left out" in listed
    assert service.run("boxes", "flags", "--to", "2026-01-01").stdout == ""

    none = service.run("boxes", "unflag", named, "2026-01-01", check=False)
    assert (none.returncode, none.stderr.split(":")[0]) == (3, "flag_not_found")
    with house.db.begin() as session:
        trail = session.scalars(text("SELECT action FROM audit_entry ORDER BY id"))
        assert trail.all() == ["flag_lifted", "box_flagged"]


@pytest.mark.parametrize("role", ["editor", "supervisor"])
def test_who_does_not_answer_for_all_figures_only_looks(
    house: House, site: Site, flooder: UUID, role: str
) -> None:
    visitor = site.visitor("editor" if role == "editor" else "operator")
    if role == "supervisor":
        with house.db.begin() as session:
            session.execute(text("UPDATE account SET region_code = '5203' WHERE name = 'operator'"))
    page = visitor.get("/desk/flags").text
    assert "每天操作过多" in page
    assert "/desk/flags/lift" not in page

    answer = visitor.post("/desk/flags/lift", **deed(house, flooder))
    assert answer.status_code == 403
    assert plays(house) == 5


def test_a_lift_needs_the_sessions_token(house: House, site: Site, flooder: UUID) -> None:
    operator = site.visitor("operator")
    operator.get("/desk/flags")
    operator.token = "forged"
    assert operator.post("/desk/flags/lift", **deed(house, flooder)).status_code == 403
    assert plays(house) == 5


def test_a_flag_that_is_not_there_cannot_be_lifted(house: House, site: Site) -> None:
    operator = site.visitor("operator")
    operator.get("/desk/flags")
    assert operator.post("/desk/flags/lift", box="1", day="2026-01-01").status_code == 404


def test_a_day_whose_plays_are_being_reduced_is_not_lifted(
    house: House, site: Site, flooder: UUID
) -> None:
    operator = site.visitor("operator")
    operator.get("/desk/flags")
    done = deed(house, flooder)
    month = months.month_of(date.fromisoformat(done["day"]))
    in_a_year = months.starts_at(month, house.settings.zone) + timedelta(days=365)
    while freeze(house, None, in_a_year, by="test").month < month:
        pass
    roll_up(house, in_a_year)

    with ThreadPoolExecutor(2) as pool:
        with house.db.begin() as session:
            session.execute(text("SELECT FROM play WHERE id = :id FOR UPDATE"), {"id": flooder})
            reduced = pool.submit(reduce_before, house, months.after(month), in_a_year, by="test")
            wait_until(lambda: waiting(house, "transactionid") == 1, what="the reduction to wait")
            answer = pool.submit(operator.post, "/desk/flags/lift", **done)
            wait_until(lambda: waiting(house, "advisory") == 1, what="the lift to wait")
        assert reduced.result(60) == 7
        assert answer.result(60).status_code == 409
    assert flags(operator)[0][9] == "不计入"
