"""The second factor of staff: codes of an authenticator app (RFC 6238, by `cryptography`), recovery codes on paper."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from lilong.kernel.access import lockout
from lilong.kernel.access.models import Account, RecoveryCode, SecondFactor
from lilong.kernel.access.sign_in import note_lock
from lilong.kernel.journal import actions as journal
from lilong.kit import ciphers

STEP_S, DIGITS = 30, 6  # what every authenticator app assumes
DRIFT = 1  # steps before and after: RFC 6238 §5.2 recommends one, for clocks that differ and slow fingers
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike on paper


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app has to be told: the address inside the QR image, and the secret to type instead."""

    uri: str
    secret: str


@dataclass(frozen=True)
class Checked:
    """`right`, or `wait` while too many wrong codes keep the door shut, or `left` tries."""

    right: bool = False
    wait: timedelta | None = None
    left: int = 0


def has(account_id: int) -> bool:
    """Whether the account has a confirmed second factor."""
    return SecondFactor.objects.filter(account_id=account_id, confirmed_at__isnull=False).exists()


def codes_left(account_id: int) -> int:
    """How many recovery codes are still unused."""
    return RecoveryCode.objects.filter(account_id=account_id, used_at=None).count()


def enrolment(account: Account) -> Enrolment | None:
    """What to show on the enrolment page, the same until it is confirmed; None for an account that has a factor."""
    fresh = ciphers.seal(_key(), secrets.token_bytes(20), _context(account.pk))
    factor, _ = SecondFactor.objects.get_or_create(account=account, defaults={"secret": fresh})
    if factor.confirmed_at:
        return None
    secret = _secret(factor)
    text = base64.b32encode(secret).decode()
    uri = _totp(secret).get_provisioning_uri(account.username, "Lilong 里弄")
    return Enrolment(uri, " ".join(text[i : i + 4] for i in range(0, len(text), 4)))


def confirm(account: Account, code: str, *, at: datetime, real: datetime) -> tuple[Checked, list[str]]:
    """Confirm the enrolment by its first code; gives the recovery codes, which are never shown again."""
    with transaction.atomic():
        checked = check(account, code, at=at, real=real, confirmed=False)
        if not checked.right:
            return checked, []
        SecondFactor.objects.filter(account=account).update(confirmed_at=at)
        _fact("account.factor_added", account.pk, by=f"account:{account.pk}", at=at)
        return checked, new_recovery_codes(account, at=at)


def check(account: Account, code: str, *, at: datetime, real: datetime, confirmed: bool = True) -> Checked:
    """Whether `code` is a code of the app that was not used before, or an unused recovery code.

    Five wrong ones shut the door for a while; `at` is for facts, `real` for codes and lock-out.
    """
    gate = lockout.by_second_factor(account.pk)
    tried = lockout.count([gate], real=real)
    if tried.wait:
        return Checked(wait=tried.wait)
    code = "".join(code.split()).replace("-", "").lower()
    if _app_code(account.pk, code, real, confirmed) or (confirmed and _recovery_code(account.pk, code, at)):
        lockout.succeeded(gate, real=real)
        return Checked(right=True)
    if tried.locking:
        note_lock(account, at=at)
        return Checked(wait=lockout.LOCKED_FOR)
    return Checked(left=tried.left)


def new_recovery_codes(account: Account, *, at: datetime) -> list[str]:
    """Ten new codes in place of all earlier ones; only here are they ever seen in clear."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(account=account).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=_digest(account.pk, c)) for c in codes)
        _fact("account.recovery_codes_made", account.pk, by=f"account:{account.pk}", at=at)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove(account_id: int, *, by: str, at: datetime) -> None:
    """Take the second factor away, so that its owner enrols anew: for the day phone and paper are both lost."""
    with transaction.atomic():
        RecoveryCode.objects.filter(account_id=account_id).delete()
        if SecondFactor.objects.filter(account_id=account_id).delete()[0]:
            _fact("account.factor_removed", account_id, by=by, at=at)


def _app_code(account_id: int, code: str, real: datetime, confirmed: bool) -> bool:
    factor = SecondFactor.objects.filter(account_id=account_id, confirmed_at__isnull=not confirmed).first()
    if factor is None or len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return False
    totp, step = _totp(_secret(factor)), int(real.timestamp()) // STEP_S
    matching = [
        at for at in range(step - DRIFT, step + DRIFT + 1) if constant_time_compare(totp.generate(at * STEP_S), code)
    ]
    if not matching:
        return False
    # one statement decides, so that of two people with the same code at once only one comes in
    unused = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=matching[-1])
    return unused.update(last_step=matching[-1]) == 1


def _recovery_code(account_id: int, code: str, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(account_id=account_id, digest=_digest(account_id, code), used_at=None)
    with transaction.atomic():
        if unused.update(used_at=at) != 1:
            return False
        _fact("account.recovery_code_used", account_id, by=f"account:{account_id}", at=at)
    return True


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303  RFC 6238's default, the only one that all apps know


def _secret(factor: SecondFactor) -> bytes:
    return ciphers.open_sealed(_key(), bytes(factor.secret), _context(factor.account_id))


def _key() -> bytes:
    return ciphers.derived(bytes.fromhex(settings.SECRET_KEY), "access second factor")


def _context(account_id: int) -> str:
    return f"second factor of account {account_id}"


def _digest(account_id: int, code: str) -> str:
    return salted_hmac(f"lilong.access.recovery:{account_id}", code, algorithm="sha256").hexdigest()


def _fact(kind: str, account_id: int, *, by: str, at: datetime) -> None:
    journal.write(kind, subject=("account", account_id), by=by, at=at)
