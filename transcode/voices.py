"""Which sound tracks of a source are kept: the main one, and further ones that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from transcode.errors import UnsupportedSound
from transcode.probe import AudioTrack

# Each costs a household's box nothing until it is chosen, but us an encode and storage.
MAX_FURTHER_TRACKS = 4
# Mandarin, Cantonese and other Chinese tongues by ISO 639-1, -2/B, -2/T and -3.
_CHINESE = ("zh", "chi", "zho", "cmn", "yue", "wuu", "hsn", "nan", "hak", "gan")
# What lessons in Guizhou are spoken in, and the usual foreign languages.
_NAMES = {
    **dict.fromkeys(("zh", "chi", "zho", "cmn"), ("普通话", "Chinese")),
    "yue": ("粤语", "Cantonese"),
    **dict.fromkeys(("hmn", "hmd", "mww", "hea", "hmq"), ("苗语", "Miao")),
    "pcc": ("布依语", "Bouyei"),
    **dict.fromkeys(("doc", "kmc"), ("侗语", "Dong")),
    **dict.fromkeys(("iii", "ii"), ("彝语", "Yi")),
    "swi": ("水语", "Sui"),
    **dict.fromkeys(("bo", "tib", "bod"), ("藏语", "Tibetan")),
    **dict.fromkeys(("en", "eng"), ("英语", "English")),
    **dict.fromkeys(("ja", "jpn"), ("日语", "Japanese")),
    **dict.fromkeys(("ko", "kor"), ("韩语", "Korean")),
    **dict.fromkeys(("fr", "fre", "fra"), ("法语", "French")),
    **dict.fromkeys(("ru", "rus"), ("俄语", "Russian")),
}


def main_track(tracks: Sequence[AudioTrack]) -> AudioTrack | None:
    """The track that plays unless somebody chooses another; None: the film is silent.

    A track that stands aside comes last, then the file's own choice counts, then Chinese, then
    the order. Many files mark every track as their choice, so that Chinese decides.
    """
    audible = [track for track in tracks if track.channels and track.rate_hz]
    usable = [track for track in audible if track.decodable]
    if audible and not usable:
        raise UnsupportedSound(", ".join(track.codec for track in audible))
    return min(
        usable,
        key=lambda t: (t.aside, not t.default, t.language not in _CHINESE),
        default=None,
    )


def further_tracks(tracks: Sequence[AudioTrack], main: AudioTrack | None) -> tuple[AudioTrack, ...]:
    """Those that viewers can tell apart by language or title.

    Cameras write a track a microphone, all nameless: nobody could choose among them.
    """
    if main is None:
        return ()
    kept: list[AudioTrack] = []
    names = {(main.language, main.title)}
    for track in tracks:
        name = (track.language, track.title)
        usable = track.decodable and track.channels and track.rate_hz
        if usable and name != (None, None) and name not in names:
            names.add(name)
            kept.append(track)
    return tuple(kept[:MAX_FURTHER_TRACKS])


def spoken(tracks: Sequence[AudioTrack]) -> tuple[str, str]:
    """Their names for the editor, in Chinese and English."""
    names = [_name(track) for track in tracks]
    return "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)


def _name(track: AudioTrack) -> tuple[str, str]:
    zh, en = spoken_name(track.language)
    return (f"{zh}（{track.title}）", f"{en} ({track.title})") if track.title else (zh, en)


def spoken_name(language: str | None) -> tuple[str, str]:
    """A language in Chinese and English, by the code that the file has."""
    return _NAMES.get(language or "", (language or "语言未标明", language or "language unknown"))
