"""Every text of the pages is there, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from app.pages.texts import LANGUAGES, TEXTS

PAGES = Path(__file__).parents[2] / "app"
TEMPLATES = sorted((PAGES / "pages" / "templates").rglob("*.html"))
NAMED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']\s*[,)]""")


def test_every_text_has_both_languages_with_the_same_blanks_to_fill() -> None:
    blanks = re.compile(r"\{(\w+)\}")
    for key, texts in TEXTS.items():
        assert len(texts) == len(LANGUAGES) and all(texts), key
        assert len({frozenset(blanks.findall(text)) for text in texts}) == 1, key


def test_every_text_that_a_page_names_exists() -> None:
    sources = [*TEMPLATES, *PAGES.rglob("*.py")]
    named = {key for path in sources for key in NAMED.findall(path.read_text("utf-8"))}

    assert named and named <= TEXTS.keys()
