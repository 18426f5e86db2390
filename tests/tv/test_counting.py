"""What the box says about what was watched: complete, kept until answered, never doubled."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from player_api.reports.definitions import IDLE_MIN
from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

COURSE = "#/course/501"


def spans_of(events: list[dict[str, Any]]) -> list[list[float]]:
    """All seen ranges in the order of their events."""
    ordered = sorted(events, key=lambda event: event["seq"])
    return [span for event in ordered for span in event["spans"]]


def watch(viewer: Viewer, seconds: float) -> None:
    """Open the course, play until this second, go back."""
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(seconds)
    viewer.press("back")


def test_a_play_tells_its_start_its_early_seconds_and_its_end(
    viewer: Viewer, stand_in: StandIn
) -> None:
    watch(viewer, 6)
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    events = stand_in.events
    assert [event["seq"] for event in events] == [0, 1, 2]
    assert len({event["play"] for event in events}) == 1
    assert events[0]["play"][14] == "7"
    assert 4 <= events[1]["watch_s"] < 5.5
    spans = spans_of(events)
    assert spans[0][0] < 0.5
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert 6 <= spans[-1][1] < 8
    assert events[-1]["watch_s"] >= spans[-1][1] - 1
    assert stand_in.boxes[0]["engine"].startswith("AppleWebKit/")


def test_skipped_seconds_are_not_seen(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(2)
    viewer.press("right")
    viewer.watches(14)
    viewer.press("back")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    seen_s = sum(end - start for start, end in spans_of(stand_in.events))
    assert 4 <= seen_s < 8
    assert stand_in.events[-1]["watch_s"] < 8
    assert stand_in.events[-1]["position_s"] >= 14


def test_a_replay_is_a_play_of_its_own(viewer: Viewer, stand_in: StandIn) -> None:
    watch(viewer, 1)
    viewer.press("ok")
    viewer.watches(2)
    viewer.press("back")
    viewer.waits_for(lambda: len([e for e in stand_in.events if e["state"] == "stopped"]) == 2)
    assert len({event["play"] for event in stand_in.events}) == 2


def test_a_play_that_stood_still_is_over_after_the_defined_time(viewer: Viewer) -> None:
    viewer.switch_on()
    is_over = "(ms) => nk.standsStill(nk.startPlay(1, 0, 5000, 0), 5000 + ms)"
    at = [viewer.page.evaluate(is_over, IDLE_MIN * 60_000 + late) for late in (0, 1)]
    assert at == [False, True]


def test_events_wait_on_the_box_while_the_line_is_down(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    viewer.switch_on()
    viewer.waits_for(lambda: bool(stand_in.boxes))
    stand_in.cut.add("events")
    watch(viewer, 1)
    assert viewer.page.evaluate("nk.keptEvents()") >= 2
    assert stand_in.events == []
    viewer.page.close()
    stand_in.cut.clear()
    revived = viewer.page.context.new_page()
    revived.goto(f"{stand_in.url}/tv/")
    viewer.waits_for_on(revived, lambda: bool(stand_in.events))
    revived.wait_for_function("() => nk.keptEvents() === 0")
    # A batch whose answer the box did not hear comes once more; none may be missing.
    heard = list(dict.fromkeys(event["seq"] for event in stand_in.events))
    assert heard == list(range(len(heard)))
    assert len({event["play"] for event in stand_in.events}) == 1


def test_a_box_that_the_server_does_not_know_introduces_itself_again(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("401",)
    viewer.switch_on()
    viewer.waits_for(lambda: bool(stand_in.boxes))
    stand_in.known_tokens.clear()
    watch(viewer, 1)
    viewer.waits_for(lambda: bool(stand_in.events))
    assert len(stand_in.boxes) == 2


def test_a_bad_event_does_not_hold_up_the_others(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("422",)
    stand_in.poison = "bad"
    viewer.switch_on()
    viewer.page.evaluate(
        "() => { for (let n = 0; n < 9; n += 1) nk.keepEvent("
        "{play: n === 4 ? 'bad' : 'good' + n, seq: 0}); nk.sendEvents() }"
    )
    viewer.page.wait_for_function("() => nk.keptEvents() === 0")
    assert sorted(event["play"] for event in stand_in.events) == [
        f"good{n}" for n in range(9) if n != 4
    ]


def test_the_start_address_names_the_box(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.known_tokens.add("from-the-launcher")
    viewer.switch_on(COURSE, query="?box=b-1&token=from-the-launcher")
    viewer.press("ok")
    viewer.watches(0.5)
    viewer.waits_for(lambda: bool(stand_in.events))
    assert stand_in.boxes == []


def test_the_start_address_names_the_region(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on(query="?region=520502")
    viewer.waits_for(lambda: bool(stand_in.boxes))
    viewer.page.reload()
    viewer.page.wait_for_selector(".on")
    assert [box["region"] for box in stand_in.boxes] == ["520502"]


def test_another_region_on_the_start_address_is_a_move(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.waits_for(lambda: "favourites" in stand_in.asked)
    moved = ("PUT", "boxes/me/region")
    viewer.switch_on(query="?region=520502")
    viewer.waits_for(lambda: moved in stand_in.wishes)
    assert stand_in.region == "520502"
    stand_in.asked.clear()
    viewer.page.reload()
    viewer.waits_for(lambda: "favourites" in stand_in.asked)
    assert stand_in.wishes.count(moved) == 1
    assert len(stand_in.boxes) == 1


def test_a_region_that_does_not_exist_leaves_no_box_unnamed(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("422",)
    viewer.switch_on(query="?region=999999")
    viewer.waits_for(lambda: bool(stand_in.boxes))
    assert [box["region"] for box in stand_in.boxes] == [None]


def test_without_storage_the_page_works_on_memory(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }});"
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('no') }});"
    )
    watch(viewer, 1)
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")
    viewer.page.wait_for_function("() => nk.keptEvents() === 0")


def keep_events(viewer: Viewer, count: int) -> None:
    """As if so many plays had been reported."""
    viewer.page.evaluate(
        "(n) => { for (let at = 0; at < n; at += 1) nk.keepEvent({play: 'p' + at, seq: 0}) }", count
    )


def test_thousands_of_events_wait_for_the_line_and_come_in_order(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    stand_in.cut.add("events")
    viewer.switch_on()
    keep_events(viewer, 5_100)
    viewer.page.reload()
    assert viewer.page.evaluate("nk.keptEvents()") == 5_000
    stand_in.cut.clear()
    viewer.page.evaluate("nk.hurryEvents()")
    viewer.page.wait_for_function("() => nk.keptEvents() === 0", timeout=60_000)
    arrived = list(dict.fromkeys(event["play"] for event in stand_in.events))
    assert arrived == [f"p{at}" for at in range(100, 5_100)]
    assert max(len(batch["events"]) for batch in stand_in.batches) == 200


def test_the_server_sets_how_often_a_play_is_told(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.beat_s = 5
    viewer.switch_on(COURSE)
    viewer.press("ok")
    viewer.watches(15)
    viewer.waits_for(lambda: len(stand_in.events) >= 4)
    told = [event["watch_s"] for event in stand_in.events[1:]]
    assert all(4.5 <= b - a < 7 for a, b in pairwise(told))


def test_a_full_store_keeps_events_in_memory_and_lets_them_go(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.page.add_init_script(
        "Storage.prototype.setItem = function () { throw new DOMException('full',"
        " 'QuotaExceededError') }"
    )
    stand_in.cut.add("events")
    viewer.expected_complaints = ("ERR_EMPTY_RESPONSE",)
    watch(viewer, 1)
    assert viewer.page.evaluate("nk.keptEvents()") >= 2
    stand_in.cut.clear()
    viewer.page.evaluate("nk.hurryEvents()")
    viewer.waits_for(lambda: bool(stand_in.events) and stand_in.events[-1]["state"] == "stopped")


def test_a_spoilt_store_gives_up_only_what_cannot_be_read(
    viewer: Viewer, stand_in: StandIn
) -> None:
    # A document of the same origin that is no page of ours has no icon.
    viewer.page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for range_kept in ("{broken", '"rubbish"', "[0, 900000000]", "[5, 1]", None):
        # Nothing of the page runs here that could send what is being put.
        viewer.page.goto(f"{viewer.url}/api/player/v1/popular")
        viewer.page.evaluate(
            "(range) => { const put = (key, value) => localStorage.setItem('nk.' + key, value);"
            "localStorage.removeItem('nk.ev'); if (range) put('ev', range);"
            "put('ev.7', JSON.stringify({play: 'kept', seq: 0})); put('ev.8', '{bro');"
            "put('ev.9', '42'); put('ev.10', JSON.stringify({play: 'too', seq: 0})) }",
            range_kept,
        )
        viewer.switch_on()
        viewer.waits_for(lambda: len(stand_in.events) >= 2)
        assert [event["play"] for event in stand_in.events] == ["kept", "too"], range_kept
        viewer.page.wait_for_function("() => nk.keptEvents() === 0")
        stand_in.events.clear()


def test_an_event_that_a_power_cut_left_without_its_range_is_sent(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.switch_on()
    viewer.page.evaluate(
        "() => { localStorage.setItem('nk.ev', '[4,4]');"
        "localStorage.setItem('nk.ev.4', JSON.stringify({play: 'last', seq: 0})) }"
    )
    viewer.page.reload()
    viewer.waits_for(lambda: bool(stand_in.events))
    assert stand_in.events[0]["play"] == "last"


# When what was asked for (by the page's clock), how many answers came, and how many requests
# of all are under way: a clock that leaps ahead must find none, or it is given up as lost.
ASKED = """
  window.asked_ms = []; window.answers = 0; window.under_way = 0;
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url) {
    under_way += 1;
    this.addEventListener('loadend', () => (under_way -= 1));
    if (window.asks && url.indexOf(asks) >= 0) {
      asked_ms.push(Date.now());
      this.addEventListener('loadend', () => (answers += 1));
    }
    return open.apply(this, arguments);
  };
