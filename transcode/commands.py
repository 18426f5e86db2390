"""``package`` and ``verify`` for the command line: bars on stderr, JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from transcode.errors import PackageInvalid, SourceRefused, TranscodeError
from transcode.loudness import TARGET_LUFS
from transcode.oneshot import OnProgress, Report, package_file, sha256_of
from transcode.plan import Options, Plan
from transcode.planning import plan_file
from transcode.verify import Verification, verify_own
from transcode.verify import verify as verify_target

EXIT_FAILED, EXIT_REFUSED, EXIT_INVALID = 1, 3, 4
_MARKS = {True: "[green]pass[/]", False: "[red]FAIL[/]", None: "[dim]n/a[/]"}

Loudness = Annotated[
    float, typer.Option(help="LUFS that sound is brought to; 0 leaves it alone.", min=-31, max=0)
]
CopyTop = Annotated[
    bool, typer.Option(help="Take the film's own picture as the top rung where it can serve.")
]
Hevc = Annotated[bool, typer.Option(help="Make the largest rungs in HEVC as well.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")]


def package(
    source: Annotated[Path, typer.Argument(help="The video file.", exists=True, dir_okay=False)],
    out_dir: Annotated[Path, typer.Argument(help="Folder to make; it must not exist or be empty.")],
    as_json: AsJson = False,
    ffmpeg: Annotated[Path | None, typer.Option(help="FFmpeg to use instead of ours.")] = None,
    chunk_s: Annotated[int, typer.Option(help="Length of a chunk in seconds.", min=4)] = 60,
    loudness: Loudness = TARGET_LUFS,
    copy_top: CopyTop = False,
    hevc: Hevc = False,
) -> None:
    """Make an HLS package of a video file, without server or database."""
    options = _options(chunk_s, loudness, copy_top, hevc)
    try:
        with _bar() as on_progress:
            report = package_file(
                source,
                out_dir,
                on_progress=on_progress,
                ffmpeg=ffmpeg,
                options=options,
            )
    except TranscodeError as error:
        _fail(error, as_json)
    except FileExistsError as error:
        raise typer.BadParameter(str(error)) from error
    else:
        _print_json(report.to_dict()) if as_json else _print_report(report, out_dir)


def plan(
    source: Annotated[Path, typer.Argument(help="The video file.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
    ffmpeg: Annotated[Path | None, typer.Option(help="FFmpeg to use instead of ours.")] = None,
    chunk_s: Annotated[int, typer.Option(help="Length of a chunk in seconds.", min=4)] = 60,
    loudness: Loudness = TARGET_LUFS,
    copy_top: CopyTop = False,
    hevc: Hevc = False,
) -> None:
    """Show what would be made of a video file, and why. The same file gives the same plan."""
    options = _options(chunk_s, loudness, copy_top, hevc)
    try:
        planned = plan_file(source, source_sha256=sha256_of(source), options=options, ffmpeg=ffmpeg)
    except TranscodeError as error:
        _fail(error, as_json)
    else:
        if as_json:
            _print_json({"hash": planned.plan.hash, **planned.plan.to_dict()})
        else:
            _print_plan(planned.plan)


def verify(
    target: Annotated[str, typer.Argument(help="Folder, playlist file or http address.")],
    as_json: AsJson = False,
) -> None:
    """Check any HLS package on its bytes: every rule with pass or fail."""
    own = Path(target) if Path(target).is_dir() else None
    verification = verify_own(own) if own else verify_target(target)
    if as_json:
        _print_json(verification.to_dict())
    else:
        _print_rules(verification)
    if not verification.passed:
        raise typer.Exit(EXIT_INVALID)


def _options(chunk_s: int, loudness: float, copy_top: bool, hevc: bool) -> Options:
    return Options(chunk_s=chunk_s, loudness_lufs=loudness or None, copy_top=copy_top, hevc=hevc)


@contextmanager
def _bar() -> Iterator[OnProgress]:
    columns = (TextColumn("{task.description:<9}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("probe", total=1.0)
        yield lambda step, share: progress.update(task, description=step, completed=share)


def _fail(error: TranscodeError, as_json: bool) -> None:
    if as_json:
        _print_json({"code": error.code, "message": str(error), "remedy": error.remedy_en})
    told = (f"code: {error.code}", str(error), error.remedy_zh, error.remedy_en)
    typer.echo("\n".join(told), err=True)
    exits = {SourceRefused: EXIT_REFUSED, PackageInvalid: EXIT_INVALID}
    code = next((code for kind, code in exits.items() if isinstance(error, kind)), EXIT_FAILED)
    raise typer.Exit(code) from error


def _print_json(plain: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=1) + "\n")


def _print_report(report: Report, out_dir: Path) -> None:
    table = Table("rung", "size", "fps", "peak kbit/s", "average kbit/s", "MB")
    for rung in report.contents["rungs"]:
        table.add_row(
            rung["name"],
            f"{rung['width_px']}×{rung['height_px']}",
            f"{rung['fps']:g}",
            f"{rung['peak_bps'] / 1000:.0f}",
            f"{rung['average_bps'] / 1000:.0f}",
            f"{rung['size_bytes'] / 1e6:.1f}",
        )
    console = Console()
    console.print(table)
    for note in report.notes:
        console.print(f"· {note.zh} / {note.en}")
    summary = report.to_dict()
    console.print(
        f"{out_dir}: {report.plan.duration_s:.1f} s of video in {summary['wall_s']:.1f} s, "
        f"{summary['cpu_s']:.1f} CPU seconds; all rules passed"
    )


def _print_plan(plan: Plan) -> None:
    table = Table("rung", "size", "fps", "level", "CRF", "expected kbit/s", "cap kbit/s", "sound")
    for rung in plan.all_rungs:
        table.add_row(
            rung.name,
            f"{rung.width_px}×{rung.height_px}",
            f"{float(rung.fps):g}",
            f"{rung.profile} {rung.level}",
            f"{rung.crf:g}",
            f"{rung.expected_bps / 1000:.0f}" if rung.expected_bps else "–",
            f"{rung.max_bps / 1000:.0f}",
            rung.audio,
        )
    console = Console()
    console.print(table)
    for note in plan.treatment.notes:
        console.print(f"· {note.zh} / {note.en}")
    for reason in plan.reasons:
        console.print(f"· {reason.zh} / {reason.en}")
    passes = ", then ".join("+".join(part.rungs) for part in plan.passes)
    console.print(
        f"{plan.duration_s:.1f} s at {float(plan.fps):g} fps, {len(plan.chunks)} chunks, "
        f"key frames every {plan.gop_frames} frames; {passes}; plan {plan.hash}"
    )


def _print_rules(verification: Verification) -> None:
    table = Table("rule", "", "what it asks", "found", show_lines=False)
    for result in verification.results:
        table.add_row(result.code, _MARKS[result.passed], result.description, result.detail)
    Console().print(table)
