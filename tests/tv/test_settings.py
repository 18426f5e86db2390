"""What a household sets: at once on the screen, for good on the server."""

from __future__ import annotations

import re
from typing import get_args

from player_api.box_settings import Preferences
from tests.tv.conftest import TV
from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

LINE_DOWN = ("ERR_EMPTY_RESPONSE",)


def test_a_setting_reaches_the_server(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on()
    viewer.page.evaluate("nk.setSetting('text', 'large')")
    viewer.page.wait_for_selector("#stage.large .on")
    viewer.waits_for(lambda: stand_in.settings["text"] == "large")


def test_a_box_that_forgot_gets_its_settings_from_the_server(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.settings.update(text="large", language="en")
    viewer.switch_on()
    viewer.page.wait_for_selector("#stage.large .on")
    viewer.sees("Press OK to watch")


def test_a_setting_waits_for_the_line_and_survives_the_night(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = LINE_DOWN
    viewer.switch_on()
    viewer.waits_for(lambda: bool(stand_in.boxes))
    stand_in.cut.add("boxes/me/settings")
    viewer.page.evaluate("nk.setSetting('text', 'large')")
    viewer.page.evaluate("nk.setSetting('captions', true)")
    viewer.page.reload()
    viewer.page.wait_for_selector("#stage.large .on")
    assert stand_in.settings["text"] == "normal"
    stand_in.cut.clear()
    viewer.page.reload()
    viewer.waits_for(lambda: stand_in.settings["captions"] is True)
    assert stand_in.settings["text"] == "large"


def test_of_many_wishes_the_last_counts(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = LINE_DOWN
    viewer.switch_on()
    viewer.waits_until("nk.ownBox")
    stand_in.cut.add("boxes/me/settings")
    for speed in ("0.75", "1.5", "1.25"):
        viewer.page.evaluate(f"nk.setSetting('speed', {speed})")
    stand_in.cut.clear()
    viewer.page.evaluate("nk.runErrands()")
    viewer.waits_for(lambda: stand_in.settings["speed"] == 1.25)
    viewer.waits_until("!nk.hasErrand('set.speed')")
    assert len(stand_in.wishes) <= 2


def test_a_wish_that_the_server_refuses_holds_up_no_other(
    viewer: Viewer, stand_in: StandIn
) -> None:
    viewer.expected_complaints = ("404",)
    viewer.switch_on()
    viewer.page.evaluate("nk.errand('odd', 'PUT', 'nowhere', {})")
    viewer.page.evaluate("nk.setSetting('speak', true)")
    viewer.waits_for(lambda: stand_in.settings["speak"] is True)
    viewer.waits_until("!nk.hasErrand('odd')")


def test_a_wish_goes_out_under_a_new_token(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.expected_complaints = ("401",)
    viewer.switch_on()
    viewer.waits_for(lambda: bool(stand_in.boxes))
    viewer.waits_until("nk.ownBox")
    stand_in.known_tokens.clear()
    viewer.page.evaluate("nk.setSetting('speak', true)")
    viewer.waits_for(lambda: stand_in.settings["speak"] is True)
    assert len(stand_in.boxes) == 2


def test_settings_turn_by_ok_and_by_arrows(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.switch_on("#/settings")
    viewer.sees("播放速度")
    viewer.press("down", "ok", "down", "left")
    assert "0.75倍" in viewer.focused
    viewer.waits_for(lambda: stand_in.settings["speed"] == 0.75)
    assert stand_in.settings["captions"] is True


def test_a_place_that_the_operator_registered_cannot_be_changed(
    viewer: Viewer, stand_in: StandIn
) -> None:
    stand_in.region_fixed = True
    viewer.switch_on("#/settings")
    viewer.sees("金钟镇")
    viewer.press("down", "down", "down", "down", "ok")
    viewer.sees("由服务站登记")
    assert viewer.address == "#/settings"


def test_reading_aloud_is_offered_only_where_the_box_can_speak(viewer: Viewer) -> None:
    viewer.page.add_init_script("delete window.SpeechSynthesisUtterance")
    viewer.switch_on("#/settings")
    viewer.sees("播放速度")
    assert viewer.page.get_by_text("读出来").count() == 0


def test_page_and_server_begin_with_the_same_settings(viewer: Viewer) -> None:
    viewer.switch_on()
    assert viewer.page.evaluate("nk.settings") == Preferences().model_dump()


def test_the_server_keeps_every_language_of_the_page(viewer: Viewer) -> None:
    viewer.switch_on()
    languages = get_args(Preferences.model_fields["language"].annotation)
    assert viewer.page.evaluate("nk.languages") == list(languages)


def test_every_language_has_every_text(viewer: Viewer) -> None:
    viewer.switch_on()
    missing = viewer.page.evaluate(
        "() => new Promise((done) => nk.needPart('watch', () => nk.needPart('more', () => {"
        " const keys = new Set(nk.languages.flatMap((one) => Object.keys(nk.strings[one])));"
        " done(nk.languages.flatMap((one) => [...keys].filter((key) => !nk.strings[one][key])"
        ".map((key) => one + ' ' + key))) })))"
    )
    assert missing == []


STOPPED = ("network", "missing", "decode", "server", "slow")
HELPED = ("ok", "arrows", "back", "home", "digits", "media_play", "red", "green", "yellow", "blue")
LEARNED = (
    *("ok", "up", "down", "left", "right", "back", "home", "page_up", "page_down", "play_pause"),
    *("rewind", "forward", "stop", "red", "green", "yellow", "blue", "info"),
)
# Keys that are put together: their beginning, and every end.
BUILT = {
    "by_": ["popular", "newest", "number"],
    "error_": [f"{kind}_{part}" for kind in STOPPED for part in ("title", "text")],
    "help_": HELPED,
    "learn_": LEARNED,
    "number_more_": ["1", "2"],
    "search_": ["clear", "erase", "letters", "nine"],
    "set_": ["speak", "speak_hint", "captions", "captions_hint"],
}


def test_every_text_that_the_page_asks_for_is_there(viewer: Viewer) -> None:
    viewer.switch_on()
    sources = "".join(path.read_text() for path in (TV / "src").glob("*.js"))
    # Also those behind a condition; what a comparison names is no text.
    calls = re.findall(r"nk\.t\(((?:[^()]|\([^()]*\))*)\)", sources)
    named = {key for call in calls for key in re.findall(r"(?<!== )'(\w+)'", call)}
    assert len(named) > 150
    beginnings = {key for key in named if re.fullmatch(r"\w+_", key)} - {"_"}
    built = {f"{key}{part}" for key, parts in BUILT.items() for part in parts}
    assert beginnings == set(BUILT)
    asked = sorted({key for key in named if not re.search("^_|_$", key)} | built)
    missing = viewer.page.evaluate(
        "(asked) => new Promise((done) => nk.needPart('watch', () => nk.needPart('more', () =>"
        " done(asked.filter((key) => !nk.strings.zh[key])))))",
        asked,
    )
    assert missing == []


def test_the_language_chosen_by_hand_outlives_the_start_address(viewer: Viewer) -> None:
    viewer.switch_on(query="?lang=en")
    viewer.sees("Press OK to watch")
    viewer.page.evaluate("nk.setSetting('language', 'zh')")
    viewer.sees("按“确定”看这门课")
    viewer.page.reload()
    viewer.sees("按“确定”看这门课")


def test_the_settings_show_what_the_remotes_keys_do(viewer: Viewer) -> None:
    viewer.switch_on("#/settings")
    viewer.sees("遥控器怎么用")
    viewer.press("down", "down", "down", "down", "down", "ok")
    viewer.sees("遥控器怎么按")
    viewer.press("ok")
    assert viewer.page.locator(".remote").count() == 0
    assert viewer.address == "#/settings"
