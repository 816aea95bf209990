"""Beginning and ending a session: nothing else signs anybody in, and each beginning has a new session key."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.contrib import auth
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.utils.crypto import constant_time_compare

from lilong.kernel.access import backend, standing
from lilong.kernel.access.models import Account
from lilong.kernel.access.request import Request
from lilong.kernel.access.viewer import ANONYMOUS, Viewer
from lilong.kernel.journal import actions as journal

_HALFWAY = "halfway"  # session: the password was right, the second factor is awaited
HALFWAY_S = 300


@dataclass(frozen=True)
class Halfway:
    """Somebody whose password was right and who has still to show the second factor; `next`: where they were going."""

    account: Account
    next: str


def begin(request: Request, account: Account, *, factor: bool, at: datetime) -> None:
    """Sign the account in, in a new session; `factor`: the second factor was shown."""
    with transaction.atomic():
        _leave(request)
        auth.login(request, account, backend=backend.PATH)
        request.session[standing.SEEN] = time.time()
        request.session[standing.FACTOR] = factor
        _fact("account.signed_in", account, at=at)


def begin_halfway(request: Request, account: Account, *, next: str) -> None:
    """Remember, in a new session, that the password was right."""
    _leave(request)
    held = {"account": account.pk, "mark": account.get_session_auth_hash(), "since": time.time(), "next": next}
    request.session[_HALFWAY] = held


def halfway(request: Request) -> Halfway | None:
    """Who is halfway in; None after five minutes, or once the account or its password changed."""
    held = request.session.get(_HALFWAY)
    if not held or time.time() - held["since"] > HALFWAY_S:
        return None
    account = Account.objects.filter(pk=held["account"], is_active=True).first()
    if account is None or not constant_time_compare(held["mark"], account.get_session_auth_hash()):
        return None
    return Halfway(account, held["next"])


def begin_link(request: Request, viewer: Viewer) -> None:
    """A session that stands for the task link of this viewer and for nothing else."""
    _leave(request)
    request.session[standing.LINK] = int(viewer.by.removeprefix("link:"))


def factor_shown(request: Request) -> None:
    """Note that the account of this session has just confirmed its second factor, under a new session key."""
    request.session.cycle_key()
    request.session[standing.FACTOR] = True


def factor_removed(request: Request) -> None:
    """Note that the account of this session enrols anew."""
    request.session[standing.FACTOR] = False


def password_changed(request: Request, account: Account) -> None:
    """Keep this session, under a new key, when its account's password has changed; every other one ends."""
    update_session_auth_hash(request, account)


def end(request: Request, *, at: datetime) -> None:
    """Sign out."""
    with transaction.atomic():
        if request.account is not None:
            _fact("account.signed_out", request.account, at=at)
        _leave(request)


def _leave(request: Request) -> None:
    """Whoever this session stood for is gone from it and from the rest of this request."""
    auth.logout(request)
    request.account, request.viewer = None, ANONYMOUS


def _fact(kind: str, account: Account, *, at: datetime) -> None:
    journal.write(kind, subject=("account", account.pk), by=f"account:{account.pk}", at=at)
