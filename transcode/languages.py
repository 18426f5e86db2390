"""Languages of tracks: containers name them by ISO 639-2, players want RFC 5646."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = {
    "chi": "zh",
    "zho": "zh",
    "cmn": "zh",
    "eng": "en",
    "fre": "fr",
    "fra": "fr",
    "ger": "de",
    "deu": "de",
    "jpn": "ja",
    "kor": "ko",
    "rus": "ru",
    "spa": "es",
    "por": "pt",
    "ita": "it",
    "tha": "th",
    "vie": "vi",
    "bur": "my",
    "mya": "my",
    "lao": "lo",
    "khm": "km",
    "tib": "bo",
    "bod": "bo",
    "uig": "ug",
    "mon": "mn",
    "kaz": "kk",
    "zha": "za",
    "iii": "ii",
    "ara": "ar",
    "hin": "hi",
    "may": "ms",
    "msa": "ms",
    "ind": "id",
}
# As their speakers call them; a viewer looks for a language by that.
_NAMES = {
    "zh": "中文",
    "yue": "粤语",
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "ja": "日本語",
    "ko": "한국어",
    "ru": "Русский",
    "es": "Español",
    "bo": "藏语",
    "ug": "维吾尔语",
    "mn": "蒙古语",
    "kk": "哈萨克语",
    "za": "壮语",
    "ii": "彝语",
    "hmn": "苗语",
    "pcc": "布依语",
    "kmc": "侗语",
    "vi": "Tiếng Việt",
    "th": "ไทย",
}


def tag(language: str | None) -> str | None:
    """The RFC 5646 tag of what a container says, or None where it says nothing."""
    first, _, rest = (language or "").strip().replace("_", "-").partition("-")
    if not first.isalpha() or not 2 <= len(first) <= 3 or first in ("und", "mul", "zxx", "mis"):
        return None
    short = _SHORT.get(first.lower(), first.lower())
    return f"{short}-{rest}" if rest.replace("-", "").isalnum() else short


def names(tracks: Iterable[tuple[str | None, str | None]], otherwise: str) -> list[str]:
    """What viewers choose from: a different name for each track.

    tracks: title and language of each. otherwise: what a track is called that has neither.
    """
    chosen: list[str] = []
    for title, language in tracks:
        short = tag(language)
        name = _plain(title) or _NAMES.get((short or "").split("-")[0]) or short or otherwise
        number = 2
        while name in chosen:
            name, number = f"{name.removesuffix(f' {number - 1}')} {number}", number + 1
        chosen.append(name)
    return chosen


def _plain(title: str | None) -> str:
    """A title that may stand in a quoted attribute: on one line, without quotes."""
    return " ".join((title or "").replace('"', "'").split())[:60]
