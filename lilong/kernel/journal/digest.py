"""The keyed digests that make a change of the journal visible; the key never enters the database."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings

GENESIS = b""  # the chain before the first seal
_NONCE_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _hmac_sha256(message: bytes) -> bytes:
    return hmac.digest(settings.JOURNAL_KEY, message, "sha256")


_SCHEME = 1
_SCHEMES: dict[int, Callable[[bytes], bytes]] = {1: _hmac_sha256}  # SM3 may follow under a number of its own


def sign(message: bytes) -> bytes:
    """Scheme (1 byte) and keyed digest of the message."""
    return bytes((_SCHEME,)) + _SCHEMES[_SCHEME](message)


def signed(mark: bytes, message: bytes) -> bool:
    """Whether `mark` was made by `sign` for this message; one cut short or of an unknown scheme was not."""
    scheme = _SCHEMES.get(mark[0]) if mark else None
    return scheme is not None and hmac.compare_digest(mark[1:], scheme(message))


def of_fact(kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str) -> bytes:
    """What a new fact carries: a nonce (16 bytes), then scheme and keyed digest of nonce and fields.

    The row's id is not known before the insert; the nonce stands for it, and the chain binds the two.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + sign(nonce + _content(kind, subject_kind, subject_id, by, at, path, data))


def is_genuine(
    mark: bytes, kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str
) -> bool:
    """Whether the digest belongs to exactly these fields."""
    nonce, mac = mark[:_NONCE_BYTES], mark[_NONCE_BYTES:]
    return signed(mac, nonce + _content(kind, subject_kind, subject_id, by, at, path, data))


def link(previous: bytes, seq: int, fact: int, mark: bytes) -> bytes:
    """The chain at `seq`: it binds the chain before, the number, the fact's id and the fact's digest."""
    return sign(_link(previous, seq, fact, mark))


def follows(chain: bytes, previous: bytes, seq: int, fact: int, mark: bytes) -> bool:
    """Whether `chain` comes of sealing this fact at this number behind `previous`."""
    return signed(chain, _link(previous, seq, fact, mark))


def _link(previous: bytes, seq: int, fact: int, mark: bytes) -> bytes:
    return b"seal:%d:%d:%d:" % (seq, fact, len(previous)) + previous + mark


def _content(kind: str, subject_kind: str, subject_id: int, by: str, at: datetime, path: str, data: str) -> bytes:
    """All fields as bytes that no other fact has: every text carries its length, every number its end."""
    since = at - _EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    text = (
        f"fact:{len(kind)}:{kind}{len(subject_kind)}:{subject_kind}{subject_id}:"
        f"{len(by)}:{by}{micros}:{len(path)}:{path}{len(data)}:{data}"
    )
    return text.encode()
