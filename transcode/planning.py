"""From a file to its plan: probe, triage, look at scenes, fit the ladder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from transcode.copying import with_copied_top
from transcode.fitting import fit
from transcode.hevc import hevc_rungs
from transcode.plan import HEVC_PASS, Options, Pass, Plan, make_plan
from transcode.probe import Source, probe
from transcode.scenes import look_at_scenes
from transcode.triage import triage


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A source, what will be made of it, and what it cost to find out. cpu_s: of FFmpeg."""

    source: Source
    plan: Plan
    cpu_s: float


def plan_file(
    path: Path,
    *,
    source_sha256: str,
    options: Options | None = None,
    scratch: Path | None = None,
    ffmpeg: str | Path | None = None,
    stop: Callable[[], bool] | None = None,
    memory_bytes: int | None = None,
) -> Planned:
    """Decide what to make of a file; the same file and options give the same plan.

    scratch: where the probe encodes lie for a moment. Raises SourceRefused, or Stopped.
    """
    options = options or Options()
    source = probe(path, stop=stop)
    treatment = triage(source, loudness_lufs=options.loudness_lufs)
    draft = make_plan(source, treatment, source_sha256=source_sha256, options=options)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="scenes-") as folder:
        content, cpu_s = look_at_scenes(
            draft, path, Path(folder), ffmpeg=ffmpeg, stop=stop, memory_bytes=memory_bytes
        )
    plan = fit(draft, content)
    if options.copy_top:
        plan = with_copied_top(plan, source, path, draft.rungs[0].max_bps, stop)
    if options.hevc:
        plan = with_hevc(plan)
    return Planned(source=source, plan=plan, cpu_s=cpu_s)


def with_hevc(plan: Plan) -> Plan:
    """The plan with an extra ladder in HEVC, made when all else is done."""
    rungs = hevc_rungs(plan.rungs)
    extra = Pass(name=HEVC_PASS, rungs=tuple(rung.name for rung in rungs), iframes=False)
    return replace(plan, hevc=rungs, passes=(*plan.passes, extra)) if rungs else plan
