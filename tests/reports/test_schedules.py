"""A worker that is started does by itself what is due."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from app.house import House
from tests.reports.history import History, days
from tests.service import Service, wait_until

# As a worker's clock does when the hour or the night has come, which no test can wait for.
DUE = text(
    "SELECT procrastinate_defer_periodic_job_v2('default', NULL, NULL, :task, 0, '',"
    " :timestamp, jsonb_build_object('timestamp', CAST(:timestamp AS bigint)))"
)


@pytest.fixture
def history(house: House) -> History:
    return History(house)


def due(history: History, task: str) -> None:
    with history.house.db.begin() as session:
        session.execute(DUE, {"task": task, "timestamp": int(time.time())})


def found(history: History, query: str, **values: object) -> object:
    with history.house.db.begin() as session:
        return session.scalar(text(query), values)


def test_a_worker_that_starts_rolls_up_what_changed(history: History, service: Service) -> None:
    day = days(history.second, 3)[0]
    history.watch(day)
    history.execute("INSERT INTO changed_day (day) VALUES (:day)", day=day)
    # A worker makes up for what was due in the last ten minutes, and this is due every five.
    service.start_worker()
    rolled_up = "SELECT boxes FROM reach WHERE grain = 'day' AND start = :day AND lesson_id = 0"
    wait_until(lambda: found(history, rolled_up, day=day), what="the day's sets of boxes")
    peak = "SELECT plays FROM peak WHERE day = :day AND region_code = ''"
    assert found(history, peak, day=day) == 1
    stale = "SELECT count(*) FROM changed_day WHERE day = :day AND changes > rolled_up"
    assert found(history, stale, day=day) == 0


def test_a_worker_freezes_months_and_lets_go_of_old_plays(
    history: History, service: Service
) -> None:
    for month in (history.first, history.second, history.third):
        history.watch(days(month, 3)[0])
    history.roll_up()
    service.env["NONGKE_KEEP_PLAYS_MONTHS"] = "1"
    service.start_worker()
    due(history, "statements:freeze")
    frozen_by = "SELECT frozen_by FROM statement WHERE month = :third"
    third = history.third
    wait_until(lambda: found(history, frozen_by, third=third) == "schedule", what="the freezing")
    assert found(history, "SELECT count(*) FROM statement WHERE month <= :third", third=third) == 3

    due(history, "statements:reduce")
    old = "SELECT count(*) FROM play WHERE day < :third"
    wait_until(lambda: found(history, old, third=third) == 0, what="old plays to go")
    assert found(history, "SELECT DISTINCT reduced_by FROM reduction") == "schedule"
