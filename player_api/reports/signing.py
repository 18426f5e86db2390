"""The Ed25519 key under the statements: made once, kept, shown as PEM.

What is signed is the 32 bytes of a statement's SHA-256, so a signature can be checked with
openssl alone.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from app.settings import Settings
from player_api.reports.errors import BadKey

FILE = "statement-key.pem"


def statement_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of the settings, or the one kept under ``home``, made when it is first needed."""
    if settings.statement_key is not None:
        return _read_key(settings.statement_key)
    path = settings.home / FILE
    if not path.exists():
        _make_key(path)
    return _read_key(path)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_pem(raw: bytes) -> bytes:
    """A public key as a PEM file."""
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_key(path: Path) -> bytes:
    """The 32 bytes of a public key in a PEM file. Raises BadKey."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{path} holds a key of another kind")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def is_signed(raw_key: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether the key's owner signed this digest."""
    try:
        Ed25519PublicKey.from_public_bytes(raw_key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} holds a key of another kind")
    return key


def _make_key(path: Path) -> None:
    """Write a new key, whole or not at all: two processes that start at once share one."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
