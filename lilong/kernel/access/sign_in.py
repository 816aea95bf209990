"""The check at the door: a name, a password, the lock-out around them, and an answer that tells strangers nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password, verify_password
from django.db import transaction

from lilong.kernel.access import lockout
from lilong.kernel.access.models import Account
from lilong.kernel.journal import actions as journal


@dataclass(frozen=True)
class Answer:
    """`account` if all was right; `wait` while the door is shut; `left` tries otherwise."""

    account: Account | None = None
    wait: timedelta | None = None
    left: int = 0


def check(username: str, password: str, *, address: str, local: bool, at: datetime, real: datetime) -> Answer:
    """Whether this name and password may come in.

    `address`: where the try comes from; `local`: from this very host (demo accounts come in from nowhere else);
    `at`: the installation's time, for facts; `real`: real time, for the lock-out. Unknown, inactive, wrong, and demo
    from outside: the same answer after the same work.
    """
    own, shared = lockout.by_name(username), lockout.by_address(address)
    tried = lockout.count([own, shared], real=real)
    if tried.wait:
        return Answer(wait=tried.wait)
    account = Account.objects.filter(username=Account.normalize_username(username)).first()
    if account is not None and _right(account, password) and admitted(account, local=local):
        lockout.succeeded(own, [shared], real=real)
        return Answer(account=account)
    if account is None:
        make_password(password)
    if tried.locking:
        note_lock(account, at=at)
        return Answer(wait=lockout.LOCKED_FOR)
    return Answer(left=tried.left)


def check_own(account: Account, password: str, *, address: str, at: datetime, real: datetime) -> Answer:
    """The same for somebody already inside who is asked again; a failure counts as at the door."""
    return check(account.username, password, address=address, local=True, at=at, real=real)


def demo_account(username: str, *, local: bool) -> Account | None:
    """The demo account of this name, for the one-press entry of a demonstration on this very host."""
    account = Account.objects.filter(username=Account.normalize_username(username), demo=True).first()
    return account if account is not None and admitted(account, local=local) else None


def demo_accounts(*, local: bool) -> list[Account]:
    """The accounts that the sign-in page lists: none outside a demonstration, none to other hosts."""
    if not (settings.DEMO and local):
        return []
    return list(Account.objects.filter(demo=True, is_active=True).order_by("pk"))


def admitted(account: Account, *, local: bool) -> bool:
    """Whether this account may come in at all, from there."""
    return account.is_active and (not account.demo or (settings.DEMO and local))


def note_lock(account: Account | None, *, at: datetime) -> None:
    """The fact that a door was shut; account 0 stands for a name that nobody has, at the same cost."""
    subject = account.pk if account else 0
    with transaction.atomic():
        minutes = int(lockout.LOCKED_FOR.total_seconds() // 60)
        journal.write(
            "account.locked", subject=("account", subject), by="system:door", at=at, data={"minutes": minutes}
        )


def _right(account: Account, password: str) -> bool:
    """Whether the password is the account's own; an old or quick hash is replaced by the preferred one on the way."""
    encoded = account.password
    right, stale = verify_password(password, encoded)
    if right and stale:
        account.set_password(password)
        account.save(update_fields=["password"])
    elif not right and _is_quick(encoded):
        make_password(password)
    return right


def _is_quick(encoded: str) -> bool:
    try:
        return identify_hasher(encoded).algorithm != get_hasher("default").algorithm
    except ValueError:
        return False  # an unusable password: verify_password has spent the time already
