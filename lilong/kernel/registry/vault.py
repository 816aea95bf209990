"""What is secret about a person: sealed under a key of the person's own, found by keyed hash, gone when the key is."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from lilong.kit.ciphers import derived, keyed_hash, new_key, open_sealed, seal
from lilong.kit.portions import portions

from .models import PersonKey

__all__ = ["hash_of", "keys_of", "new_key", "opened", "sealed", "wrapped"]


def hash_of(kind: str, text: str) -> bytes:
    """What a national id, phone, device token or contact is found by; `kind` keeps the four apart."""
    return keyed_hash(derived(settings.REGISTRY_KEY, f"hash {kind}"), text)


def wrapped(person_id: int, key: bytes) -> PersonKey:
    """The row that keeps a person's key, itself sealed under the installation's; not saved yet."""
    return PersonKey(person_id=person_id, sealed_key=seal(_installation(), key, f"person {person_id}"))


def keys_of(person_ids: Collection[int]) -> dict[int, bytes]:
    """The keys of people by id; the erased have none and are left out."""
    installation = _installation()
    return {
        row.person_id: open_sealed(installation, bytes(row.sealed_key), f"person {row.person_id}")
        for some in portions(person_ids)
        for row in PersonKey.objects.filter(person_id__in=some)
    }


def sealed(key: bytes, field: str, text: str) -> bytes | None:
    """A value of one field of a person under the person's key; nothing for nothing."""
    return seal(key, text.encode(), field) if text else None


def opened(key: bytes | None, field: str, cipher: bytes | memoryview | None) -> str:
    """The value that `sealed` hid; empty where there was none, or the key is destroyed."""
    return open_sealed(key, bytes(cipher), field).decode() if key and cipher else ""


def _installation() -> bytes:
    return derived(settings.REGISTRY_KEY, "seal person keys")
