"""The door: who comes in, who does not, and that a stranger learns nothing from the answer or from how long it took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from lilong.kernel.access import actions, sign_in
from lilong.kernel.access.sign_in import Answer
from lilong.kernel.journal import queries as journal

from .conftest import AT, PASSWORD

REAL = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def knock(username: str, password: str = PASSWORD, *, address="192.0.2.7", local=False, real=REAL) -> Answer:
    return sign_in.check(username, password, address=address, local=local, at=AT, real=real)


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """Every time the slow hash (here: the quick one in its place) is spent."""
    spent: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password: str, salt: str) -> str:
        spent.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return spent


def test_the_right_password_comes_in_however_the_name_was_typed(add) -> None:
    account = add("wang")
    for typed in ("wang", " WANG ", "ｗａｎｇ"):
        assert knock(typed).account == account


def test_strangers_cannot_tell_an_account_from_none(add, hashes) -> None:
    add("wang")
    closed = add("closed")
    actions.set_active(account_id=closed.pk, active=False, by="system:test", at=AT)
    add("shown", demo=True)
    add("fresh", owned=False)
    hashes.clear()
    tries = {"nobody": "wrong", "wang": "wrong", "closed": PASSWORD, "shown": PASSWORD, "fresh": "wrong"}
    answers, work = {}, {}
    for number, (name, password) in enumerate(tries.items()):
        answers[name] = knock(name, password, address=f"192.0.2.{number}")
        work[name] = len(hashes)
        hashes.clear()
    assert set(answers.values()) == {Answer(left=4)}
    assert work == dict.fromkeys(tries, 1)
    assert knock("wang").account is not None  # there was something to hide


def test_the_lock_is_the_same_for_a_name_that_nobody_has(add, hashes) -> None:
    account = add("wang")
    for name, subject in (("wang", account.pk), ("nobody", 0)):
        answers = [knock(name, "wrong", address=name) for _ in range(6)]
        assert [answer.left for answer in answers] == [4, 3, 2, 1, 0, 0]
        assert [answer.wait for answer in answers] == [None] * 4 + [timedelta(minutes=15)] * 2
        hashes.clear()
        assert knock(name, PASSWORD, address=name).wait == timedelta(minutes=15)
        assert hashes == []
        assert [f.kind for f in journal.about(("account", subject)) if f.kind == "account.locked"] == ["account.locked"]


def test_the_lock_opens_by_itself_and_a_success_clears_it(add) -> None:
    account = add("wang")
    for _ in range(5):
        knock("wang", "wrong")
    later = REAL + timedelta(minutes=15, seconds=1)
    assert knock("wang", real=later - timedelta(seconds=2)).account is None
    assert knock("wang", real=later).account == account
    assert knock("wang", "wrong", real=later).left == 4


def test_a_demo_account_comes_in_from_this_host_of_a_demonstration_alone(add, settings) -> None:
    account = add("demo", demo=True)
    for demo, local, comes_in in [
        (False, False, False),
        (False, True, False),
        (True, False, False),
        (True, True, True),
    ]:
        settings.DEMO = demo
        assert (knock("demo", local=local).account == account) == comes_in
        assert (sign_in.demo_account("demo", local=local) == account) == comes_in
        assert (sign_in.demo_accounts(local=local) == [account]) == comes_in


def test_no_ordinary_account_is_listed_or_entered_with_one_press(add, settings) -> None:
    settings.DEMO = True
    add("wang")
    add("demo", demo=True)
    assert [a.username for a in sign_in.demo_accounts(local=True)] == ["demo"]
    assert sign_in.demo_account("wang", local=True) is None


def test_a_password_handed_out_is_hashed_slowly_from_the_first_use_on(add) -> None:
    account = add("wang", owned=False)
    assert account.password.startswith("handed_out$")
    assert knock("wang", "wrong").account is None
    assert knock("wang").account == account
    account.refresh_from_db()
    assert account.password.startswith("md5$")
    assert knock("wang").account == account
    assert account.password_given


def test_an_account_without_a_usable_password_stays_outside(add) -> None:
    account = add("wang")
    account.set_unusable_password()
    account.save()
    assert knock("wang", account.password).account is None
    assert knock("wang", "").account is None
