"""Sealing and keyed hashing, each result led by a byte that names its scheme, so that SM4 and SM3 can follow.

Scheme 1 is AES-256-GCM (NIST SP 800-38D, 96-bit random nonce) and HMAC-SHA-256 (RFC 2104).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class UnreadableError(ValueError):
    """The sealed bytes were altered, or the key or the context is not the one they were sealed with."""


@dataclass(frozen=True)
class Scheme:
    """One pair of algorithms; `seal` and `open` take (key, bytes, context), `hash` takes (key, bytes)."""

    name: str
    seal: Callable[[bytes, bytes, bytes], bytes]
    open: Callable[[bytes, bytes, bytes], bytes]
    hash: Callable[[bytes, bytes], bytes]


def _gcm_seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def _gcm_open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as broken:
        raise UnreadableError("the sealed value does not open with this key and context") from broken


def _hmac_sha256(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


SCHEMES: dict[int, Scheme] = {1: Scheme("AES-256-GCM / HMAC-SHA-256", _gcm_seal, _gcm_open, _hmac_sha256)}
CURRENT = 1


def new_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derived(key: bytes, purpose: str) -> bytes:
    """The key of one purpose under `key` (HMAC-SHA-256 of the purpose): no key does two jobs."""
    return _hmac_sha256(key, purpose.encode())


def seal(key: bytes, plain: bytes, context: str, *, scheme: int = CURRENT) -> bytes:
    """Seal `plain` under a 32-byte key; it opens again only with the same `context`, which is not stored."""
    return bytes([scheme]) + SCHEMES[scheme].seal(key, plain, context.encode())


def open_sealed(key: bytes, sealed: bytes, context: str) -> bytes:
    """What `seal` sealed, by the scheme its first byte names. Raises UnreadableError if altered, foreign or cut."""
    scheme = SCHEMES.get(sealed[0]) if sealed else None
    if scheme is None:
        raise UnreadableError(f"scheme {sealed[0]} is not known" if sealed else "there is nothing to open")
    return scheme.open(key, bytes(sealed[1:]), context.encode())


def keyed_hash(key: bytes, text: str, *, scheme: int = CURRENT) -> bytes:
    """The scheme byte and 32 bytes that are equal for equal texts, and say nothing about them without the key."""
    return bytes([scheme]) + SCHEMES[scheme].hash(key, text.encode())
