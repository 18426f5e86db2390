"""Fit the full ladder of a draft plan to what the film's scenes need, and say why.

Pure arithmetic on the numbers of ``scenes``: the same numbers give the same plan.
"""

from __future__ import annotations

import math
from dataclasses import replace

from transcode.content import Content, RungCost
from transcode.ladder import Rung, level
from transcode.plan import Plan, Reason, passes_of
from transcode.scenes import LEAST_FILM_S

# A rung must spare a line at least so much against the one above, sound included: less is no
# help where the larger one stalls, and costs CPU and storage.
LEAST_RATIO = 1.6
# Without a rung, the next one below may not be further away than this: lines lie in between.
LARGEST_GAP = 3.0
# High definition, wide or upright, keeps its two largest rungs, however alike they are in rate.
HD_WIDTH_PX, HD_HEIGHT_PX = 1280, 720
ALWAYS = 2
# The cap stands well above what the busiest sampled scene needs: it is there for scenes that were
# not sampled, such as a change of slides, and for thin lines, not to save bits.
CAP_OVER_BUSIEST = 2.0
LEAST_CAP_SHARE = 1 / 3
# Below this share of bits for motion a film is slides or the like.
SLIDES_MOVING_SHARE = 0.5

# The 1080p VMAF of plain veryfast at CRF 23 is met at CRF 24.2 by a talking head that needs 0.04
# bits a pixel, at 23.1 by field footage that needs 0.07, and above 27 by slides.
USUAL_BITS_A_PIXEL = 0.04
SHIFT_AT_USUAL = 0.8
SHIFT_A_DOUBLING = 1.5
LEAST_SHIFT, MOST_SHIFT = -2.8, 2.0

_NOT_PROBED = Reason(
    about="ladder",
    zh="影片很短，直接使用标准清晰度档位",
    en="The film is short: it gets the standard ladder without a probe",
)
_NO_SCENE = Reason(
    about="ladder",
    zh="抽查的片段都读不出来，使用标准清晰度档位",
    en="None of the sampled scenes could be encoded: the film gets the standard ladder",
)
_STILL = Reason(
    about="motion",
    zh="画面基本静止：运动搜索从简，处理时间省约五分之一",
    en="Hardly anything moves: a coarse search for motion will do, in four fifths of the time",
)


def fit(draft: Plan, content: Content) -> Plan:
    """The draft with the rungs that are worth having, their quality targets and rate caps."""
    if not content.costs:
        short = draft.duration_s < LEAST_FILM_S
        return replace(draft, reasons=(_NOT_PROBED if short else _NO_SCENE,))
    shift = crf_shift(content, draft)
    rungs = tuple(_aimed(rung, content.cost_of(rung.name), shift) for rung in draft.rungs)
    kept, reasons = _worth_having(draft, rungs)
    names = {rung.audio for rung in kept}
    still = _is_still(content)
    return replace(
        draft,
        rungs=kept,
        passes=passes_of(kept, len(draft.chunks)),
        audio=tuple(track for track in draft.audio if not track.main or track.name in names),
        content=content,
        still=still,
        reasons=(
            _aim_reason(content, shift),
            *([_STILL] if still else ()),
            *reasons,
            *_cap_reasons(draft, kept),
        ),
    )


def _is_still(content: Content) -> bool:
    """Is the film slides or the like?"""
    return content.costs[0].moving_share < SLIDES_MOVING_SHARE


def crf_shift(content: Content, draft: Plan) -> float:
    """How much lower the CRF is than the standard one: at the same CRF busy pictures lose more
    than still ones, so the bits that a pixel needs decide."""
    top = draft.rungs[0]
    bits_a_pixel = content.costs[0].average_bps / float(top.width_px * top.height_px * top.fps)
    shift = SHIFT_AT_USUAL + SHIFT_A_DOUBLING * math.log2(bits_a_pixel / USUAL_BITS_A_PIXEL)
    return round(min(MOST_SHIFT, max(LEAST_SHIFT, shift)), 1)


