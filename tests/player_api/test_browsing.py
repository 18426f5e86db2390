"""The catalogue in pages, by number and by search; resume points and marks of a box."""

from __future__ import annotations

from typing import Any

from app.house import House
from app.settings import Settings
from catalog import editing
from catalog.tables import Course, Lesson
from player_api.boxes import revoke_box
from tests.player_api.box import API, Viewer, now_ms, play_id
from tests.player_api.conftest import NOW, add_lesson
from transcode.tables import Package, Video


def walk(viewer: Viewer, **parameters: Any) -> list[str]:
    """Numbers of all courses, page by page."""
    numbers: list[str] = []
    after = None
    while True:
        page = viewer.get("courses", **parameters, **({"after": after} if after else {})).json()
        numbers += [course["number"] for course in page["courses"]]
        after = page["next"]
        if after is None:
            return numbers


def category_id(viewer: Viewer, title: str) -> int:
    """The id that the menu gives to a category."""
    categories = viewer.get("menu").json()["categories"]
    return next(category["id"] for category in categories if category["title"] == title)


def test_pages_show_every_course_once_in_each_order(viewer: Viewer) -> None:
    for limit in (1, 2, 3, 100):
        assert walk(viewer, limit=limit) == ["203", "204", "301"]
        assert walk(viewer, limit=limit, sort="newest") == ["301", "204", "203"]
        # 黑木耳 hei1 mu4 …, 黑山羊 hei1 shan1 …, 苗族 miao2 …
        assert walk(viewer, limit=limit, sort="title") == ["204", "203", "301"]


def test_a_category_has_the_courses_of_those_below_it(viewer: Viewer) -> None:
    assert walk(viewer, category=category_id(viewer, "种植养殖"), limit=1) == ["203", "204"]
    assert walk(viewer, category=category_id(viewer, "养羊")) == ["203"]
    assert walk(viewer, category=99_999) == []


def test_a_cursor_of_nobodys_making_is_refused(viewer: Viewer) -> None:
    for after in ("x", "bm90aGluZw", "WyJudW1iZXIiLCAiYSJd", "中", "e30", "===="):
        answer = viewer.get("courses", after=after)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor"), after


def test_a_cursor_of_another_order_is_refused(viewer: Viewer) -> None:
    cursor = viewer.get("courses", limit=1).json()["next"]
    assert viewer.get("courses", after=cursor, sort="title").status_code == 422


def test_a_typed_number_finds_its_course(viewer: Viewer) -> None:
    course = viewer.get("courses/203").json()
    assert (course["number"], course["title"]) == ("203", "黑山羊养殖技术")
    assert course["poster_url"] == "/media/" + course["poster"]
    for number in ("302", "999", "0"):
        answer = viewer.get(f"courses/{number}")
        assert (answer.status_code, answer.json()["code"]) == (404, "course_not_found")


SEARCHES = {
    "hsy": ["203"],
    "HSY": ["203"],
    "h": ["203", "204"],
    "yz": ["203"],
    "203": ["203"],
    "黑": ["203", "204"],
    "木耳": ["204"],
    "选种": ["203"],
    "冬季": ["203", "204", "301"],
    "mzcx": [],
    "%": [],
    "_": [],
    " ": [],
    "没有这个": [],
}


def test_search_finds_by_initials_number_and_words(viewer: Viewer) -> None:
    for words, expected in SEARCHES.items():
        courses = viewer.get("search", q=words).json()["courses"]
        assert [course["number"] for course in courses] == expected, words


def test_the_best_match_comes_first(viewer: Viewer, house: House) -> None:
    with house.db.begin() as session:
        course = editing.create_course(
            session, number=101, title="冬季养羊", category_id=1, tags=["黑木耳"]
        )
        add_lesson(session, course, "开始", 10)
        editing.publish_course(session, course, NOW)
    numbers = [c["number"] for c in viewer.get("search", q="黑木耳").json()["courses"]]
    assert numbers == ["204", "101"]


