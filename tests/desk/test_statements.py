"""Statements at the desk: frozen by a button, read, printed and taken away, within one's region."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from playwright.sync_api import Browser, expect

from app.freezing import reduce_before
from app.house import House
from player_api.reports import months
from tests.desk.reading import page_rows, rows
from tests.reports.history import History, days
from tests.visiting import Site, Visitor, sign_in_on

WHOLE = ["{month}.json", "{month}.sig", "{month}.pem", "{month}/rerun", "open-data.zip"]


@pytest.fixture
def history(house: House) -> History:
    """A month of six boxes in two prefectures; in the next, one of its plays went on."""
    history = History(house)
    day = days(history.first, 3)[0]
    for _ in range(4):
        history.watch(day)
    history.watch(day, 40, title="苗绣", region="520102")
    short = history.watch(day, 10, title="苗绣", region="520381")
    history.receive(day)
    history.freeze(history.first)
    history.goes_on(short, 60)
    return history


@pytest.fixture
def first(history: History) -> str:
    return months.written(history.first)


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}"><span>[^<]*</span><strong>([^<]*)', page)
    assert found, name
    return found[1]


def supervisor(site: Site, region: str) -> Visitor:
    """An operator who answers for one region."""
    visitor = site.visitor("operator")
    with site.house.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET region_code = %s", (region,))
    return visitor


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """Every sheet of a book, by its name."""
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        words = ["".join(si.itertext()) for si in strings.findall("x:si", space)]
        names = [
            str(sheet.get("name"))
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(
                f"{{{space['x']}}}sheet"
            )
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            found[name] = [
                [
                    words[int(cell.findtext("x:v", "0", space))]
                    if cell.get("t") == "s"
                    else cell.findtext("x:v", "", space)
                    for cell in row.findall("x:c", space)
                ]
                for row in sheet.iter(f"{{{space['x']}}}row")
            ]
    return found


def test_an_operator_freezes_the_next_month_by_a_button(
    site: Site, history: History, first: str
) -> None:
    operator = site.visitor("operator")
    second = months.written(history.second)
    assert f"冻结 {second}" in operator.get("/desk/statements").text

    answer = operator.post("/desk/statements/freeze", month=second)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/statements/{second}")
    page = operator.get(f"/desk/statements/{second}").text
    assert f"{first} 的数据又有以下变化" in page and "赤水市" in page
    again = operator.post("/desk/statements/freeze", month=second)
    assert again.status_code == 409 and "已经冻结" in again.text
    assert 'data-chain="good"' in operator.get("/desk/statements").text


def test_page_book_and_signed_text_have_the_same_figures(
    site: Site, history: History, first: str
) -> None:
    operator = site.visitor("operator")
    page = operator.get(f"/desk/statements/{first}").text
    text = operator.get(f"/desk/statements/{first}.json")
    book = sheets(operator.get(f"/desk/statements/{first}.xlsx").content)

    totals = text.json()["figures"]["totals"]
    assert totals["plays"] == 6 and totals["boxes"] == 6
    assert figure(page, "plays") == "6" and figure(page, "boxes") == "6"
    assert figure(page, "completion") == "66.7%"
    assert book["县区"][-1][2:4] == ["6", "5"] and book["课程"][-1][1] == "6"
    by_county: dict[str, int] = {}
    for row in book["县区 × 课程"][1:]:
        by_county[row[1]] = by_county.get(row[1], 0) + int(row[3])
    assert by_county == {"南明区": 1, "红花岗区": 4, "赤水市": 1}
    assert {row[1]: row[2] for row in book["县区"][1:-1]} == {
        "南明区": "1",
        "红花岗区": "4",
        "赤水市": "1",
    }
    assert hashlib.sha256(text.content).hexdigest() in page
    facts = dict(row for row in book[first] if len(row) == 2)
    assert facts["报表 SHA-256"] == hashlib.sha256(text.content).hexdigest()

    key = load_pem_public_key(operator.get(f"/desk/statements/{first}.pem").content)
    signature = operator.get(f"/desk/statements/{first}.sig").content
    key.verify(signature, hashlib.sha256(text.content).digest())  # type: ignore[union-attr, call-arg, arg-type]


def test_a_countys_courses_add_up_to_its_line(site: Site, history: History, first: str) -> None:
    operator = site.visitor("operator")
    figures = operator.get(f"/desk/statements/{first}.json").json()["figures"]
    page = operator.get(f"/desk/statements/{first}").text
    address = re.search(r'href="(/desk/statements/[^"]*county=520302)">红花岗区', page)
    assert address
    county = page_rows(operator.get(address[1]).text)

    assert county[1][0].endswith("春茶") and county[-1][:3] == ["合计", "4", "4"]
    (line,) = [one for one in figures["counties"] if one["region"] == "520302"]
    assert line["plays"] == 4
    everything = operator.get(f"/desk/statements/{first}/courses").text
    assert everything.count('id="county-') == 3
    assert f"sha256 {hashlib.sha256(json_bytes(operator, first)).hexdigest()}" in everything


def json_bytes(visitor: Visitor, month: str) -> bytes:
    return visitor.get(f"/desk/statements/{month}.json").content


def test_a_statement_is_counted_again_at_the_desk(site: Site, history: History, first: str) -> None:
    operator = site.visitor("operator")
    assert "逐字节一致" in operator.get(f"/desk/statements/{first}/rerun").text

    history.execute(
        "UPDATE play_row SET watch_ms = watch_ms + 1 WHERE region_no = region_no_of('520102')"
    )
    assert "figures.totals.watch_ms" in operator.get(f"/desk/statements/{first}/rerun").text


@pytest.mark.parametrize(
    ("region", "plays", "seen", "hidden"),
    [("5203", "5", "赤水市", "南明区"), ("520381", "1", "赤水市", "红花岗区")],
)
def test_a_supervisor_sees_the_own_region_only(
    site: Site, history: History, first: str, region: str, plays: str, seen: str, hidden: str
) -> None:
    history.freeze()
    visitor = supervisor(site, region)
    page = visitor.get(f"/desk/statements/{first}").text
    book = visitor.get(f"/desk/statements/{first}.xlsx").content
    later = visitor.get(f"/desk/statements/{months.written(history.second)}").text
    everything = page + later + str(sheets(book))

    assert figure(page, "plays") == plays
    assert "签名与校验值属于全部地区的报表" in page
    assert seen in everything and hidden not in everything
    # Of the inputs, their hash, but not how many plays there are in the whole province.
    assert re.search(r"\b[0-9a-f]{64}\b", everything)
    assert not re.search(r"\b6 · [0-9a-f]{64}\b", everything)
    # Which courses were watched where they answer for, and no others.
    assert ("春茶" in everything) == (region == "5203") and 'id="receipts"' not in page
    courses = visitor.get(f"/desk/statements/{first}/courses").text
    assert seen in courses and hidden not in courses
    elsewhere = visitor.get(f"/desk/statements/{first}/courses", county="520102")
    assert elsewhere.status_code == 403
    assert f">{plays}<" in re.sub(r"\s", "", visitor.get("/desk/statements").text)
    for address in WHOLE:
        answer = visitor.get(f"/desk/statements/{address.format(month=first)}")
        assert answer.status_code == 403, address
    assert visitor.post("/desk/statements/freeze", month=first).status_code == 403


def test_the_list_of_statements_comes_as_a_file(site: Site, history: History, first: str) -> None:
    operator = site.visitor("operator")
    second = months.written(history.freeze(history.second).month)
    sha256 = hashlib.sha256(json_bytes(operator, second)).hexdigest()

    heading, newest, oldest = rows(operator, "/desk/statements/table.csv")
    assert [oldest[0], newest[0]] == [first, second]
    assert oldest[heading.index("播放次数")] == "6"
    assert newest[heading.index("校验值")] == sha256
    assert newest[heading.index("迟到")] == "1"
    assert "/desk/statements/table.xlsx" in operator.get("/desk/statements").text
    assert [line[1] for line in rows(supervisor(site, "5201"), "/desk/statements/table.csv")] == [
        *("播放次数", "0", "1")
    ]


def test_editors_read_statements_and_do_not_freeze(
    site: Site, history: History, first: str
) -> None:
    editor = site.visitor("editor")
    assert editor.get(f"/desk/statements/{first}").status_code == 200
    assert "/desk/statements/freeze" not in editor.get("/desk/statements").text
    second = months.written(history.second)
    assert editor.post("/desk/statements/freeze", month=second).status_code == 403


@pytest.mark.parametrize("body", ["body || ' '", "'{}'", "'broken'"])
def test_a_statement_that_was_changed_is_shown_as_such(
    site: Site, history: History, first: str, body: str
) -> None:
    with site.house.db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE statement SET body = {body}::bytea")
    operator = site.visitor("operator")
    page = operator.get("/desk/statements").text

    assert 'data-chain="bad"' in page and "有改动" in page
    line = rows(operator, "/desk/statements/table.csv")[1]
    assert (line[0], line[-1]) == (first, "有改动")
    answer = operator.get(f"/desk/statements/{first}")
    assert "note-bad" in answer.text or answer.status_code == 409


def test_open_data_hide_what_few_watched_and_still_add_up(
    site: Site, history: History, first: str
) -> None:
    day = days(history.first, 9)[0]
    for _ in range(5):
        history.watch(day, region="520302")
    operator = site.visitor("operator")
    assert f"<option>{first}</option>" in operator.get("/desk/statements").text
    answer = operator.get("/desk/statements/open-data.zip", month=first)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("nongke-open-data.csv").decode()
        readme = archive.read("README.md").decode()
    lines = list(csv.DictReader(io.StringIO(text)))

    assert "CC BY 4.0" in readme and "at least 5 boxes" in readme
    assert f"{history.first} – {months.last_day(history.first)}" in readme
    assert sum(int(line["plays"]) for line in lines) == 11
    assert sum(int(line["watch_ms"]) for line in lines) == 9 * 60_007 + 40_007 + 60_007
    by_place = {(line["region_name"], line["course_title"]): line["plays"] for line in lines}
    assert by_place == {("红花岗区", "春茶"): "5", ("其他", "其他"): "6"}


def test_open_data_are_of_whole_months_that_are_over(site: Site, history: History) -> None:
    operator = site.visitor("operator")
    first, last = history.first, months.last_day(history.first)
    today = history.now.astimezone(site.house.settings.zone).date()
    running = months.month_of(today)
    spans = [
        (first, last - timedelta(days=1)),
        (first + timedelta(days=1), last),
        (first, last + timedelta(days=1)),
        (last, first),
        (running, months.last_day(running)),
    ]
    for start, end in spans:
        span = {"from": start.isoformat(), "to": end.isoformat()}
        answer = operator.get("/desk/statements/open-data.zip", **span)
        assert answer.status_code == 422 and "只能按已经结束的整月导出" in answer.text, span
    ended = operator.get("/desk/statements/open-data.zip", month=months.written(running))
    assert ended.status_code == 422
    assert f"<option>{months.written(running)}" not in operator.get("/desk/statements").text
    month = {"from": first.isoformat(), "to": last.isoformat()}
    assert operator.get("/desk/statements/open-data.zip", **month).status_code == 200


def test_a_statement_prints_on_a4_with_its_hash(
    browser: Browser, site: Site, history: History, first: str
) -> None:
    site.person("yunying", "operator")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in_on(page, "yunying", f"/desk/statements/{first}")
    page.get_by_role("button", name="重新计算核对").click()
    expect(page.locator("#rerun")).to_contain_text("逐字节一致")

    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    # A4 in points.
    assert re.search(rb"/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]", printed)
    second = months.written(history.second)
    page.goto("/desk/statements")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"冻结 {second}").click()
    expect(page.locator("h1")).to_contain_text(second)
    context.close()
    assert faults == []


def test_curves_of_months_whose_plays_are_gone_stay(
    site: Site, history: History, first: str
) -> None:
    history.freeze(history.second)
    history.roll_up()
    operator = site.visitor("operator")
    _, lesson = history.courses["春茶"]
    address = f"/desk/lessons/{lesson}/retention"
    month = {"from": f"{first}-01", "to": str(months.last_day(history.first))}
    before = rows(operator, f"{address}/table.csv", **month)
    assert [line[3] for line in before[1:]] == ["4"] * 6
    reduce_before(history.house, history.second, history.now, by="test")

    assert rows(operator, f"{address}/table.csv", **month) == before
    assert figure(operator.get(address, **month).text, "plays") == "4"
    part = {**month, "from": f"{first}-02"}
    assert "更早的留存曲线只有整月的，到市州一级" in operator.get(address, **part).text
    assert operator.get(f"{address}/table.csv", **part).status_code == 409
