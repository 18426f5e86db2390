"""Places: what boxes are offered, lists that are taken and written, mergers."""

from __future__ import annotations

import csv
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.house import House
from tests.player_api.box import API, Viewer
from tests.player_api.conftest import live_server
from tests.service import Service

HUBEI = """code,name,level,parent
42,湖北省,province,
4201,武汉市,prefecture,42
420102,江岸区,county,4201
420102002,大智街道,township,420102
4290,省直辖县级行政区划,prefecture,42
429004,仙桃市,county,4290
429004001,沙嘴街道,township,4290
"""


@pytest.fixture
def regions_csv(tmp_path: Path) -> Path:
    return tmp_path / "regions.csv"


def offered(url: str, parent: str | None = None) -> list[str]:
    """What a household can choose from, by name."""
    parameters = {"parent": parent} if parent else {}
    answer = httpx.get(f"{url}{API}/regions", params=parameters)
    return [region["name"] for region in answer.json()["regions"]]


def codes(house: House) -> list[str]:
    with house.db.begin() as session:
        return list(session.scalars(text("SELECT code FROM region ORDER BY code")))


def test_the_whole_tree_of_guizhou_comes_with_the_release(
    service: Service, house: House, url: str
) -> None:
    first = service.run("regions", "import")
    assert first.stdout.startswith("1608 listed, 1608 new, 0 changed")
    again = service.run("regions", "import")
    assert again.stdout.startswith("1608 listed, 0 new, 0 changed")
    assert offered(url) == ["贵州省"]
    assert len(offered(url, "52")) == 9
    with house.db.begin() as session:
        levels = session.execute(text("SELECT level, count(*) FROM region GROUP BY level"))
        assert dict(tuple(row) for row in levels) == {
            "province": 1,
            "prefecture": 9,
            "county": 88,
            "township": 1510,
        }


def test_another_province_takes_the_place_of_the_first_in_what_is_offered(
    service: Service, house: House, library: dict[str, int], regions_csv: Path
) -> None:
    regions_csv.write_text(HUBEI)
    assert service.run("regions", "import", str(regions_csv)).stdout.startswith("7 listed, 7 new")
    hubei = House(
        settings=house.settings.model_copy(update={"region": "42"}),
        db=house.db,
        storage=house.storage,
    )
    with live_server(house) as url:
        assert offered(url) == ["贵州省"]
    with live_server(hubei) as url:
        assert offered(url) == ["湖北省"]
        assert offered(url, "42") == ["武汉市", "省直辖县级行政区划"]
        # A level may be left out.
        assert offered(url, "4290") == ["仙桃市", "沙嘴街道"]
        with httpx.Client(base_url=url) as client:
            assert Viewer.introduced(client).region == "42"
            assert Viewer.introduced(client, region="429004001").region == "429004001"


def test_what_is_written_out_can_be_taken_again(
    service: Service, house: House, library: dict[str, int], regions_csv: Path
) -> None:
    service.run("regions", "end", "5203", "2026-01-01")
    service.run("regions", "export", str(regions_csv))
    assert regions_csv.read_text(encoding="utf-8-sig") == service.run("regions", "export").stdout
    with regions_csv.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert rows[1] == {
        "code": "5203",
        "name": "遵义市",
        "level": "prefecture",
        "parent": "52",
        "valid_from": "1949-10-01",
        "valid_to": "2026-01-01",
    }
    again = service.run("regions", "import", str(regions_csv))
    assert again.stdout.startswith("4 listed, 0 new, 0 changed")


def test_a_list_without_dates_renames_but_leaves_ends_alone(
    service: Service, house: House, library: dict[str, int], regions_csv: Path
) -> None:
    service.run("regions", "end", "520302", "2026-01-01")
    regions_csv.write_text("代码,名称,级别,上级\n520302,红花岗,县级,5203\n", encoding="gb18030")
    assert "1 changed" in service.run("regions", "import", str(regions_csv)).stdout
    regions_csv.write_text("代码,名称,级别,上级,启用日期,停用日期\n5205,毕节,地级,52,2011/11/10,\n")
    assert "1 changed" in service.run("regions", "import", str(regions_csv)).stdout
    with house.db.begin() as session:
        rows = session.execute(
            text(
                "SELECT name, CAST(valid_from AS text), CAST(valid_to AS text) FROM region"
                " WHERE code IN ('520302', '5205') ORDER BY code"
            )
        )
        assert [tuple(row) for row in rows] == [
            ("红花岗", "1949-10-01", "2026-01-01"),
            ("毕节", "2011-11-10", None),
        ]


