"""The page reads aloud what has the focus, and is silent while a lesson plays."""

from __future__ import annotations

import pytest

from tests.tv.stand_in import StandIn
from tests.tv.viewer import Viewer

ENGINE = """
window.said = [];
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => [{lang: 'zh-CN'}, {lang: 'en-US'}],
  speak: (words) => window.said.push(words.text),
  cancel: () => window.said.push(''),
}});
"""


@pytest.fixture
def listener(viewer: Viewer, stand_in: StandIn) -> Viewer:
    """A household that has the page read to it."""
    stand_in.settings["speak"] = True
    viewer.page.add_init_script(ENGINE)
    return viewer


def hears(viewer: Viewer, text: str) -> None:
    """The last that was said."""
    viewer.waits_until("(text) => (said[said.length - 1] || '').indexOf(text) >= 0", text)


def test_what_has_the_focus_is_read(listener: Viewer) -> None:
    listener.switch_on("#/settings")
    hears(listener, "设置。字大一些")
    listener.press("down")
    hears(listener, "读出来")


def test_a_card_is_read_by_number_and_title_alone(listener: Viewer, stand_in: StandIn) -> None:
    listener.switch_on("#/category/2")
    listener.page.wait_for_selector(".chip.on, .card.on")
    listener.press("down", "right")
    number = listener.page.locator(".card.on .badge").inner_text()
    hears(listener, f"{number} {stand_in.course(number)['title']}")


def test_a_move_cuts_off_what_was_being_said(listener: Viewer) -> None:
    listener.switch_on("#/settings")
    hears(listener, "字大一些")
    listener.press("down", "down")
    hears(listener, "字幕")
    heard = listener.page.evaluate("said.filter((text) => text)")
    assert not [text for text in heard[1:] if "读出来" in text]
    assert "" in listener.page.evaluate("said")


def test_a_dialog_is_read_with_its_question(listener: Viewer) -> None:
    listener.switch_on("#/settings")
    hears(listener, "字大一些")
    listener.press("back")
    listener.page.wait_for_selector(".hero.on")
    listener.press("back")
    hears(listener, "要离开农课吗？。继续学习")


def test_nothing_is_said_while_a_lesson_plays(listener: Viewer) -> None:
    listener.switch_on("#/course/501")
    listener.waits_until("nk.canSpeak && nk.canSpeak()")
    listener.press("ok")
    listener.watches(1)
    before = listener.page.evaluate("said.filter((text) => text).length")
    listener.press("up")
    listener.watches(2.5)
    assert listener.page.evaluate("said.filter((text) => text).length") == before


def test_larger_letters_bring_the_voice_along(viewer: Viewer, stand_in: StandIn) -> None:
    viewer.page.add_init_script(ENGINE)
    viewer.switch_on("#/settings")
    viewer.sees("播放速度")
    viewer.press("ok")
    viewer.page.wait_for_selector("#stage.large .on")
    # Told one after the other, the text last.
    viewer.waits_for(lambda: stand_in.settings["text"] == "large")
    assert stand_in.settings["speak"] is True


def test_the_shell_of_a_box_may_lend_its_voice(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.settings["speak"] = True
    viewer.page.add_init_script(
        "window.said = []; delete window.SpeechSynthesisUtterance;"
        "window.nongkeVoice = {stop() {},"
        " speak(text, language) { said.push(language + ':' + text) }}"
    )
    viewer.switch_on("#/settings")
    hears(viewer, "zh:设置。字大一些")


def test_a_voice_that_lacks_half_of_itself_stops_nothing(viewer: Viewer, stand_in: StandIn) -> None:
    stand_in.settings["speak"] = True
    viewer.page.add_init_script(
        ENGINE.replace("[{lang: 'zh-CN'}, {lang: 'en-US'}]", "[{name: 'nameless'}]")
        + "window.nongkeVoice = {speak() { said.push('tried'); throw new Error('busy') }};"
    )
    viewer.switch_on("#/settings")
    hears(viewer, "tried")
    viewer.press("down")
    assert viewer.focused.startswith("读出来")
    assert viewer.page.evaluate("!!nk.screens.learn")
