"""Every text of the pages, in Chinese and in English, by key.

A key is ``area.name``; a value has the Chinese text first. ``{words}`` are filled in.
"""

from __future__ import annotations

from collections.abc import Callable

from app.pages.texts import accounts, definitions, desk, reports, shared, statements, studio, wall

LANGUAGES = ("zh", "en")
TEXTS: dict[str, tuple[str, str]] = {
    **shared.TEXTS,
    **accounts.TEXTS,
    **studio.TEXTS,
    **desk.TEXTS,
    **reports.TEXTS,
    **definitions.TEXTS,
    **statements.TEXTS,
    **wall.TEXTS,
}

Translate = Callable[..., str]


def translator(language: str) -> Translate:
    """A function that gives the text of a key in the language, with words filled in."""
    column = LANGUAGES.index(language)

    def text(key: str, **words: object) -> str:
        found = TEXTS[key][column]
        return found.format(**words) if words else found

    return text