def test_playback_says_what_to_play_and_what_follows(
    viewer: Viewer, library: dict[str, int]
) -> None:
    first = viewer.get(f"lessons/{library['选种']}/playback").json()
    prefix = first["playlist"].removesuffix("/multivariant.m3u8")
    assert prefix.startswith("/media/videos/")
    assert first == {
        "lesson": library["选种"],
        "course": "203",
        "title": "选种",
        "duration_s": 100.0,
        "playlist": f"{prefix}/multivariant.m3u8",
        "poster": f"{prefix}/poster.jpg",
        "hevc_playlist": None,
        "storyboard": None,
        "captions": [],
        "soundtracks": [],
        "chapters": [],
        "resume_s": 0.0,
        "next_lesson": library["羊舍"],
    }
    assert viewer.get(f"lessons/{library['羊舍']}/playback").json()["next_lesson"] is None
    for unseen in (library["挑花"], 99_999):
        answer = viewer.get(f"lessons/{unseen}/playback")
        assert (answer.status_code, answer.json()["code"]) == (404, "lesson_not_found")


def test_playback_tells_what_else_the_package_has(
    viewer: Viewer, library: dict[str, int], house: House
) -> None:
    spoken = {"name": "中文", "language": "zh", "forced": False}
    with house.db.begin() as session:
        video = session.get_one(Video, session.get_one(Lesson, library["选种"]).video_id)
        session.get_one(Package, video.package_id).report = {
            "storyboard": {"pictures": 50},
            "hevc": [{"name": "hevc-1080p"}],
            "captions": [{"folder": "captions-1", "cues": 9, **spoken}],
            "soundtracks": [
                {"folder": None, "name": "原声", "language": None, "peak_bps": 0},
                {"folder": "audio-2", "name": "苗语", "language": "hmn", "peak_bps": 1},
            ],
            "chapters": [{"start_s": 0, "end_s": 100, "title": "看体型"}],
        }
    told = viewer.get(f"lessons/{library['选种']}/playback").json()
    prefix = told["playlist"].removesuffix("/multivariant.m3u8")
    assert told["hevc_playlist"] == f"{prefix}/hevc.m3u8"
    assert told["storyboard"] == f"{prefix}/storyboard/storyboard.vtt"
    assert told["captions"] == [{**spoken, "url": f"{prefix}/captions-1/captions.vtt"}]
    assert told["soundtracks"] == [
        {"name": "原声", "language": None, "default": True},
        {"name": "苗语", "language": "hmn", "default": False},
    ]
    assert told["chapters"] == [{"start_s": 0, "end_s": 100, "title": "看体型"}]


def resume_s(viewer: Viewer, lesson: int) -> float:
    """Where the box would go on."""
    found: float = viewer.get(f"lessons/{lesson}/playback").json()["resume_s"]
    return found


def test_a_lesson_goes_on_where_the_box_left_it(viewer: Viewer, library: dict[str, int]) -> None:
    lesson = library["选种"]
    play = play_id(now_ms() - 90_000)
    viewer.send(viewer.event(play, lesson, [0, 30]), viewer.event(play, lesson, [30, 42.5]))
    assert resume_s(viewer, lesson) == 42.5
    viewer.send(viewer.event(play, lesson, state="paused", position_s=12))
    assert resume_s(viewer, lesson) == 12
    other = Viewer.introduced(viewer.client)
    assert resume_s(other, lesson) == 0
    viewer.send(viewer.event(play, lesson, [42, 97]))
    assert resume_s(viewer, lesson) == 0
    again = play_id(now_ms() - 30_000)
    viewer.send(viewer.event(again, lesson, [0, 20], at=now_ms() + 1000))
    assert resume_s(viewer, lesson) == 20
    viewer.send(viewer.event(again, lesson, at=now_ms() + 2000, state="ended", position_s=50))
    assert resume_s(viewer, lesson) == 0


def test_a_worthless_token_does_not_keep_a_lesson_from_playing(
    viewer: Viewer, library: dict[str, int]
) -> None:
    viewer.token = "worthless"
    assert viewer.get(f"lessons/{library['选种']}/playback").status_code == 200


