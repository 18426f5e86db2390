"""Passwords: argon2 hashes, one-time passwords, and what an own password must have."""

from __future__ import annotations

import secrets
from functools import cache

from pwdlib import PasswordHash

SHORTEST = 10
LONGEST = 200
# Without letters and digits that look alike on paper or on the telephone sound alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The argon2id hash to keep instead of the password."""
    return _hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one of the hash.

    Without a hash (no such account) it takes as long, so names can't be told by the clock.
    """
    if len(password) > LONGEST:
        return False
    known = password_hash if password_hash is not None else _hash_of_nobody()
    return _hasher().verify(password, known) and password_hash is not None


def one_time_password() -> str:
    """Twelve characters in three groups, about 59 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def weakness(password: str, name: str) -> str | None:
    """The key of the text that says why the password will not do; None when it will."""
    if len(password) < SHORTEST:
        return "password.too_short"
    if len(password) > LONGEST:
        return "password.too_long"
    if len(set(password)) < 5 or name.lower() in password.lower():
        return "password.too_plain"
    return None
