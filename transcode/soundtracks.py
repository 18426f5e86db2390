"""Further sound tracks, each as a rendition in playlists of its own.

The main track stays muxed into every rung: players that know nothing of renditions hear it, and
a household on a thin line fetches one thing at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcode import joining, languages, mpegts
from transcode.errors import EncodeFailed
from transcode.plan import Plan, PlannedAudio
from transcode.playlists import Entry, average_bps, peak_bps, target_s
from transcode.sound import audio_file

GROUP, THIN_GROUP = "sound", "sound-thin"
_MAIN_NAME = "原声"


@dataclass(frozen=True, kw_only=True)
class Soundtrack:
    """One track that viewers can choose. folder: None for the one in the rungs."""

    folder: str | None
    name: str
    language: str | None
    group: str
    peak_bps: int = 0
    average_bps: int = 0
    size_bytes: int = 0

    @property
    def entry(self) -> Entry:
        """Its line in the multivariant playlist."""
        main = self.folder is None
        told = {
            "TYPE": "AUDIO",
            "GROUP-ID": f'"{self.group}"',
            "NAME": f'"{self.name}"',
            **({"LANGUAGE": f'"{self.language}"'} if self.language else {}),
            "DEFAULT": "YES" if main else "NO",
            "AUTOSELECT": "YES",
            "CHANNELS": '"1"' if self.group == THIN_GROUP else '"2"',
            **({} if main else {"URI": f'"{self.folder}/{joining.PLAYLIST}"'}),
        }
        return Entry(attributes=told, uri="")


def failed(plan: Plan, audio_dir: Path) -> list[str | None]:
    """Languages of the further tracks that could not be encoded and were left out."""
    further = [track for track in plan.audio if not track.main and not track.thin]
    return [t.language for t in further if not audio_file(audio_dir, t).exists()]


def write_soundtracks(
    plan: Plan,
    audio_dir: Path,
    out_dir: Path,
    durations_s: Sequence[float],
    join: joining.Join,
    group: str,
) -> list[Soundtrack]:
    """Cut the further tracks of a group where the rungs are cut. The main one is the first of the
    answer; without further tracks there is nothing to choose, and the answer is empty."""
    of_group = [t for t in plan.audio if not t.main and t.thin == (group == THIN_GROUP)]
    # One that could not be encoded was left out.
    further = [track for track in of_group if audio_file(audio_dir, track).exists()]
    if not further:
        return []
    main = next(track for track in plan.audio if track.main)
    names = languages.names([(t.title, t.language) for t in (main, *further)], _MAIN_NAME)
    language = languages.tag(main.language)
    tracks = [Soundtrack(folder=None, name=names[0], language=language, group=group)]
    for track, name in zip(further, names[1:], strict=True):
        folder = out_dir / track.name
        folder.mkdir(parents=True, exist_ok=True)
        audio = audio_file(audio_dir, track)
        join(joining.sound_arguments(plan, audio, folder))
        tracks.append(_described(track, name, folder, durations_s, group))
    return tracks


def _described(
    track: PlannedAudio, name: str, folder: Path, durations_s: Sequence[float], group: str
) -> Soundtrack:
    files, measured = joining.write_playlist(folder, durations_s)
    if mpegts.read_segment(files[0].read_bytes()).adts is None:
        raise EncodeFailed(f"{track.name}: segments without AAC")
    return Soundtrack(
        folder=track.name,
        name=name,
        language=languages.tag(track.language),
        group=group,
        peak_bps=peak_bps(measured, target_s(durations_s)),
        average_bps=average_bps(measured),
        size_bytes=sum(size for size, _ in measured),
    )
