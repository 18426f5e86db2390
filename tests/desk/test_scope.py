"""A supervisor of one region sees that region, however it is asked."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.accounts.people import find_account
from app.accounts.tables import AuditEntry
from app.house import House
from tests.desk.audience import Audience
from tests.desk.reading import figure, rows
from tests.service import Service
from tests.visiting import PASSWORD, Site, Visitor

ADDRESSES = ("/desk/", "/desk/table.csv", "/desk/table.xlsx", "/desk/table.json")
OUTSIDE = ("52", "5201", "520102", "520381", "5203")


@pytest.fixture
def audience(house: House) -> Audience:
    """One to four plays in places that have nothing, or only digits, in common."""
    audience = Audience(house)
    places = {"520302": 1, "520302001": 1, "520381": 3, "520102": 4, "5203": 1, "52": 1}
    for region, plays in places.items():
        for _ in range(plays):
            audience.watch("春茶", 60, region=region, tally=False)
    audience.tally()
    return audience


def supervisor(site: Site, region: str) -> Visitor:
    """Somebody who is kept to a region, signed in."""
    site.person("jiandu", "operator")
    with site.house.db.begin() as session:
        account = find_account(session, "jiandu")
        assert account
        account.region_code = region
    visitor = site.visitor()
    assert visitor.sign_in("jiandu").status_code == 303
    return visitor


@pytest.fixture
def of_county(site: Site, audience: Audience) -> Visitor:
    return supervisor(site, "520302")


def test_a_county_sees_its_own_figures_without_asking(of_county: Visitor) -> None:
    page = of_county.get("/desk/").text

    assert figure(page, "plays") == "2" and figure(page, "boxes") == "2"
    assert "红花岗区" in page and "只看红花岗区的数据" in page


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("region", OUTSIDE)
def test_another_region_is_refused_in_pages_and_files(
    of_county: Visitor, address: str, region: str
) -> None:
    answer = of_county.get(address, region=region)

    assert answer.status_code == 403
    assert "您的账号只能查看“红花岗区”的数据" in answer.text
    assert "outside_own_region" in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"prefecture": "5201"},
        {"prefecture": "5203", "county": "520381"},
        {"prefecture": "5203"},
        {"county": "520102"},
        {"region": "5203", "county": "520302"},
        {"township": "520381001"},
    ],
)
def test_the_menus_of_others_lead_nowhere(of_county: Visitor, asked: dict[str, str]) -> None:
    answer = of_county.get("/desk/", **asked)

    if answer.status_code == 200:
        assert figure(answer.text, "plays") == "2"
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "region", ["52030", "5", "", " ", "%", "520302%", "5203 02", "_20302", "５２０１", "520302'--"]
)
def test_a_code_that_is_none_gives_the_own_region(of_county: Visitor, region: str) -> None:
    page = of_county.get("/desk/", region=region).text

    assert figure(page, "plays") == "2"


def test_courses_lessons_and_plays_are_of_the_own_region(
    of_county: Visitor, audience: Audience
) -> None:
    course, lesson = audience.courses["春茶"]
    for address in (f"/desk/courses/{course}", f"/desk/lessons/{lesson}", "/desk/"):
        assert figure(of_county.get(address).text, "plays") == "2"
        assert of_county.get(address, region="520381").status_code == 403
        plays = rows(of_county, address.rstrip("/") + "/table.csv", view="plays")
        codes = {row[plays[0].index("地区代码")] for row in plays[1:-1]}
        assert codes == {"520302", "520302001"} and len(plays) == 4


def test_every_view_and_comparison_keeps_to_the_own_region(of_county: Visitor) -> None:
    for view in ("courses", "categories", "tags", "days", "weeks", "months", "hours", "regions"):
        answer = of_county.get("/desk/table.json", view=view, against="previous")
        table = json.loads(answer.text)
        headings = [column["heading"] for column in table["columns"]]

        assert table["totals"][headings.index("播放次数")] == 2, view


def test_the_menus_begin_below_the_own_region(site: Site, audience: Audience) -> None:
    page = supervisor(site, "5203").get("/desk/").text

    assert 'name="county"' in page and 'name="prefecture"' not in page
    assert "贵阳市" not in page and 'value="520102"' not in page
    assert figure(page, "plays") == "6"


def test_a_township_has_no_menu(site: Site, audience: Audience) -> None:
    page = supervisor(site, "520302001").get("/desk/").text

    assert 'class="filters places"' not in page and figure(page, "plays") == "1"


def test_a_new_limit_holds_from_the_next_page_on(
    site: Site, audience: Audience, service: Service
) -> None:
    visitor = supervisor(site, "5203")
    visitor.get("/desk/", region="520381").raise_for_status()

    said = service.run("account", "region", "jiandu", "520302")

    assert said.stdout == "jiandu: sees region 520302\n"
    assert visitor.get("/desk/", region="520381").status_code == 403
    service.run("account", "region", "jiandu", "all")
    assert figure(visitor.get("/desk/").text, "plays") == "11"
    with site.house.db.begin() as session:
        query = select(AuditEntry.detail).where(AuditEntry.action == "account_region")
        assert session.scalars(query).all() == [{"region": "520302"}, {"region": None}]


def test_an_account_is_added_with_its_region(
    site: Site, audience: Audience, service: Service
) -> None:
    said = service.run("account", "add", "xian", "--role", "operator", "--region", "520381")
    once = said.stdout.split()[-1]
    visitor = site.visitor()
    visitor.sign_in("xian", once)
    visitor.get("/password")
    visitor.post("/password", current=once, password=PASSWORD, again=PASSWORD)

    assert figure(visitor.get("/desk/").text, "plays") == "3"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "a", "--role", "operator", "--region", "529999"), "unknown_region"),
        (("add", "a", "--role", "editor", "--region", "5203"), "unfit_region"),
        (("region", "nobody", "5203"), "no_such_account"),
    ],
)
def test_a_region_that_fits_no_account_is_refused(
    service: Service, audience: Audience, arguments: tuple[str, ...], code: str
) -> None:
    refused = service.run("account", *arguments, check=False)

    assert refused.returncode == 3 and refused.stderr.startswith(code)


def test_people_present_are_of_the_own_region(of_county: Visitor, audience: Audience) -> None:
    audience.watch("春茶", 60, people=12, region="520302001")
    audience.watch("春茶", 60, people=30, region="520381")

    assert figure(of_county.get("/desk/groups").text, "people") == "12"
    for view in ("regions", "courses", "days"):
        assert rows(of_county, "/desk/groups/table.csv", view=view)[-1][-1] == "12"
    assert of_county.get("/desk/groups", region="520381").status_code == 403
    assert of_county.get("/desk/groups/table.csv", region="5203").status_code == 403
