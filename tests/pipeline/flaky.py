"""An FFmpeg that misbehaves as told, else is the real one; each start is noted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

_SCRIPT = """#!/bin/sh
case "$*" in
*{match}*)
    echo "$PPID $$" >> "{notes}"
    for order in "{folder}"/order-*; do
        # One process alone succeeds in removing an order, and obeys it.
        kind=$(cat "$order" 2>/dev/null) && rm "$order" 2>/dev/null || break
        [ "$kind" = hang ] && exec sleep 300
        [ "$kind" = kill ] && kill -9 $PPID && exec sleep 300
        if [ "$kind" = spoil ]; then
            "{ffmpeg}" "$@" || exit
            for playlist; do :; done
            # As many bytes and frames as before, but one packet of the stream is none.
            printf spoilt | dd of="${{playlist%/*}}/00002.ts" bs=188 seek=9 conv=notrunc
            exit
        fi
        echo "[error] the tape is torn" >&2
        exit 1
    done ;;
esac
exec "{ffmpeg}" "$@"
"""


@dataclass(frozen=True, kw_only=True)
class FlakyFfmpeg:
    """The program at ``path``. Starts whose arguments match are noted, and obey orders."""

    path: Path
    notes: Path

    def starts(self) -> list[tuple[int, int]]:
        """Of each start that matched: process ids of the worker, and of FFmpeg."""
        lines = self.notes.read_text().split("\n") if self.notes.exists() else []
        return [(int(line.split()[0]), int(line.split()[1])) for line in lines if line]


def flaky_ffmpeg(
    folder: Path, match: str, *, fail: int = 0, hang: int = 0, kill: int = 0, spoil: int = 0
) -> FlakyFfmpeg:
    """match: a shell pattern for the arguments.

    The first ones fail, then some hang for ever, then some kill the worker, then some end well
    after a packet of the second segment that they cut has gone wrong.
    """
    folder.mkdir(parents=True)
    orders = {"fail": fail, "hang": hang, "kill": kill, "spoil": spoil}
    for number, order in enumerate(kind for kind, times in orders.items() for _ in range(times)):
        (folder / f"order-{number}").write_text(order)
    made = FlakyFfmpeg(path=folder / "ffmpeg", notes=folder / "starts")
    made.path.write_text(
        _SCRIPT.format(
            match=match, notes=made.notes, folder=folder, ffmpeg=imageio_ffmpeg.get_ffmpeg_exe()
        )
    )
    made.path.chmod(0o755)
    return made
