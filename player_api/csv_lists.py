"""Lists that operators keep in spreadsheets: CSV in the codings and with the headers they write.

A list is read line by line, however long it is; a line that can't be taken is a Fault and the
reading goes on, so that an operator hears of all of them at once.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from player_api.errors import UnreadableList

# Spreadsheets in Chinese Windows save GB18030 where they are not told otherwise.
CODINGS = ("utf-8-sig", "gb18030")
CHUNK_BYTES = 1 << 20

# What each column may be called; the first is the name in our own files.
Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the list: its number in the file, and its cells by our names of the columns."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Fault:
    """Why a line can't be taken."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read_list(path: Path, columns: Columns, required: Sequence[str]) -> Iterator[Line | Fault]:
    """The list's lines after the header. Raises UnreadableList before the first."""
    with path.open(encoding=coding_of(path), newline="") as file:
        delimiter = "\t" if "\t" in file.readline() else ","
        file.seek(0)
        # Strict: or a quote that nobody closed would swallow the rest of the list unseen.
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            header = next(reader, [])
        except csv.Error as error:
            raise UnreadableList(f"The header is not CSV: {error}.") from error
        names = _names(header, columns, required)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Fault(line=reader.line_num, reason=f"not CSV: {error}")
                continue
            if any(cell.strip() for cell in cells):
                yield _line(reader.line_num, cells, names)


def coding_of(path: Path) -> str:
    """The coding in which all of the file is text. Raises UnreadableList."""
    for coding in CODINGS:
        if _is_text(path, coding):
            return coding
    raise UnreadableList("The list is not text in UTF-8 or GB18030; save it as CSV in UTF-8.")


def _is_text(path: Path, coding: str) -> bool:
    decoder = codecs.getincrementaldecoder(coding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _names(header: list[str], columns: Columns, required: Sequence[str]) -> list[str | None]:
    """Our name of each column; None for one that does not matter."""
    known = {spelling: name for name, spellings in columns.items() for spelling in spellings}
    names = [known.get(title.strip().casefold().replace(" ", "_")) for title in header]
    for name in required:
        if name not in names:
            raise UnreadableList(f"The header has no column {' or '.join(columns[name])}.")
    for name in columns:
        if names.count(name) > 1:
            raise UnreadableList(f"The header has two columns {columns[name][0]}.")
    return names


def _line(number: int, cells: list[str], names: list[str | None]) -> Line | Fault:
    if any(cell.strip() for cell in cells[len(names) :]):
        return Fault(line=number, reason="more cells than the header has columns")
    texts = [cell.strip() for cell in cells] + [""] * (len(names) - len(cells))
    return Line(
        number=number,
        cells={name: text for name, text in zip(names, texts, strict=False) if name},
    )