def test_recent_plays_show_each_course_once_newest_first(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    now = now_ms()
    for minutes_ago, lesson, end_s in ((9, "选种", 95), (6, "制棒", 20), (3, "羊舍", 33)):
        begun = now - minutes_ago * 60_000
        event = viewer.event(
            play_id(begun), library[lesson], [0, end_s], at=begun + 1000, position_s=end_s
        )
        viewer.send(event)
    plays = viewer.get("plays/recent").json()["plays"]
    assert [(p["course"], p["lesson_title"], p["resume_s"], p["finished"]) for p in plays] == [
        ("203", "羊舍", 33.0, False),
        ("204", "制棒", 20.0, False),
    ]
    with house.db.begin() as session:
        editing.withdraw_course(session, editing.course_by_number(session, 203))
    assert [p["course"] for p in viewer.get("plays/recent").json()["plays"]] == ["204"]
    assert viewer.client.get(f"{API}/plays/recent").status_code == 401


def test_marks_are_kept_for_the_box(viewer: Viewer) -> None:
    def put(number: str) -> int:
        path = f"{API}/favourites/{number}"
        return viewer.client.put(path, headers=viewer.headers).status_code

    def numbers(box: Viewer) -> list[str]:
        return [c["number"] for c in box.get("favourites").json()["courses"]]

    assert [put("203"), put("301"), put("203")] == [204, 204, 204]
    assert numbers(viewer) == ["301", "203"]
    assert numbers(Viewer.introduced(viewer.client)) == []
    assert put("302") == 404
    for _ in range(2):
        gone = viewer.client.delete(f"{API}/favourites/301", headers=viewer.headers)
        assert gone.status_code == 204
    assert numbers(viewer) == ["203"]


def test_a_box_that_forgot_everything_is_known_again_by_its_card(
    viewer: Viewer, library: dict[str, int]
) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0001", model="GD-1", region="520302")
    box.send(box.event(play_id(now_ms() - 60_000), library["选种"], [0, 30]))
    again = Viewer.introduced(viewer.client, card="8520 0001", model="GD-1")
    assert (again.id, again.region) == (box.id, "520302")
    assert resume_s(again, library["选种"]) == 30
    moved = Viewer.introduced(viewer.client, card="8520 0001", region="5205")
    assert (moved.id, moved.region) == (box.id, "5205")
    assert Viewer.introduced(viewer.client, card="8520 0002").id != box.id


def test_boxes_without_a_card_are_different_boxes(viewer: Viewer) -> None:
    first, second = (Viewer.introduced(viewer.client, card="") for _ in range(2))
    assert first.id != second.id


def test_a_box_stands_where_it_says_or_where_the_settings_say(viewer: Viewer, house: House) -> None:
    assert viewer.region == house.settings.region == "52"
    assert Viewer.introduced(viewer.client, region="5203").region == "5203"
    unknown = viewer.client.post(f"{API}/boxes", json={"region": "11"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_region")


def test_an_introduction_of_the_wrong_form_is_refused(viewer: Viewer) -> None:
    wrong: list[Any] = [
        {"model": "x" * 121},
        {"engine": "a\0b"},
        {"card": "9" * 65},
        {"region": "here"},
        ["list"],
    ]
    for about in wrong:
        answer = viewer.client.post(f"{API}/boxes", json=about)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), about


def test_a_blocked_card_gets_no_token(viewer: Viewer, house: House) -> None:
    box = Viewer.introduced(viewer.client, card="8520 0003")
    with house.db.begin() as session:
        revoke_box(session, box.id, NOW)  # type: ignore[arg-type]
    answer = viewer.client.post(f"{API}/boxes", json={"card": "8520 0003"})
    assert (answer.status_code, answer.json()["code"]) == (403, "box_blocked")


def test_regions_are_offered_level_by_level(viewer: Viewer) -> None:
    def offered(**parameters: str) -> list[tuple[str, bool]]:
        regions = viewer.get("regions", **parameters).json()["regions"]
        return [(region["name"], region["has_children"]) for region in regions]

    assert offered() == [("贵州省", True)]
    assert offered(parent="52") == [("遵义市", True), ("毕节市", False)]
    assert offered(parent="5203") == [("红花岗区", False)]
    assert offered(parent="5205") == []
    assert viewer.get("regions", parent="11").json()["code"] == "unknown_region"


def test_settings_name_the_beat(house: House, settings: Settings, viewer: Viewer) -> None:
    assert viewer.send().json() == {
        "accepted": 0,
        "unchanged": 0,
        "refused": [],
        "next_beat_s": settings.beat_s,
    }
    with house.db.begin() as session:
        assert session.get(Course, 1) is not None
