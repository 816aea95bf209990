from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.portions import portions


@given(st.lists(st.integers()), st.integers(1, 7))
def test_portions_put_together_are_the_whole(values: list[int], size: int) -> None:
    parts = list(portions(values, size))
    assert [value for part in parts for value in part] == values
    assert all(1 <= len(part) <= size for part in parts)
