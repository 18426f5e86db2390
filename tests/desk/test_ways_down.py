"""Figures of the desk's further pages lead to the plays that they are made of."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.house import House
from player_api.reports.rollups import roll_up
from tests.desk.audience import Audience
from tests.desk.reading import figure, page_rows
from tests.desk.test_scope import supervisor
from tests.plays import MAKE_ALIVE
from tests.visiting import Site, Visitor


@pytest.fixture
def audience(house: House) -> Audience:
    return Audience(house)


def make_alive(house: House, *plays: UUID) -> None:
    with house.db.begin() as session:
        session.execute(text(f"{MAKE_ALIVE} WHERE id = ANY(:plays)"), {"plays": list(plays)})


def ways(page: str, words: str) -> list[str]:
    """Where the links of these words lead."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>([^<]*)</a>', page)
    return [html.unescape(address) for address, said in found if said.strip() == words]


def plays_at(visitor: Visitor, address: str) -> set[str]:
    """The plays that the address lists; those that count add up to its totals."""
    answer = visitor.get(address)
    assert answer.status_code == 200
    table = page_rows(answer.text)
    column = table[0].index("计播放")
    assert sum(line[column] == "是" for line in table[1:-1]) == int(table[-1][column])
    return {line[0] for line in table[1:-1]}


def as_set(*plays: UUID) -> set[str]:
    return {str(play) for play in plays}


def test_a_flag_leads_to_what_its_box_played_on_the_day(
    house: House, site: Site, audience: Audience
) -> None:
    audience.watch("春茶", 60)
    flooding = audience.watch("春茶", 60)
    query = text("SELECT box_no FROM play WHERE id = :play")
    with house.db.begin() as session:
        box = session.execute(query, {"play": flooding}).scalar_one()
        session.execute(text("UPDATE play_row SET seq = 10000 WHERE id = :p"), {"p": flooding})
        session.execute(text("INSERT INTO changed_day (day) SELECT DISTINCT day FROM play"))
    roll_up(house, house.now())
    short = audience.watch("=苗绣", 2, box=box, hour=13)
    audience.watch("春茶", 60, box=box, days_ago=1)
    operator = site.visitor("operator")

    page = operator.get("/desk/flags").text

    (by_box,) = ways(page, f"{box:,}")
    assert plays_at(operator, by_box) == as_set(flooding, short)
    assert "异常用户" in operator.get(by_box).text
    assert by_box in ways(page, "1")


def test_what_plays_now_leads_to_the_plays_of_the_minute(
    house: House, site: Site, audience: Audience
) -> None:
    here = [audience.watch("春茶", 60, region="520302") for _ in range(2)]
    there = audience.watch("=苗绣", 60, region="520102")
    audience.watch("春茶", 60, days_ago=2)
    make_alive(house, *here, there)
    operator = site.visitor("operator")

    page = operator.get("/desk/live/now").text

    assert figure(page, "alive") == "3"
    (all_of_them,) = ways(page, "这一分钟的每次播放 ›")
    assert plays_at(operator, all_of_them) == as_set(*here, there)
    by_region, by_course = ways(page, "2")
    assert "region=5203" in by_region and "/desk/courses/" in by_course
    assert plays_at(operator, by_region) == plays_at(operator, by_course) == as_set(*here)


def test_a_peak_leads_to_as_many_plays_as_it_counts(
    house: House, site: Site, audience: Audience
) -> None:
    late = audience.watch("春茶", 60, days_ago=4, hour=23)
    peak = [audience.watch("春茶", 60, days_ago=3, hour=hour) for hour in (0, 0, 1)]
    outside = audience.watch("春茶", 60, days_ago=3, hour=0, region="520102")
    with house.db.begin() as session:
        session.execute(text("UPDATE play_row SET lived_ms = 5400000"))
        # Too short to count, alive all the same.
        session.execute(
            text("UPDATE play_row SET watched = '{[0,2000)}' WHERE id = :play"), {"play": peak[2]}
        )
    day = str(audience.today - timedelta(days=3))
    period = {"from": day, "to": day}
    visitors = {
        "4": (site.visitor("operator"), as_set(late, *peak[:2], outside)),
        "3": (supervisor(site, "5203"), as_set(late, *peak[:2])),
    }

    for plays, (visitor, wanted) in visitors.items():
        page = visitor.get("/desk/live", **period).text
        assert page_rows(page)[1][:2] == [day, plays]
        (address,) = ways(page, plays)
        assert plays_at(visitor, address) == wanted


def test_a_day_of_village_halls_leads_to_its_plays(site: Site, audience: Audience) -> None:
    halls = [audience.watch("春茶", 60, people=12, days_ago=1) for _ in range(2)]
    audience.watch("春茶", 60, people=9, days_ago=2)
    audience.watch("春茶", 60, days_ago=1)
    operator = site.visitor("operator")

    (address,) = ways(operator.get("/desk/groups", view="days").text, "2")

    assert plays_at(operator, address) == as_set(*halls)


def test_a_weekday_and_hour_leads_to_its_plays(site: Site, audience: Audience) -> None:
    plays = [audience.watch("春茶", 60, days_ago=days_ago, hour=20) for days_ago in (3, 10)]
    audience.watch("春茶", 60, days_ago=4, hour=20)
    operator = site.visitor("operator")
    course, lesson = audience.courses["春茶"]

    for address in ("/desk/", f"/desk/courses/{course}", f"/desk/lessons/{lesson}"):
        page = operator.get(address, view="weekhours").text
        (way,) = ways(page, "2")
        assert plays_at(operator, way) == as_set(*plays)


def test_boxes_that_were_heard_lead_to_the_plays_of_their_region(
    site: Site, audience: Audience
) -> None:
    heard = [audience.watch("春茶", 60, region=region) for region in ("520302", "520381")]
    audience.watch("春茶", 60, region="520102")
    audience.watch("春茶", 60, region="52")
    operator = site.visitor("operator")

    (address,) = ways(operator.get("/desk/coverage").text, "2")

    assert plays_at(operator, address) == as_set(*heard)


def test_a_step_of_the_retention_curve_leads_to_the_plays_that_saw_it(
    site: Site, audience: Audience
) -> None:
    _, lesson = audience.courses["春茶"]
    far = [audience.watch("春茶", 60), audience.watch("春茶", 40)]
    audience.watch("春茶", 12)
    operator = site.visitor("operator")
    retention = f"/desk/lessons/{lesson}/retention"

    page = operator.get(retention).text
    steps = ways(page, "2")
    assert len(steps) == 3 and len(ways(page, "3")) == 1
    for step in steps:
        assert plays_at(operator, step) == as_set(*far)

    long = {"from": str(audience.today - timedelta(days=100)), "to": str(audience.today)}
    page = operator.get(retention, **long).text
    assert ways(page, "2") == [] and "时间不超过 92 天" in page
