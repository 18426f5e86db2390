"""Dictionaries of Structured Field Values (RFC 9651), the form of CMCD's lines.

What is read of an item is its bare value; parameters are passed over, and a token is as good as
a string.
"""

from __future__ import annotations

import base64
import re

Bare = bool | int | float | str | bytes
Value = Bare | list[Bare]

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_SPACE = re.compile(r"[ \t]*")
_ITEM = re.compile(
    r"(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,6})?)"
    r'|"(?P<string>(?:[^"\\\x00-\x1f\x7f]|\\["\\])*)"'
    r"|(?P<token>[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*)"
    r"|:(?P<bytes>[A-Za-z0-9+/=]*):"
    r"|\?(?P<bool>[01])"
    r"|@(?P<date>-?[0-9]{1,15})"
)


class NotADictionary(ValueError):
    """The text is not a structured dictionary."""


def parse_dictionary(text: str) -> dict[str, Value]:
    """The keys and values of a line; of a key that comes twice, the last. Raises NotADictionary."""
    members: dict[str, Value] = {}
    place = _past_space(text, 0)
    while place < len(text):
        key, place = _key(text, place)
        value: Value = True
        if text[place : place + 1] == "=":
            value, place = _value(text, place + 1)
        members[key] = value
        place = _past_space(text, _past_parameters(text, place))
        if place == len(text):
            break
        place = _past_space(text, _expect(text, place, ","))
        if place == len(text):
            raise NotADictionary("ends with a comma")
    return members


def _value(text: str, place: int) -> tuple[Value, int]:
    if text[place : place + 1] != "(":
        return _item(text, place)
    values: list[Bare] = []
    place = _past_space(text, place + 1)
    while text[place : place + 1] != ")":
        value, place = _item(text, place)
        values.append(value)
        place = _past_space(text, _past_parameters(text, place))
    return values, place + 1


def _item(text: str, place: int) -> tuple[Bare, int]:
    found = _ITEM.match(text, place)
    if found is None:
        raise NotADictionary(f"no value at {place}")
    kind = found.lastgroup or ""
    return _bare(kind, found[kind]), found.end()


def _bare(kind: str, written: str) -> Bare:
    if kind == "number":
        return float(written) if "." in written else int(written)
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", written)
    if kind == "token":
        return written
    if kind == "bool":
        return written == "1"
    if kind == "date":
        return int(written)
    try:
        return base64.b64decode(written, validate=True)
    except ValueError as error:
        raise NotADictionary("not base64") from error


def _key(text: str, place: int) -> tuple[str, int]:
    found = _KEY.match(text, place)
    if found is None:
        raise NotADictionary(f"no key at {place}")
    return found[0], found.end()


def _past_parameters(text: str, place: int) -> int:
    while text[place : place + 1] == ";":
        _, place = _key(text, _past_space(text, place + 1))
        if text[place : place + 1] == "=":
            _, place = _item(text, place + 1)
    return place


def _past_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _expect(text: str, place: int, sign: str) -> int:
    if text[place : place + 1] != sign:
        raise NotADictionary(f"no {sign!r} at {place}")
    return place + 1
