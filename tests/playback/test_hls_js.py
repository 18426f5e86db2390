"""Packages in hls.js under Chromium: rungs up and down, seeks, to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from transcode.oneshot import Report

Served = Callable[[Path], str]


def opened(page: Page, address: str) -> None:
    """Open the player and wait until pictures move."""
    page.goto(f"{address}/player.html")
    page.wait_for_function("video.currentTime > 0.2")


def fatal_errors(page: Page) -> list[str]:
    found: list[str] = page.evaluate("seen.fatal")
    return found


def test_a_viewer_changes_rungs_up_and_down_and_seeks(
    page: Page, served: Served, packaged_long: tuple[Path, Report]
) -> None:
    folder, report = packaged_long
    opened(page, served(folder))
    heights = {rung.height_px for rung in report.plan.rungs}
    assert page.evaluate("hls.levels.length") == len(report.plan.rungs)
    by_height = page.evaluate("hls.levels.map(function (level) { return level.height; })")
    for turn, height in enumerate([*sorted(heights), *sorted(heights, reverse=True)]):
        page.evaluate(f"hls.currentLevel = {by_height.index(height)}")
        # The film must last: back and forth, so that another segment is to be fetched.
        page.evaluate(f"video.currentTime = {1 + 8 * (turn % 2)}")
        page.wait_for_function(f"video.videoHeight === {height} && !video.seeking")
    # And in mid-play, with nothing thrown away: one rung's segments behind another's.
    page.evaluate("hls.config.maxBufferLength = hls.config.maxMaxBufferLength = 4")
    page.evaluate(f"hls.currentLevel = {by_height.index(min(heights))}; video.currentTime = 1")
    page.wait_for_function(f"video.videoHeight === {min(heights)} && !video.seeking")
    page.evaluate(f"hls.loadLevel = {by_height.index(max(heights))}")
    page.wait_for_function(f"video.videoHeight === {max(heights)}")
    for place_s in (14.3, 2.5, 9.0):
        page.evaluate(f"video.currentTime = {place_s}")
        page.wait_for_function(f"!video.seeking && video.currentTime > {place_s + 0.2}")
    page.evaluate(f"video.currentTime = {report.plan.duration_s - 1}")
    page.wait_for_function("video.ended")
    assert page.evaluate("video.duration") == pytest.approx(report.plan.duration_s, abs=0.3)
    assert fatal_errors(page) == []
