"""The keyed digests that make a change of the journal visible; the key never enters the database."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings

NONCE_BYTES = 16
GENESIS = b""  # the chain before the first seal
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


SCHEME = 1
_SCHEMES: dict[int, Callable[[bytes, bytes], bytes]] = {1: _hmac_sha256}  # SM3 may follow under a number of its own


def mac(message: bytes, scheme: int = SCHEME) -> bytes:
    """The digest of a message under the journal's key. Raises KeyError for a scheme this version does not know."""
    return _SCHEMES[scheme](settings.JOURNAL_KEY, message)


def content(
    kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str, nonce: bytes
) -> bytes:
    """All fields of a fact as bytes that no other fact has: every text carries its length, every number its end.

    The row's id is not known before the insert; the nonce stands for it, and the chain binds the two.
    """
    since = at - _EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    text = (
        f"fact:{len(kind)}:{kind}{len(subject_kind)}:{subject_kind}{subject_id}:"
        f"{len(by)}:{by}{micros}:{len(path)}:{path}{len(data)}:{data}"
    )
    return text.encode() + nonce


def of_fact(kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str) -> bytes:
    """What a new fact carries: scheme (1 byte), nonce (16), keyed digest. Raises TypeError when `at` has no zone."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes((SCHEME,)) + nonce + mac(content(kind, subject_kind, subject_id, by, at, path, data, nonce))


def is_genuine(
    digest: bytes, kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str
) -> bool:
    """Whether the digest belongs to exactly these fields. A digest cut short or of an unknown scheme does not."""
    nonce, found = digest[1 : 1 + NONCE_BYTES], digest[1 + NONCE_BYTES :]
    if len(nonce) < NONCE_BYTES or digest[0] not in _SCHEMES:
        return False
    expected = mac(content(kind, subject_kind, subject_id, by, at, path, data, nonce), digest[0])
    return hmac.compare_digest(found, expected)


def link(previous: bytes, seq: int, fact_id: int, digest: bytes) -> bytes:
    """The chain at `seq`: scheme (1 byte), keyed digest of the chain before, the number, the fact and its digest."""
    return bytes((SCHEME,)) + mac(b"seal:%d:%d:%d:" % (seq, fact_id, len(previous)) + previous + digest)


def holds(chain: bytes, previous: bytes, seq: int, fact_id: int, digest: bytes) -> bool:
    """Whether `chain` follows from `previous` by sealing this fact at this number."""
    if not chain or chain[0] not in _SCHEMES:
        return False
    message = b"seal:%d:%d:%d:" % (seq, fact_id, len(previous)) + previous + digest
    return hmac.compare_digest(chain[1:], mac(message, chain[0]))