def _aimed(rung: Rung, cost: RungCost | None, shift: float) -> Rung:
    """The rung with its quality target, what that will need, and a cap well above it."""
    if cost is None:
        return rung
    # Six steps of CRF halve the rate or double it.
    factor = 2 ** (shift / 6)
    least = round(rung.max_bps * LEAST_CAP_SHARE)
    cap = min(rung.max_bps, max(least, round(CAP_OVER_BUSIEST * factor * cost.busiest_bps)))
    return replace(
        rung,
        crf=rung.crf - shift,
        max_bps=cap,
        buffer_bits=2 * cap,
        level=level(rung.width_px, rung.height_px, rung.fps, cap, 2 * cap),
        expected_bps=min(cap, round(factor * cost.average_bps)),
    )


def _worth_having(
    draft: Plan, rungs: tuple[Rung, ...]
) -> tuple[tuple[Rung, ...], tuple[Reason, ...]]:
    """Largest first. The two smallest always stay: the floor, and the one above it, with which a
    long film is playable early."""
    sound_bps = {track.name: track.bps for track in draft.audio}
    total_bps = [(rung.expected_bps or rung.max_bps) + sound_bps[rung.audio] for rung in rungs]
    top = rungs[0]
    always = ALWAYS if top.width_px >= HD_WIDTH_PX or top.height_px >= HD_HEIGHT_PX else 1
    kept, reasons = list(range(always)), []
    for number in range(always, len(rungs) - 1):
        ratio = total_bps[kept[-1]] / total_bps[number]
        gap = total_bps[kept[-1]] / total_bps[number + 1]
        smallest = number == len(rungs) - 2
        if smallest or ratio >= LEAST_RATIO or gap > LARGEST_GAP:
            kept.append(number)
        else:
            reasons.append(_left_out(rungs[number], rungs[kept[-1]], ratio))
    return tuple(rungs[number] for number in (*kept, len(rungs) - 1)), tuple(reasons)


def _left_out(rung: Rung, above: Rung, ratio: float) -> Reason:
    return Reason(
        about=rung.name,
        zh=f"不做 {rung.name}：码率只比 {above.name} 小 {ratio:.2f} 倍，省不了多少流量",
        en=f"No {rung.name}: {above.name} needs only {ratio:.2f} times as much",
    )


def _aim_reason(content: Content, shift: float) -> Reason:
    top, (kind_zh, kind_en) = content.costs[0], _kind(content)
    kbit, moving = top.average_bps // 1000, f"{top.moving_share:.0%}"
    return Reason(
        about="quality",
        zh=f"抽查 {content.scenes} 段：{kind_zh}，{top.rung} 平均约 {kbit} kbit/s，"
        f"其中运动占 {moving}；画质目标 CRF {-shift:+g}",
        en=f"{content.scenes} scenes sampled: {kind_en}; {top.rung} needs about {kbit} kbit/s, "
        f"{moving} of it for motion; quality target CRF {-shift:+g}",
    )


def _kind(content: Content) -> tuple[str, str]:
    """What such numbers usually mean, in words."""
    if _is_still(content):
        return "画面基本静止（如课件）", "mostly still, like slides"
    return "画面有运动", "moving pictures"


def _cap_reasons(draft: Plan, kept: tuple[Rung, ...]) -> list[Reason]:
    ceilings = {rung.name: rung.max_bps for rung in draft.rungs}
    return [_capped(r, ceilings[r.name]) for r in kept if r.max_bps < ceilings[r.name]]


def _capped(rung: Rung, ceiling_bps: int) -> Reason:
    cap, ceiling = rung.max_bps // 1000, ceiling_bps // 1000
    return Reason(
        about=rung.name,
        zh=f"{rung.name} 上限 {cap} kbit/s（标准 {ceiling}），最忙的片段最多用到一半",
        en=f"{rung.name} is capped at {cap} kbit/s instead of {ceiling}: "
        "the busiest scene needs half of that at most",
    )