"""


@pytest.mark.parametrize(
    ("dice", "retry_after_s", "waits_s"),
    [(0, None, [1, 2, 4, 8, 16]), (0.999, None, [2, 4, 8, 16, 32]), (0, 20, [20, 20, 20, 20, 20])],
)
@pytest.mark.parametrize(
    ("asks", "act"),
    [
        ("events", "nk.keepEvent({play: 'p', seq: 0}); nk.sendEvents()"),
        ("boxes/me/settings", "nk.setSetting('captions', true)"),
    ],
)
def test_a_server_in_need_is_left_in_peace_ever_longer(
    viewer: Viewer,
    stand_in: StandIn,
    asks: str,
    act: str,
    dice: float,
    retry_after_s: int | None,
    waits_s: list[int],
) -> None:
    viewer.expected_complaints = ("503",)
    viewer.page.add_init_script(ASKED)
    viewer.page.clock.install()
    viewer.switch_on()
    viewer.waits_until("() => nk.token() && !under_way")
    viewer.page.clock.pause_at(time.time() + 5)
    viewer.waits_until("() => !under_way")
    stand_in.answers[asks] = 503
    stand_in.retry_after_s = retry_after_s
    viewer.page.evaluate(f"() => {{ Math.random = () => {dice}; window.asks = '{asks}'; {act} }}")
    for turn, wait_s in enumerate(waits_s):
        viewer.waits_until(f"() => answers === {turn + 1} && !under_way")
        viewer.page.clock.run_for(wait_s * 1000 + 10)
    viewer.waits_until(f"() => answers === {len(waits_s) + 1}")
    asked_ms = viewer.page.evaluate("asked_ms")
    assert [round((b - a) / 1000) for a, b in pairwise(asked_ms)] == waits_s
