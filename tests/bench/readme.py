"""The latest figures, put between the marks of README.md, and the chart beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bench import content
from tests.bench.curves import chart, curve_rows, kept_curves
from tests.bench.table import HEADS, Figure, as_markdown

README = Path(__file__).with_name("README.md")
CHART = Path(__file__).with_name("rates.svg")


def write_readme(figures: Sequence[Figure], folder: Path) -> None:
    """Replace the two tables, and draw the chart if there are lines for it."""
    text = README.read_text(encoding="utf-8")
    heads = [head or "reached" for head in HEADS]
    text = _between(text, "figures", as_markdown(heads, [figure.cells for figure in figures]))
    curves = kept_curves(folder, content.KINDS)
    if curves:
        heads = ["content", "whose", "height: kbit/s of the picture, VMAF"]
        text = _between(text, "curves", as_markdown(heads, curve_rows(curves)))
        CHART.write_text(chart(curves), encoding="utf-8")
    README.write_text(text, encoding="utf-8")


def write_table(name: str, figures: Sequence[Figure]) -> None:
    """Replace the table between the marks of that name."""
    heads = [head or "reached" for head in HEADS]
    table = as_markdown(heads, [figure.cells for figure in figures])
    text = README.read_text(encoding="utf-8")
    README.write_text(_between(text, name, table), encoding="utf-8")


def _between(text: str, name: str, new: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{new}\n{end}{rest.split(end, 1)[1]}"
