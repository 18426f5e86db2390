"""The list of plays kept to a box, a play, a minute, a weekday and hour, or groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.house import House
from player_api.boxes import help_number
from tests.desk.audience import BOX, Audience
from tests.desk.reading import page_rows, rows
from tests.desk.test_scope import supervisor
from tests.visiting import Site, Visitor


@pytest.fixture
def audience(house: House) -> Audience:
    return Audience(house)


def add_box(house: House) -> int:
    with house.db.begin() as session:
        return session.execute(BOX, {"region": "520302"}).scalar_one()


def box_id(house: House, number: int) -> UUID:
    query = text("SELECT id FROM box WHERE number = :number")
    with house.db.begin() as session:
        return session.execute(query, {"number": number}).scalar_one()


def live_for(house: House, play: UUID, minutes: float) -> None:
    with house.db.begin() as session:
        session.execute(
            text("UPDATE play_row SET lived_ms = :ms WHERE id = :play"),
            {"ms": round(minutes * 60_000), "play": play},
        )


def listed(visitor: Visitor, address: str = "/desk/", **params: Any) -> list[str]:
    """The ids of the plays of a list, which its page and its file have alike."""
    file = rows(visitor, f"{address.rstrip('/')}/table.csv", view="plays", **params)
    page = visitor.get(address, view="plays", **params).text
    if len(file) > 2:
        shown = page_rows(page)
        assert [line[0] for line in shown] == [line[0] for line in file]
        # The totals are of what is listed and counts.
        counts = file[0].index("计播放")
        counted = [line for line in file[1:-1] if line[counts] == "是"]
        assert file[-1][counts] == str(len(counted))
    else:
        assert "没有符合条件的播放" in page
    return [line[0] for line in file[1:-1]]


def test_the_plays_of_a_box_are_found_by_its_number_or_its_id(
    house: House, site: Site, audience: Audience
) -> None:
    box = add_box(house)
    new = audience.watch("春茶", 60, box=box)
    left_out = audience.watch("=苗绣", 60, box=box, days_ago=2, excluded=True)
    audience.watch("春茶", 60, box=box, days_ago=200)
    audience.watch("春茶", 60)
    operator = site.visitor("operator")

    for named in (str(box), help_number(box), str(box_id(house, box))):
        assert listed(operator, box=named) == [str(new), str(left_out)]
    course, _ = audience.courses["春茶"]
    assert listed(operator, f"/desk/courses/{course}", box=str(box)) == [str(new)]
    assert listed(operator, box=str(box + 999)) == []
    page = operator.get("/desk/", view="plays", box=str(box)).text
    assert f"机顶盒 {help_number(box)}" in page and "看全部播放" in page
    assert "异常用户" in page_rows(page)[2]


def test_one_play_is_found_by_its_id(site: Site, audience: Audience) -> None:
    play, _ = audience.watch("春茶", 60), audience.watch("春茶", 60)
    operator = site.visitor("operator")

    assert listed(operator, play=str(play)) == [str(play)]
    assert listed(operator, play="00000000-0000-0000-0000-000000000000") == []


@pytest.mark.parametrize(
    ("minute", "alive"),
    [
        ("11:59", False),
        ("12:00", True),
        ("12:10", True),
        # The last beat, and one interval more.
        ("12:11", True),
        ("12:12", False),
    ],
)
def test_a_play_is_alive_in_the_minutes_that_the_peak_counts(
    house: House, site: Site, audience: Audience, minute: str, alive: bool
) -> None:
    play = audience.watch("春茶", 60, days_ago=3)
    live_for(house, play, 11 - house.settings.beat_s / 120)
    day = audience.today - timedelta(days=3)
    operator = site.visitor("operator")

    assert listed(operator, minute=f"{day}T{minute}") == [str(play)] * alive


def test_a_minute_has_the_plays_that_began_the_day_before(
    house: House, site: Site, audience: Audience
) -> None:
    play = audience.watch("春茶", 60, days_ago=3, hour=23)
    live_for(house, play, 90)
    day = str(audience.today - timedelta(days=2))
    operator = site.visitor("operator")

    period = {"from": day, "to": day}
    assert listed(operator, minute=f"{day}T00:10", **period) == [str(play)]
    assert listed(operator, minute=f"{day}T00:40", **period) == []


def test_a_weekday_and_an_hour_have_their_plays(site: Site, audience: Audience) -> None:
    day = audience.today - timedelta(days=3)
    wanted = audience.watch("春茶", 60, days_ago=3, hour=20)
    again = audience.watch("春茶", 60, days_ago=10, hour=20)
    other_hour = audience.watch("春茶", 60, days_ago=3, hour=21)
    audience.watch("春茶", 60, days_ago=4, hour=20)
    operator = site.visitor("operator")
    weekday = str(day.isoweekday())

    assert listed(operator, weekday=weekday, hour="20") == [str(wanted), str(again)]
    assert listed(operator, weekday=weekday) == [str(other_hour), str(wanted), str(again)]


def test_plays_to_groups_are_listed_for_a_week(site: Site, audience: Audience) -> None:
    hall = audience.watch("春茶", 60, people=12)
    audience.watch("春茶", 60)
    operator = site.visitor("operator")

    assert listed(operator, groups="1", days="7") == [str(hall)]
    assert "时间最长 7 天" in operator.get("/desk/", view="plays", groups="1", days="30").text


def test_the_plays_that_saw_a_moment_of_a_lesson(site: Site, audience: Audience) -> None:
    _, lesson = audience.courses["春茶"]
    far, near = audience.watch("春茶", 40), audience.watch("春茶", 10)
    operator = site.visitor("operator")
    address = f"/desk/lessons/{lesson}"

    assert set(listed(operator, address, seen="9999")) == {str(far), str(near)}
    assert listed(operator, address, seen="10000") == [str(far)]
    page = operator.get(address, seen="10000", period="year", view="plays").text
    assert "时间最长 92 天" in page or audience.today.timetuple().tm_yday <= 92


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"box": "12x"}, "机顶盒编号不对"),
        ({"box": "1234567890123"}, "机顶盒编号不对"),
        ({"play": "12"}, "单次播放标识不对"),
        ({"play": "' OR 1=1"}, "单次播放标识不对"),
        ({"minute": "20:15"}, "时刻不对"),
        ({"minute": "2026-02-30T20:15"}, "时刻不对"),
        ({"minute": "2026-05-01T20:15:30+08:00"}, "时刻不对"),
        ({"minute": "2001-05-01T20:15"}, "不在所选的日期里"),
    ],
)
def test_what_is_no_box_play_or_minute_is_said_in_the_page_and_refused_as_a_file(
    site: Site, audience: Audience, wrong: dict[str, str], words: str
) -> None:
    audience.watch("春茶", 60)
    operator = site.visitor("operator")

    page = operator.get("/desk/", view="plays", **wrong)
    file = operator.get("/desk/table.csv", view="plays", **wrong)

    assert page.status_code == 200 and words in page.text and 'id="table"' not in page.text
    assert file.status_code == 422 and words in file.text
    assert operator.get("/desk/", **wrong).status_code == 200


def test_a_supervisor_finds_nothing_of_other_regions(
    house: House, site: Site, audience: Audience
) -> None:
    box = add_box(house)
    inside = audience.watch("春茶", 60, box=box, region="520302001", people=3)
    outside = audience.watch("春茶", 60, box=box, region="520302002", people=3)
    for play in (inside, outside):
        live_for(house, play, 5)
    visitor = supervisor(site, "520302001")
    named = {"box": str(box), "minute": f"{audience.today}T12:01", "groups": "1", "hour": "12"}

    for name, wish in named.items():
        assert listed(visitor, **{name: wish}, days="7") == [str(inside)]
    assert listed(visitor, play=str(inside)) == [str(inside)]
    assert listed(visitor, play=str(outside)) == []
    answer = visitor.get("/desk/", view="plays", play=str(outside), region="520302002")
    assert answer.status_code == 403


def test_a_box_of_many_plays_is_walked_page_by_page(
    house: House, site: Site, audience: Audience
) -> None:
    box = add_box(house)
    plays = [
        audience.watch("春茶", 60, box=box, days_ago=n // 3, hour=n % 3, tally=False)
        for n in range(60)
    ]
    audience.tally()
    operator = site.visitor("operator")

    first = operator.get("/desk/", view="plays", box=str(box)).text
    older = first[first.index('class="pager"') :].split('href="')[1].split('"')[0]
    second = operator.get(older.replace("&amp;", "&")).text

    found = [line[0] for page in (first, second) for line in page_rows(page)[1:-1]]
    assert sorted(found) == sorted(str(play) for play in plays)
    assert datetime.fromisoformat(page_rows(second)[-2][1]).date() < audience.today
