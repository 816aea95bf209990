"""Five failures of a name or twenty from an address shut the door for a quarter of an hour, however they arrive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lilong.kernel.access import lockout
from lilong.kernel.access.models import FailedSignIn

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


@pytest.mark.django_db
def test_the_sixth_try_under_a_name_is_not_even_looked_at() -> None:
    gate = lockout.by_name("wang")
    tries = [lockout.count([gate], real=after(seconds=n)) for n in range(6)]
    assert [t.left for t in tries[:5]] == [4, 3, 2, 1, 0]
    assert [t.locking for t in tries[:5]] == [False, False, False, False, True]
    assert tries[5].wait == timedelta(minutes=15) - timedelta(seconds=1)


@pytest.mark.django_db
def test_knocking_on_a_shut_door_does_not_keep_it_shut() -> None:
    gate = lockout.by_name("wang")
    for n in range(5):
        lockout.count([gate], real=after(seconds=n))
    assert lockout.count([gate], real=after(minutes=14)).wait is not None
    assert lockout.count([gate], real=after(minutes=15, seconds=5)).left == 4


@pytest.mark.django_db
def test_failures_further_apart_than_the_window_do_not_add_up() -> None:
    gate = lockout.by_name("wang")
    for n in range(12):
        assert lockout.count([gate], real=after(minutes=16 * n)).left == 4


@pytest.mark.django_db
def test_twenty_failures_from_one_address_lock_it_whatever_names_were_typed() -> None:
    address = lockout.by_address("192.0.2.7")
    tries = [lockout.count([lockout.by_name(f"name{n}"), address], real=NOW) for n in range(21)]
    assert [t.wait for t in tries[:20]] == [None] * 20
    assert tries[19].locking
    assert tries[20].wait == timedelta(minutes=15)
    assert lockout.count([lockout.by_name("name1"), lockout.by_address("192.0.2.8")], real=NOW).wait is None


@pytest.mark.django_db
def test_a_success_clears_the_name_and_gives_its_failures_back_to_the_address() -> None:
    name, address = lockout.by_name("wang"), lockout.by_address("192.0.2.7")
    for _ in range(3):
        lockout.count([lockout.by_name("somebody else"), address], real=NOW)
    for _ in range(4):
        lockout.count([name, address], real=NOW)
    lockout.succeeded(name, [address], real=NOW)
    assert {row.key: row.failures for row in FailedSignIn.objects.all()} == {
        address.key: 3,
        lockout.by_name("somebody else").key: 3,
    }


@pytest.mark.django_db
def test_what_was_typed_as_a_name_is_not_kept() -> None:
    lockout.count([lockout.by_name("my password by mistake"), lockout.by_address("192.0.2.7")], real=NOW)
    kept = " ".join(str(value) for row in FailedSignIn.objects.values_list() for value in row)
    assert "my password" not in kept
    assert "192.0.2.7" not in kept


@pytest.mark.django_db
def test_old_rows_are_swept_out_by_the_next_success() -> None:
    for n in range(3):
        lockout.count([lockout.by_name(f"old{n}")], real=NOW)
    lockout.count([lockout.by_name("wang")], real=after(hours=1))
    lockout.succeeded(lockout.by_name("wang"), real=after(hours=1))
    assert not FailedSignIn.objects.exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("WANG", " wang ", True),
        ("ｗａｎｇ", "wang", True),
        ("wang", "wang2", False),
    ],
)
def test_names_are_counted_as_the_door_reads_them(one: str, other: str, same: bool) -> None:
    assert (lockout.by_name(one) == lockout.by_name(other)) == same


def test_one_customer_of_ipv6_is_one_address() -> None:
    assert lockout.by_address("2001:db8:1:2::9") == lockout.by_address("2001:db8:1:2:ffff::1")
    assert lockout.by_address("2001:db8:1:2::9") != lockout.by_address("2001:db8:1:3::9")
    assert lockout.by_address("") == lockout.by_address("not an address")


@pytest.mark.django_db(transaction=True)
def test_of_forty_guesses_at_the_same_moment_five_are_looked_at() -> None:
    gates = [lockout.by_name("wang"), lockout.by_address("192.0.2.7")]

    def guess(_: int) -> bool:
        try:
            return lockout.count(gates, real=NOW).wait is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(40))) == 5


class AnySequence(TestCase):
    """The same for any order of failures, successes and pauses."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["fail", "succeed"]), st.integers(0, 20)), max_size=25))
    def test_never_more_than_five_failures_within_a_window(self, events: list[tuple[str, int]]) -> None:
        FailedSignIn.objects.all().delete()
        gate, now, failed = lockout.by_name("any"), NOW, []
        for what, minutes in events:
            now += timedelta(minutes=minutes)
            if lockout.count([gate], real=now).wait is not None:
                continue
            if what == "succeed":
                lockout.succeeded(gate, real=now)
                failed = []
            else:
                failed.append(now)
            assert len([t for t in failed if now - t <= lockout.WINDOW]) <= 5 + 4  # two windows may meet
            assert len([t for t in failed if t == now]) <= 5
