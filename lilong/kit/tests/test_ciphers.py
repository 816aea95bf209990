from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.ciphers import UnreadableError, derived, keyed_hash, new_key, open_sealed, seal

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.binary(), st.text(max_size=20))
def test_what_is_sealed_opens_with_the_same_key_and_context(key: bytes, plain: bytes, context: str) -> None:
    sealed = seal(key, plain, context)
    assert sealed[0] == 1
    assert open_sealed(key, sealed, context) == plain


@given(KEYS, st.binary(min_size=1), st.data())
def test_one_altered_bit_is_found(key: bytes, plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(key, plain, "phone"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(UnreadableError):
        open_sealed(key, bytes(sealed), "phone")


def test_another_key_or_context_opens_nothing() -> None:
    key = new_key()
    sealed = seal(key, b"a secret", "phone")
    for other_key, context in ((new_key(), "phone"), (key, "id")):
        with pytest.raises(UnreadableError):
            open_sealed(other_key, sealed, context)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short", b"\x09" + b"0" * 40])
def test_cut_short_or_of_an_unknown_scheme_is_unreadable(sealed: bytes) -> None:
    with pytest.raises(UnreadableError):
        open_sealed(new_key(), sealed, "")


def test_the_same_text_sealed_twice_looks_different() -> None:
    key = new_key()
    assert seal(key, b"same", "") != seal(key, b"same", "")


@given(KEYS, st.text(), st.text())
def test_hashes_are_equal_exactly_when_the_texts_are(key: bytes, one: str, other: str) -> None:
    assert (keyed_hash(key, one) == keyed_hash(key, other)) == (one == other)
    assert keyed_hash(key, one) != keyed_hash(derived(key, "another purpose"), one)