def test_a_region_that_has_ended_is_offered_no_more_and_its_counts_stay(
    service: Service, house: House, url: str, viewer: Viewer
) -> None:
    box = Viewer.introduced(viewer.client, region="520302")
    ended = service.run("regions", "end", "5203", "2026-01-01").stdout
    assert "2 regions end on 2026-01-01" in ended
    assert "1 boxes stand there" in ended
    assert offered(url, "52") == ["毕节市"]
    assert offered(url, "5203") == []
    assert codes(house) == ["52", "5203", "520302", "5205"]
    with house.db.begin() as session:
        where = session.scalar(text("SELECT region_code FROM box WHERE id = :box"), {"box": box.id})
        assert where == "520302"
    assert "0 regions end" in service.run("regions", "end", "5203", "2026-01-01").stdout


def test_an_end_in_the_future_changes_nothing_today(service: Service, viewer: Viewer) -> None:
    service.run("regions", "end", "5203", "9999-01-01")
    regions = viewer.get("regions", parent="52").json()["regions"]
    assert [(r["name"], r["has_children"]) for r in regions] == [
        ("遵义市", True),
        ("毕节市", False),
    ]


def test_an_end_that_cannot_be_is_refused(
    service: Service, house: House, library: dict[str, int]
) -> None:
    unknown = service.run("regions", "end", "5299", "2026-01-01", check=False)
    assert (unknown.returncode, unknown.stderr) == (3, "unknown_region: There is no region 5299.\n")
    early = service.run("regions", "end", "5203", "1949-10-01", check=False)
    assert early.returncode == 3
    assert early.stderr.startswith("region_not_begun: Region 5203 begins on that day or later.")


BAD_LIST = """code,name,level,parent,valid_from,valid_to
52,贵州省,province,,,
5206,铜仁市,prefecture,52,2011-11-10,
5206,铜仁地区,prefecture,52,,
520602,碧江区,prefecture,5206,,
520603,万山区,county,5203,,
520604,某县,county,5206,2020-01-01,2019-01-01
520605,某县,county,5206,soon,
520606,,county,5206,,
520607,某县,county,,,
52060,某县,county,5206,,
520602001001,某村,township,520602,,
五二,贵州,province,,,
530102,五华区,county,5301,,
520621,江口县,village,5206,,
520622,玉屏县,county,520622,,
"""
FAULTS = [
    "line 4: 5206 is on line 3 already",
    "line 5: 520602 is a county by its length, not 'prefecture'",
    "line 6: 520603 does not begin with the code of its parent 5203",
    "line 7: 520604 ends on 2019-01-01, before it begins on 2020-01-01",
    "line 8: 'soon' is not a day like 2026-01-31",
    "line 9: 520606 has no name, or one of more than 80 characters",
    "line 10: 520607 has no parent",
    "line 11: the code 52060 has 5 digits, not 2, 4, 6 or 9",
    "line 12: the code 520602001001 has 12 digits, not 2, 4, 6 or 9",
    "line 13: the code '五二' is not digits",
    "line 14: there is no region 5301, the parent of 530102",
    "line 15: 520621 is a county by its length, not 'village'",
    "line 16: 520622 does not begin with the code of its parent 520622",
]


def test_every_bad_line_of_a_list_is_named_and_nothing_is_taken(
    service: Service, house: House, regions_csv: Path
) -> None:
    regions_csv.write_text(BAD_LIST)
    refused = service.run("regions", "import", str(regions_csv), check=False)
    assert refused.returncode == 3
    assert refused.stderr.splitlines() == [
        *FAULTS,
        "bad_list: 13 lines cannot be taken; nothing was changed.",
    ]
    assert codes(house) == []


def test_a_dry_run_takes_nothing(service: Service, house: House, regions_csv: Path) -> None:
    regions_csv.write_text(HUBEI)
    dry = service.run("regions", "import", str(regions_csv), "--dry-run")
    assert dry.stdout.startswith("7 listed, 7 new, 0 changed\nNothing was changed")
    assert codes(house) == []
