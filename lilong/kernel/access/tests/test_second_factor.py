"""The second factor: codes of the app once each, recovery codes once each, and five wrong ones shut the door."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from lilong.kernel.access import second_factor
from lilong.kernel.access.models import Account, RecoveryCode, SecondFactor
from lilong.kernel.journal import queries as journal

from .conftest import AT

REAL = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)


class App:
    """The authenticator app in somebody's pocket: told the address of the QR image, it shows codes."""

    def __init__(self, account: Account) -> None:
        enrolment = second_factor.enrolment(account)
        assert enrolment is not None
        told = parse_qs(urlsplit(enrolment.uri).query)
        assert enrolment.secret.replace(" ", "") == told["secret"][0]
        assert told["issuer"] == ["Lilong 里弄"]
        self.totp = TOTP(base64.b32decode(told["secret"][0]), 6, SHA1(), 30)

    def code(self, real: datetime = REAL) -> str:
        return self.totp.generate(int(real.timestamp())).decode()


def check(account: Account, code: str, real: datetime = REAL) -> bool:
    return second_factor.check(account, code, at=AT, real=real).right


@pytest.fixture
def account(add) -> Account:
    return add("wang")


@pytest.fixture
def enrolled(account) -> tuple[Account, App, list[str]]:
    app = App(account)
    checked, codes = second_factor.confirm(account, app.code(), at=AT, real=REAL)
    assert checked.right
    return account, app, codes


def later(seconds: float) -> datetime:
    return REAL + timedelta(seconds=seconds)


def test_the_enrolment_stays_the_same_until_it_is_confirmed_and_is_never_shown_again(account) -> None:
    first = second_factor.enrolment(account)
    assert second_factor.enrolment(account) == first
    assert not second_factor.has(account.pk)
    second_factor.confirm(account, App(account).code(), at=AT, real=REAL)
    assert second_factor.has(account.pk)
    assert second_factor.enrolment(account) is None


def test_a_wrong_first_code_confirms_nothing(account) -> None:
    App(account)
    checked, codes = second_factor.confirm(account, "000000", at=AT, real=REAL)
    assert (checked.right, checked.left, codes) == (False, 4, [])
    assert not second_factor.has(account.pk)


def test_an_unconfirmed_secret_opens_nothing(account) -> None:
    assert not check(account, App(account).code())


def test_the_secret_is_not_in_the_database_in_clear(account) -> None:
    text = second_factor.enrolment(account).secret.replace(" ", "")
    stored = bytes(SecondFactor.objects.get(account=account).secret)
    assert base64.b32decode(text) not in stored
    assert text.encode() not in stored


def test_a_code_works_once_and_no_older_one_after_it(enrolled) -> None:
    account, app, _ = enrolled
    assert not check(account, app.code())  # the one that confirmed the enrolment
    newer, code = later(60), app.code(later(60))
    assert check(account, f"{code[:3]} {code[3:]}", newer)
    assert not check(account, code, newer)
    assert not check(account, code, later(75))
    assert not check(account, app.code(later(30)), newer)


@pytest.mark.parametrize(("drift", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_differ_by_half_a_minute(enrolled, drift: int, taken: bool) -> None:
    account, app, _ = enrolled
    assert check(account, app.code(later(600 + drift)), later(600)) == taken


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345６"])
def test_what_is_no_code_is_refused_calmly(enrolled, code: str) -> None:
    assert not check(enrolled[0], code)


def test_each_recovery_code_works_once(enrolled) -> None:
    account, _, codes = enrolled
    assert len(set(codes)) == 10
    assert check(account, codes[3].upper().replace("-", " "))
    assert not check(account, codes[3])
    assert second_factor.codes_left(account.pk) == 9
    assert "account.recovery_code_used" in [f.kind for f in journal.about(("account", account.pk))]


def test_recovery_codes_are_kept_as_hashes_and_replaced_all_together(enrolled) -> None:
    account, _, codes = enrolled
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not {code.replace("-", "") for code in codes} & kept
    new = second_factor.new_recovery_codes(account, at=AT)
    assert not check(account, codes[0])
    assert check(account, new[0])


def test_a_recovery_code_of_somebody_else_opens_nothing(enrolled, add) -> None:
    other = add("li")
    second_factor.confirm(other, App(other).code(), at=AT, real=REAL)
    assert not check(other, enrolled[2][0])


def test_five_wrong_codes_shut_the_door_even_for_the_right_one(enrolled) -> None:
    account, app, codes = enrolled
    answers = [second_factor.check(account, "000000", at=AT, real=later(60)) for _ in range(5)]
    assert [a.left for a in answers] == [4, 3, 2, 1, 0]
    assert answers[4].wait == timedelta(minutes=15)
    assert not check(account, app.code(later(90)), later(90))
    assert not check(account, codes[0], later(90))
    assert check(account, app.code(later(1200)), later(1200))
    assert "account.locked" in [f.kind for f in journal.about(("account", account.pk))]


def test_a_removed_factor_is_enrolled_anew_with_another_secret(enrolled) -> None:
    account, app, codes = enrolled
    second_factor.remove(account.pk, by="account:99", at=AT)
    assert not second_factor.has(account.pk)
    assert not check(account, codes[0])
    assert App(account).code() != app.code()
    removed = journal.about(("account", account.pk))[0]
    assert (removed.kind, removed.by) == ("account.factor_removed", "account:99")


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the rows for SHA-1; its eight digits cut to the six that apps show."""
    assert second_factor._totp(b"12345678901234567890").generate(seconds).decode() == code
