"""The note beside a step's output that says it is complete; the last of its objects.

The row alone is not enough: a worker killed between the objects and the row would encode a
finished chunk again. Nor is the note alone: a sweep of cancelled work may come while a step is
being stored, and takes what lies there before the note does.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from app.storage import ObjectNotFound, Storage
from transcode.encode import Encoded

NOTE = "finished.json"


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What the step's row wants to know."""

    cpu_s: float
    decoded_frames: int


def store(storage: Storage, prefix: str, encoded: Encoded) -> Finished:
    """Move a step's files into the storage, the note last."""
    sizes_bytes = {file.name: file.stat().st_size for file in encoded.files}
    for file in encoded.files:
        storage.adopt(f"{prefix}/{file.name}", file)
    finished = Finished(cpu_s=encoded.cpu_s, decoded_frames=encoded.decoded_frames)
    note = asdict(finished) | {"sizes_bytes": sizes_bytes}
    storage.put(f"{prefix}/{NOTE}", json.dumps(note).encode())
    return finished


def finished(storage: Storage, prefix: str) -> Finished | None:
    """What the note under the prefix says, if all files that it names are there."""
    return _finished(storage, prefix, _sizes_by_folder(storage, prefix).get(prefix, {}))


def finished_steps(storage: Storage, prefix: str) -> set[str]:
    """Names of the steps below the prefix whose output is complete."""
    return {
        folder.rpartition("/")[2]
        for folder, sizes_bytes in _sizes_by_folder(storage, prefix).items()
        if _finished(storage, folder, sizes_bytes)
    }


def _finished(storage: Storage, folder: str, sizes_bytes: dict[str, int]) -> Finished | None:
    note = _note(storage, folder) if NOTE in sizes_bytes else None
    # Notes of earlier releases name no files, and vouch for nothing.
    promised = note.get("sizes_bytes") if note else None
    if not note or not promised or not promised.items() <= sizes_bytes.items():
        return None
    return Finished(cpu_s=note["cpu_s"], decoded_frames=note["decoded_frames"])


def _note(storage: Storage, folder: str) -> dict[str, Any] | None:
    try:
        with storage.open(f"{folder}/{NOTE}") as file:
            note: dict[str, Any] = json.loads(file.read())
            return note
    except ObjectNotFound:
        return None


def _sizes_by_folder(storage: Storage, prefix: str) -> dict[str, dict[str, int]]:
    """Folder → name → size of what lies below the prefix."""
    sizes_bytes: dict[str, dict[str, int]] = {}
    for stored in storage.list(f"{prefix}/"):
        folder, _, name = stored.key.rpartition("/")
        sizes_bytes.setdefault(folder, {})[name] = stored.size_bytes
    return sizes_bytes
