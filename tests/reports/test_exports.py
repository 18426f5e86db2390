"""What leaves the house: xAPI statements for a record store, and figures that anybody may have."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.house import House
from player_api.reports import months
from tests.reports.history import History, Watched, days
from tests.service import Service

VIDEO = "https://w3id.org/xapi/video"
EXT = f"{VIDEO}/extensions/"
SITE = "https://nongke.test"
# What the video profile asks of each verb: extensions of the result and of the context.
PROFILE = {
    "http://adlnet.gov/expapi/verbs/initialized": (set(), {"session-id", "length"}),
    f"{VIDEO}/verbs/played": ({"time"}, {"session-id"}),
    "http://adlnet.gov/expapi/verbs/completed": (
        {"time", "progress", "played-segments"},
        {"session-id", "length", "completion-threshold"},
    ),
    "http://adlnet.gov/expapi/verbs/terminated": (
        {"time", "progress", "played-segments"},
        {"session-id", "length", "completion-threshold"},
    ),
}
SEGMENTS = re.compile(r"\d+(\.\d+)?\[\.\]\d+(\.\d+)?(\[,\]\d+(\.\d+)?\[\.\]\d+(\.\d+)?)*")


@pytest.fixture
def history(house: House) -> History:
    return History(house)


@pytest.fixture
def plays(history: History) -> dict[str, Watched]:
    """One play to the end in two pieces, one broken off by the same box, one too short."""
    day = days(history.first, 3)[0]
    whole = history.watch(day, 60)
    history.execute(
        "UPDATE play_row SET watched = '{[0,30000),[30500,60000)}' WHERE id = :id", id=whole.id
    )
    part = history.watch(day, 20, title="苗绣", region="520102", box=whole.box)
    history.watch(day, 2)
    return {"whole": whole, "part": part}


def exported(service: Service, *options: str) -> list[dict[str, Any]]:
    answer = service.run("reports", "xapi", "--site", SITE, *options)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_every_statement_has_what_the_video_profile_asks_for(
    history: History, plays: dict[str, Watched], service: Service
) -> None:
    statements = exported(service, "--month", months.written(history.first))

    assert len(statements) == 4 + 3
    for one in statements:
        of_result, of_context = PROFILE[one["verb"]["id"]]
        UUID(one["id"])
        assert one["actor"]["objectType"] == "Agent"
        assert one["actor"]["account"]["homePage"] == SITE
        assert re.fullmatch(r"[0-9a-f]{32}", one["actor"]["account"]["name"])
        assert one["object"]["id"].startswith(f"{SITE}/lessons/")
        assert one["object"]["definition"]["type"] == f"{VIDEO}/activity-type/video"
        assert {"id": VIDEO, "objectType": "Activity"} in one["context"]["contextActivities"][
            "category"
        ]
        told = one.get("result", {}).get("extensions", {})
        assert of_result <= {name.removeprefix(EXT) for name in told}
        known = one["context"]["extensions"]
        assert of_context <= {name.removeprefix(EXT) for name in known}
        assert one["context"]["registration"] == known[f"{EXT}session-id"]
        assert datetime.fromisoformat(one["timestamp"]).tzinfo is not None
        if "progress" in of_result:
            assert 0 <= told[f"{EXT}progress"] <= 1
            assert SEGMENTS.fullmatch(told[f"{EXT}played-segments"])
            assert re.fullmatch(r"PT\d+(\.\d{1,2})?S", one["result"]["duration"])


def test_a_play_tells_what_was_seen_of_it(
    history: History, plays: dict[str, Watched], service: Service
) -> None:
    month = months.written(history.first)
    by_play: dict[str, list[dict[str, Any]]] = {}
    for one in exported(service, "--month", month):
        by_play.setdefault(one["context"]["registration"], []).append(one)
    whole, part = by_play[str(plays["whole"].id)], by_play[str(plays["part"].id)]

    assert [one["verb"]["display"]["en-US"] for one in whole] == [
        *("initialized", "played", "completed", "terminated")
    ]
    completed = whole[2]["result"]
    assert completed["completion"] is True and completed["duration"] == "PT60.01S"
    assert completed["extensions"][f"{EXT}played-segments"] == "0[.]30[,]30.5[.]60"
    assert completed["extensions"][f"{EXT}progress"] == 0.9917
    assert "completed" not in [one["verb"]["display"]["en-US"] for one in part]
    # The same box by the same name, which says nothing of the box.
    assert len({one["actor"]["account"]["name"] for one in whole + part}) == 1


def test_a_play_of_a_clock_that_was_wrong_says_so(
    history: History, plays: dict[str, Watched], service: Service
) -> None:
    month = months.written(history.first)
    before = {one["id"] for one in exported(service, "--month", month)}
    history.execute("UPDATE play_row SET clock = '2' WHERE id = :id", id=plays["part"].id)

    after = exported(service, "--month", month)

    grades = {
        one["context"]["registration"]: one["context"]["extensions"][
            f"{SITE}/xapi/extensions/clock"
        ]
        for one in after
    }
    assert grades == {str(plays["whole"].id): "good", str(plays["part"].id): "poor"}
    assert len(before & {one["id"] for one in after}) == 4


def test_an_export_repeated_is_the_same_and_may_be_of_one_region(
    history: History, plays: dict[str, Watched], service: Service, tmp_path: Path
) -> None:
    day = days(history.first, 3)[0].isoformat()
    file = tmp_path / "plays.jsonl"
    service.run("reports", "xapi", "--site", SITE, "--from", day, "--to", day, "--out", str(file))
    again = exported(service, "--from", day, "--to", day)
    region = exported(service, "--from", day, "--to", day, "--region", "5203")

    assert [json.loads(line) for line in file.read_text().splitlines()] == again
    assert {one["context"]["registration"] for one in region} == {str(plays["whole"].id)}


def test_open_data_name_no_cell_of_fewer_than_five_boxes(
    history: History, service: Service, tmp_path: Path
) -> None:
    first, second = days(history.first, 1, 2)
    for region, boxes in (("520302", 6), ("520381", 3), ("5203", 2), ("520102", 4), ("52", 1)):
        for _ in range(boxes):
            history.watch(first, region=region)
    for _ in range(3):
        history.watch(second, title="苗绣", region="520103")
        history.watch(second, title="春茶", region="520103")
    history.watch(days(history.first, 4)[0], 20)

    month = months.written(history.first)
    lines = published(service, tmp_path, "--month", month)

    assert [
        (line["day"], line["region_name"], line["course_title"], int(line["plays"]))
        for line in lines
    ] == [
        (first.isoformat(), "红花岗区", "春茶", 6),
        (first.isoformat(), "遵义市其他", "春茶", 5),
        (first.isoformat(), "贵州省其他", "春茶", 5),
        # The last day's one box is too few by itself, so the day before it went along.
        (month, "其他", "其他", 7),
    ]
    assert sum(int(line["watch_ms"]) for line in lines) == 22 * 60_007 + 20_007
    assert "at least 5 boxes" in (tmp_path / "README.md").read_text(encoding="utf-8")


def published(service: Service, folder: Path, *options: str) -> list[dict[str, str]]:
    service.run("reports", "open-data", str(folder), *options)
    with (folder / "nongke-open-data.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_months_published_together_say_no_more_than_each_alone(
    history: History, service: Service, tmp_path: Path
) -> None:
    for month, boxes in ((history.first, 6), (history.second, 5)):
        for _ in range(boxes):
            history.watch(days(month, 2)[0])
        history.watch(days(month, 3)[0], region="520381")
    span = ("--from", history.first.isoformat(), "--to")
    end = months.last_day(history.second).isoformat()
    together = published(service, tmp_path, *span, end)
    alone = [
        published(service, tmp_path, "--month", months.written(month))
        for month in (history.first, history.second)
    ]

    assert together == [*alone[0], *alone[1]]
    assert [line["plays"] for line in together] == ["7", "6"]

    history.watch(days(history.third, 2)[0])
    end = months.last_day(history.third).isoformat()
    answer = service.run("reports", "open-data", str(tmp_path), *span, end, check=False)
    assert answer.returncode == 3 and months.written(history.third) in answer.stderr


@pytest.mark.parametrize(("cut_start", "cut_end"), [(1, 0), (0, 1), (0, -1)])
def test_open_data_of_part_of_a_month_are_refused(
    history: History, service: Service, tmp_path: Path, cut_start: int, cut_end: int
) -> None:
    start = history.first + timedelta(days=cut_start)
    end = months.last_day(history.first) - timedelta(days=cut_end)
    options = ("--from", start.isoformat(), "--to", end.isoformat())
    answer = service.run("reports", "open-data", str(tmp_path / "out"), *options, check=False)

    assert answer.returncode == 2 and "whole calendar months" in answer.stderr
    assert not (tmp_path / "out").exists()


def test_open_data_of_too_few_boxes_are_refused(
    history: History, service: Service, tmp_path: Path
) -> None:
    history.watch(days(history.first, 1)[0])
    month = months.written(history.first)
    answer = service.run("reports", "open-data", str(tmp_path), "--month", month, check=False)
    assert (answer.returncode, answer.stderr.split(":")[0].split("\n")[-1]) == (3, "too_few_boxes")
