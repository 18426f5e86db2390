"""Which coding a client wants (RFC 9110 §12.5.3), and whether it has our bytes (§13.1.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WEIGHT = re.compile(r"^[ \t]*[qQ][ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*$")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def best_coding(accept_encoding: str | None, offered: Sequence[str]) -> str:
    """The coding to answer with, or ``identity``.

    offered: from the smallest result to the largest. A client that refuses everything, the
    plain form too, gets the plain form: a menu is of more use to it than an error.
    """
    if accept_encoding is None:
        return "identity"
    weights = _weights(accept_encoding)
    anything = weights.get("*", 0.0)
    # Not named and not excluded by "*", the plain form is always right, but last.
    plain = weights.get("identity", weights.get("*", 0.001))
    best, best_weight = "identity", plain
    for coding in reversed(offered):
        weight = weights.get(coding, anything)
        if weight > 0 and weight >= best_weight:
            best, best_weight = coding, weight
    return best


def has_already(if_none_match: str | None, etag: str) -> bool:
    """Whether one of the client's tags is ours, by weak comparison."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag.removeprefix("W/").strip('"') in _TAG.findall(if_none_match)


def _weights(header: str) -> dict[str, float]:
    weights = {}
    for part in header.split(","):
        coding, *parameters = part.split(";")
        name = coding.strip().lower()
        if name:
            weights["gzip" if name == "x-gzip" else name] = _weight(parameters)
    return weights


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if match := _WEIGHT.match(parameter):
            return float(match[1])
    return 1.0
