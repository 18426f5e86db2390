"""Proving statements by themselves: form, hash, signature, and the chain from month to month.

Nothing here asks a database: whoever holds the files can do the same with sha256sum, openssl
and jq (README.md beside this file).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from player_api.reports import months
from player_api.reports.bodies import COUNTED, GIVEN, PARENTS, SUMS, canonical, lists_of
from player_api.reports.signing import is_signed
from player_api.reports.statements import Copy


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it was when the month was frozen.

    code: stable, for programs. detail: what was expected, and what was found.
    """

    month: str
    code: str
    detail: str


def check_chain(
    copies: Sequence[Copy],
    *,
    trusted: Collection[bytes] = (),
    from_the_first: bool = True,
    witnesses: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What is wrong with the statements, by month; nothing, if all is well.

    trusted: the public keys that may have signed; none: each must be signed as the first is.
    from_the_first: whether the first here must be the first of all.
    witnesses: hashes by month that are known from elsewhere.
    """
    findings = [one for copy in copies for one in _of_copy(copy)]
    findings += _of_keys(copies, trusted)
    findings += _of_links(copies, from_the_first)
    findings += _of_witnesses(copies, witnesses or {})
    return sorted(findings, key=lambda one: (one.month, one.code))


def is_sound(copy: Copy) -> bool:
    """Whether the body can be read and says what its hash says."""
    return not any(one.code in ("hash", "format", "order") for one in _of_copy(copy))


def is_whole(copy: Copy) -> bool:
    """Whether the body has all that a statement has, whatever it says."""
    body = copy.values
    return body is not None and set(body) == {*GIVEN, *COUNTED}


def _of_copy(copy: Copy) -> Iterator[Finding]:
    digest = hashlib.sha256(copy.body)
    if digest.hexdigest() != copy.sha256:
        detail = f"the text was changed: its hash is {digest.hexdigest()}, not {copy.sha256}"
        yield _finding(copy, "hash", detail)
    if not is_signed(copy.public_key, copy.signature, digest.digest()):
        yield _finding(copy, "signature", "the key that is named did not sign this text")
    body = copy.values
    if body is None or canonical(body) != copy.body:
        yield _finding(copy, "format", "the text is not canonical JSON")
    if body is None:
        return
    if not is_whole(copy):
        yield _finding(copy, "format", "the text does not have the parts of a statement")
    if body.get("month") != copy.label:
        yield _finding(copy, "order", f"the text is of {body.get('month')}")
    if body.get("public_key") != copy.public_key.hex():
        yield _finding(copy, "key", "the text names another key than the one beside it")
    yield from (_finding(copy, "sums", fault) for fault in _wrong_sums(body))


def _wrong_sums(body: Mapping[str, Any]) -> Iterator[str]:
    """Lists of figures that do not add up to the totals, and receipts that do not balance."""
    try:
        totals, receipts = body["figures"]["totals"], body["receipts"]
        lists = lists_of(body.get("format"))
        for kind in lists:
            for name in SUMS:
                found = sum(line[name] for line in body["figures"][kind])
                if found != totals[name]:
                    yield f"{kind} add up to {found} {name}, the totals say {totals[name]}"
        for kind in lists:
            for parents, key in PARENTS.get(kind, {}).items():
                yield from _wrong_children(body["figures"], kind, parents, key)
        parts = ("counted", "unchanged", "late", "invalid_user", "refused")
        if receipts["received"] != sum(receipts[part] for part in parts):
            yield "the receipts do not balance"
        if body["inputs"]["plays"] != totals["plays"]:
            yield "the inputs are not as many plays as the totals say"
    except (KeyError, TypeError) as error:
        yield f"figures are missing: {error!r}"


def _wrong_children(figures: Mapping[str, Any], kind: str, parents: str, key: str) -> Iterator[str]:
    """Lines that do not add up to the line that has them all."""
    summed: dict[Any, Counter[str]] = defaultdict(Counter)
    for line in figures[kind]:
        summed[line[key]].update({name: line[name] for name in SUMS})
    stated = {line[key]: {name: line[name] for name in SUMS} for line in figures[parents]}
    for one in sorted({*summed, *stated}):
        if dict(summed.get(one, {})) != stated.get(one, {}):
            yield f"{kind} of {one} do not add up to its line of {parents}"


def _of_keys(copies: Sequence[Copy], trusted: Collection[bytes]) -> Iterator[Finding]:
    if trusted:
        for copy in copies:
            if copy.public_key not in trusted:
                yield _finding(copy, "key", f"signed with a strange key, {copy.public_key.hex()}")
        return
    for copy, earlier in zip(copies[1:], copies, strict=False):
        if copy.public_key != earlier.public_key:
            detail = (
                f"signed with another key than {earlier.label}; if you changed it, name both"
                " keys with --public-key"
            )
            yield _finding(copy, "key", detail)


def _of_links(copies: Sequence[Copy], from_the_first: bool) -> Iterator[Finding]:
    earlier: Copy | None = None
    for copy in copies:
        body = copy.values or {}
        previous = body.get("previous")
        if earlier is None:
            if previous is not None and from_the_first:
                yield _missing(months.before(copy.month), copy)
        elif copy.month != months.after(earlier.month):
            gaps = months.span(months.after(earlier.month), copy.month)
            yield from (_missing(gap, copy) for gap in gaps)
        elif previous != hashlib.sha256(earlier.body).hexdigest():
            yield _finding(copy, "chain", f"does not follow on {earlier.label} as it is here")
        earlier = copy


def _of_witnesses(copies: Sequence[Copy], witnesses: Mapping[str, str]) -> Iterator[Finding]:
    hashes = {copy.label: hashlib.sha256(copy.body).hexdigest() for copy in copies}
    for month, sha256 in witnesses.items():
        if month not in hashes:
            yield Finding(month=month, code="missing", detail="was frozen, but is not here")
        elif hashes[month] != sha256:
            yield Finding(month=month, code="hash", detail=f"was frozen with the hash {sha256}")


def _missing(month: date, later: Copy) -> Finding:
    detail = f"is not here, though {later.label} follows on it"
    return Finding(month=months.written(month), code="missing", detail=detail)


def _finding(copy: Copy, code: str, detail: str) -> Finding:
    return Finding(month=copy.label, code=code, detail=detail)
