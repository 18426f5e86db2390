"""What every row needs to know: where to work, on which clips, how often."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import content

# Of each kind as much as fits in a run that is over in half an hour.
MIXED_S = 24
MEMORY = Path("/dev/shm")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """folder: sources and results are kept there. length_s: of the source of each kind.

    each_kind: CPU on the whole source of each kind, not on a clip that has a part of each.
    curves: quality of every rung, not of the top ones only.
    """

    folder: Path
    runs: int
    kinds: tuple[str, ...]
    length_s: int
    each_kind: bool
    curves: bool

    def source(self, kind: str) -> Path:
        return content.excerpt(kind, self.folder, 0, self.length_s)

    @property
    def results(self) -> Path:
        """Where figures are kept; those of a try apart, so that none gets into the page."""
        return self.folder / ("results" if self.length_s == content.LENGTH_S else "tries")

    def film(self, minutes: int) -> Path:
        """A long film that goes from kind to kind; in a try its minutes are shorter."""
        return content.long(self.folder, minutes, self.length_s)

    def clips(self) -> dict[str, Path]:
        """What CPU time is measured on, by name."""
        if self.each_kind:
            return {kind: self.source(kind) for kind in self.kinds}
        return {"mixed": content.mixed(self.folder, min(MIXED_S, self.length_s // 6 * 6))}

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self.folder) as folder:
            yield Path(folder)

    @contextmanager
    def fast_scratch(self, needed_bytes: int) -> Iterator[Path]:
        """The same in memory, where there is room: a disk must not be what is measured."""
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 * needed_bytes
        with tempfile.TemporaryDirectory(
            prefix="nongke-bench-", dir=MEMORY if roomy else self.folder
        ) as folder:
            yield Path(folder)
