"""What figures mean: the desk's page, its help and the statements say the constants' numbers."""

from __future__ import annotations

import html
import re

import pytest

from app.house import House
from app.pages.texts.definitions import TEXTS
from player_api import clock
from player_api.reports import definitions, freezing, months
from tests.desk.audience import Audience
from tests.reports.history import History, days
from tests.visiting import Site

COUNTED_S = definitions.COUNTED_ABOVE_MS // 1000
SPEED = round(definitions.COUNTED_BELOW_SPEED)
EFFECTIVE_S = definitions.EFFECTIVE_MS // 1000
# Of each figure: what its short sentence says, then what else its section says.
SAID: dict[str, tuple[list[str], list[str]]] = {
    "plays": (
        [
            f"以低于 {SPEED} 倍的速度看过超过 {COUNTED_S} 秒的内容",
            f"或 {definitions.IDLE_MIN} 分钟没有动作",
        ],
        [f"长度 > {COUNTED_S} 秒", f"{COUNTED_S} 秒及以内", f"{SPEED} 倍及以上", "会话号（sid）"],
    ),
    "effective": (
        [f"达到 {EFFECTIVE_S} 秒", f"时长的 {definitions.EFFECTIVE_PERCENT}%"],
        [f"min（{EFFECTIVE_S} 秒，时长 × {definitions.EFFECTIVE_PERCENT}%）"],
    ),
    "completion": (
        [f"达到课时时长的 {definitions.COMPLETE_PERCENT}%", "完播率 = 完播次数 ÷ 播放次数"],
        [f"≥ {definitions.COMPLETE_PERCENT}%"],
    ),
    "watch": (["机顶盒实际播放的时间"], ["单调时钟"]),
    "distinct": ([], ["并集长度"]),
    "boxes": (["不代表一个人"], [f"只有 {COUNTED_S} 秒以内播放的机顶盒"]),
    "peak": ([], ["（60 秒）", f"最长按 {clock.LONGEST_PLAY_MS // 3_600_000} 小时计"]),
    "retention": ([], [f"按每 {definitions.RETENTION_STEP_MS // 1000} 秒分"]),
    "coverage": ([], [f"期末前 {definitions.SILENT_DAYS} 天没有看"]),
    "invalid": (
        [],
        [
            f"每分钟超过 {definitions.MOST_ACTIONS_A_MINUTE} 次",
            f"每天超过 {definitions.MOST_ACTIONS_A_DAY:,} 次",
            f"超过 {definitions.MOST_WATCH_A_DAY_H} 小时",
        ],
    ),
    "when": (["播放按开始的日期归日（Asia/Shanghai）"], [f"超过 {definitions.OLDEST_DAYS} 天"]),
    "receipts": ([], ["差额必须为 0"]),
    "groups": ([], [f"{definitions.SMALLEST_GROUP} 到 {definitions.MOST_PEOPLE:,} 人"]),
    "misses": ([], ["按天、按县"]),
}


def words_of(page: str, begins: str, ends: str) -> str:
    """The text of a part of a page."""
    part = page[page.index(begins) :]
    return html.unescape(re.sub(r"<[^>]*>", "", part[: part.index(ends)]))


def test_the_page_says_the_number_of_every_constant(site: Site) -> None:
    page = site.visitor("operator").get("/desk/definitions").text

    assert list(SAID) == [one.key for one in definitions.DEFINITIONS]
    assert f"口径版本 {definitions.VERSION}" in page
    for key, (in_short, further) in SAID.items():
        words = words_of(page, f'<section class="card define" id="{key}">', "</section>")
        for said in (*in_short, *further):
            assert said in words


def test_no_text_of_the_page_has_a_number_of_its_own() -> None:
    units = r"[0-9]+(?: ?[秒天人倍]| ?分钟| ?小时| (?:s|h|min|days|hours|people|times)\b)"
    assert [text for pair in TEXTS.values() for text in pair if re.search(units, text)] == []


def test_help_says_what_the_page_of_definitions_says(site: Site, audience: Audience) -> None:
    operator = site.visitor("operator")
    help_words = words_of(operator.get("/desk/").text, 'id="help"', "</details>")
    page = words_of(operator.get("/desk/definitions").text, "<main", "</main>")

    for key, (in_short, _) in SAID.items():
        for said in in_short:
            assert said in help_words and said in page, key
    plays = operator.get("/desk/", view="plays").text
    assert f"{COUNTED_S} 秒以内的和异常用户的不计入" in plays


@pytest.fixture
def history(house: House) -> History:
    history = History(house)
    history.watch(days(history.first, 3)[0])
    history.watch(days(history.second, 3)[0])
    return history


def test_a_statement_shows_the_definitions_that_it_names(site: Site, history: History) -> None:
    history.freeze()
    month = months.written(history.first)
    operator = site.visitor("operator")
    page = operator.get(f"/desk/statements/{month}").text

    named = operator.get(f"/desk/statements/{month}.json").json()["definitions"]
    assert named == f"nongke-counting/{definitions.VERSION}"
    words = words_of(page, 'id="definitions"', "</section>")
    for in_short, _ in SAID.values():
        for said in in_short:
            assert said in words


def test_a_statement_by_earlier_definitions_does_not_show_todays(
    site: Site, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as release:
        release.setattr(freezing, "DEFINITIONS", "nongke-counting/2026-10")
        history.freeze()
    history.freeze()
    operator = site.visitor("operator")
    earlier, current = (
        words_of(
            operator.get(f"/desk/statements/{months.written(month)}").text,
            'id="definitions"',
            "</section>",
        )
        for month in (history.first, history.second)
    )

    assert "按口径 nongke-counting/2026-10 冻结" in earlier
    assert f"现行的 nongke-counting/{definitions.VERSION}" in earlier
    assert "倍的速度" not in earlier and "倍的速度" in current
    rerun = operator.get(f"/desk/statements/{months.written(history.first)}/rerun").text
    assert "逐字节一致" in rerun
