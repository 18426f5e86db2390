"""The latest figures, put between the marks of README.md, and the chart beside it.

A figure that was not measured this time stays as it stands: machines come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bench import content
from tests.bench.curves import chart, curve_rows, kept_curves
from tests.bench.table import HEADS, Figure, as_markdown

README = Path(__file__).with_name("README.md")
CHART = Path(__file__).with_name("rates.svg")


def write_readme(figures: Sequence[Figure], folder: Path) -> None:
    """Bring the two tables up to date, and draw the chart if there are lines for it."""
    write_table("figures", figures)
    curves = kept_curves(folder, content.KINDS)
    if curves:
        heads = ["content", "whose", "height: kbit/s of the picture, VMAF"]
        text = README.read_text(encoding="utf-8")
        text = _between(text, "curves", as_markdown(heads, curve_rows(curves)))
        README.write_text(text, encoding="utf-8")
        CHART.write_text(chart(curves), encoding="utf-8")


def write_table(name: str, figures: Sequence[Figure]) -> None:
    """Bring the table between the marks of that name up to date."""
    heads = [head or "reached" for head in HEADS]
    text = README.read_text(encoding="utf-8")
    rows = {row[0]: row for row in _rows(text, name)} | {row.measure: row.cells for row in figures}
    table = as_markdown(heads, list(rows.values()))
    README.write_text(_between(text, name, table), encoding="utf-8")


def _rows(text: str, name: str) -> list[tuple[str, ...]]:
    """The cells of the table that stands between the marks."""
    table = text.split(f"<!-- {name} -->", 1)[1].split(f"<!-- end of {name} -->", 1)[0]
    lines = table.strip().splitlines()[2:]
    return [tuple(cell.strip() for cell in line[1:-1].split(" | ")) for line in lines]


def _between(text: str, name: str, new: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{new}\n{end}{rest.split(end, 1)[1]}"
