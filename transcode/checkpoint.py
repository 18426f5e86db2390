"""The note beside a step's output that says it is complete; the last of its objects.

The row alone is not enough: a worker killed between the objects and the row would encode a
finished chunk again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

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
    for file in encoded.files:
        storage.adopt(f"{prefix}/{file.name}", file)
    finished = Finished(cpu_s=encoded.cpu_s, decoded_frames=encoded.decoded_frames)
    storage.put(f"{prefix}/{NOTE}", json.dumps(asdict(finished)).encode())
    return finished


def finished(storage: Storage, prefix: str) -> Finished | None:
    """What the note under the prefix says, if the step's output is complete."""
    try:
        with storage.open(f"{prefix}/{NOTE}") as note:
            return Finished(**json.loads(note.read()))
    except ObjectNotFound:
        return None


def finished_steps(storage: Storage, prefix: str) -> set[str]:
    """Names of the steps below the prefix whose output is complete."""
    keys = (stored.key.split("/") for stored in storage.list(f"{prefix}/"))
    return {key[-2] for key in keys if key[-1] == NOTE}
