"""Our side, by the code's own functions: the only module here that knows the names inside.

Run as a program it carries out a plan in a process of its own, whose CPU time and memory can be
counted whole: ``python -m tests.bench.ours PLAN_JSON SOURCE OUT_DIR``.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from tests.bench import measure
from transcode.assemble import assemble
from transcode.encode import chunk_arguments, encode_chunk, video_options
from transcode.filters import rendition_streams
from transcode.ladder import Rung
from transcode.oneshot import sound_beside
from transcode.plan import Options, Pass, Plan, make_plan
from transcode.planning import plan_file
from transcode.probe import probe
from transcode.sound import encode_audio
from transcode.triage import triage

FOUR = ("1080p", "720p", "480p", "360p")
# Longer than any clip: all of it in one chunk.
WHOLE_S = 3600
NO_HASH = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Made:
    """What carrying out a plan took and gave.

    The cost's peak is FFmpeg's and Python's together; its wall time begins where a worker's does,
    which has long been running.
    """

    cost: measure.Cost
    package_bytes: int


def fitted_plan(source: Path, *, chunk_s: int = WHOLE_S) -> Plan:
    """The plan as users get it."""
    options = Options(chunk_s=chunk_s)
    return plan_file(source, source_sha256=NO_HASH, options=options).plan


def full_plan(source: Path) -> Plan:
    """The ladder of everything, in one chunk: the largest job that there can be."""
    looked_at = probe(source)
    options = Options(chunk_s=WHOLE_S)
    return make_plan(looked_at, triage(looked_at), source_sha256=NO_HASH, options=options)


def four_rungs(source: Path, *, iframes: bool) -> Plan:
    """The rungs that the others make, too, in one pass, and sound at whatever loudness it has.

    With the quality targets of the fitted plan, but also the rungs that it would leave out, and
    without the floor. iframes: a package can't do without them, a bare encode can.
    """
    as_users_get_it = fitted_plan(source)
    fitted = {rung.name: rung for rung in as_users_get_it.rungs}
    plan = full_plan(source)
    rungs = tuple(fitted.get(rung.name, rung) for rung in plan.rungs if rung.name in FOUR)
    sounds = {rung.audio for rung in rungs}
    return dataclasses.replace(
        plan,
        rungs=rungs,
        still=as_users_get_it.still,
        passes=(Pass(name="all", rungs=FOUR, iframes=iframes),),
        audio=tuple(track for track in plan.audio if track.name in sounds),
        treatment=dataclasses.replace(plan.treatment, loudness_lufs=None),
    )


def loudness_cpu_s(source: Path, out_dir: Path) -> float:
    """What even loudness adds to the encoding of the sound."""
    plan = full_plan(source)
    treatment = dataclasses.replace(plan.treatment, loudness_lufs=None)
    plain = dataclasses.replace(plan, treatment=treatment)
    even, as_it_was = (encode_audio(p, source, out_dir) for p in (plan, plain))
    return even.cpu_s - as_it_was.cpu_s


def in_one_pass(plan: Plan) -> Plan:
    """All rungs of the plan from one decode, whatever the number of chunks."""
    names = tuple(rung.name for rung in plan.rungs)
    return dataclasses.replace(plan, passes=(Pass(name="all", rungs=names, iframes=True),))


def picture_arguments(plan: Plan, source: Path, out_dir: Path) -> list[str]:
    """The command line of a plan with one piece."""
    (piece,) = plan.pieces
    return chunk_arguments(plan, source, piece, out_dir)


def raw_arguments(plan: Plan, source: Path, out_dir: Path) -> list[str]:
    """The same pictures, not encoded: what reaches x264."""
    (piece,) = plan.pieces
    picture = ffmpeg.input(str(source))[str(plan.video_stream)]
    outputs = [
        stream.output(str(raw_file(out_dir, rung.name)), f="nut", vcodec="rawvideo")
        for rung, stream in rendition_streams(picture, plan, piece)
        if isinstance(rung, Rung)
    ]
    return _arguments(ffmpeg.merge_outputs(*outputs))


def x264_arguments(plan: Plan, rung: Rung, raw_dir: Path, out_dir: Path) -> list[str]:
    """Raw frames through x264 with the rung's own settings, and nothing else."""
    picture = ffmpeg.input(str(raw_file(raw_dir, rung.name)))
    made = str(out_dir / f"x264-{rung.name}.mp4")
    return _arguments(picture.output(made, **video_options(plan, rung)))


def raw_file(raw_dir: Path, rung: str) -> Path:
    return raw_dir / f"{rung}.nut"


def _arguments(graph: Any) -> list[str]:
    arguments: list[str] = ffmpeg.compile(graph, overwrite_output=True)[1:]
    return arguments


def package(source: Path, scratch: Path) -> tuple[measure.Cost, Path, dict[str, Any]]:
    """`nongke package`: its cost, the package's folder and the report."""
    made, printed = scratch / "ours", scratch / "report.json"
    words = [sys.executable, "-m", "app.cli", "package", str(source), str(made), "--json"]
    cost = measure.command(words, stdout=printed)
    return cost, made, json.loads(printed.read_text(encoding="utf-8"))


def plan_cost(source: Path) -> measure.Cost:
    """`nongke plan`: probing, sampling and deciding, without any encoding for keeps."""
    return measure.command([sys.executable, "-m", "app.cli", "plan", str(source)])


def make(plan: Plan, source: Path, out_dir: Path) -> Made:
    """Carry out a plan in a process of its own, as far as the package."""
    written = out_dir / "plan.json"
    written.write_text(json.dumps(plan.to_dict()), encoding="utf-8")
    words = [sys.executable, "-m", "tests.bench.ours", str(written), str(source), str(out_dir)]
    cost = measure.command(words)
    told = json.loads((out_dir / "told.json").read_text(encoding="utf-8"))
    return Made(
        cost=dataclasses.replace(cost, peak_bytes=told["peak_bytes"], wall_s=told["wall_s"]),
        package_bytes=told["package_bytes"],
    )


def _carry_out(plan: Plan, source: Path, out_dir: Path) -> dict[str, float]:
    began_at = time.monotonic()
    piece_dirs = {piece.name: out_dir / piece.name for piece in plan.pieces}
    with sound_beside(plan, source, out_dir / "audio") as sound:
        for piece in plan.pieces:
            encode_chunk(plan, source, piece, piece_dirs[piece.name])
        # The greatest FFmpeg, which is the picture's, and our own: a worker's job is one of
        # them at a time, the sound being a job of its own.
        peaks = [resource.getrusage(who).ru_maxrss for who in (_CHILDREN, _SELF)]
        sound.result()
    package = out_dir / "package"
    package.mkdir()
    assemble(plan, piece_dirs, out_dir / "audio", package)
    return {
        "package_bytes": sum(f.stat().st_size for f in package.rglob("*") if f.is_file()),
        "peak_bytes": 1024 * sum(peaks),
        "wall_s": time.monotonic() - began_at,
    }


_CHILDREN, _SELF = resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF


def _main() -> None:
    plan_path, source, out_dir = map(Path, sys.argv[1:])
    plan = Plan.from_dict(json.loads(plan_path.read_text(encoding="utf-8")))
    told = _carry_out(plan, source, out_dir)
    (out_dir / "told.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _main()
