"""How Chinese titles sort and are found on a remote: by pinyin and its initials."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def initials(title: str) -> str:
    """First letters of the syllables, with digits and Latin letters kept: 黑山羊2 → hsy2."""
    parts = lazy_pinyin(title, style=Style.FIRST_LETTER, errors=_kept)
    return "".join(parts).lower()


def sort_key(title: str) -> str:
    """The whole pinyin with tones, so that titles sort as in a dictionary."""
    return " ".join(lazy_pinyin(title, style=Style.TONE3, errors=_kept)).lower()


def _kept(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
