"""What a session stands for right now: whose it is, what they may see, what they still owe before they may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from lilong.kernel.access import queries
from lilong.kernel.access.models import Account
from lilong.kernel.access.roles import ROLES
from lilong.kernel.access.viewer import ANONYMOUS, Viewer

# Staff, real time. GB/T 22239-2019 8.1.4.1 asks for a time-out; the length is ours (2026-11).
IDLE = timedelta(minutes=30)
SEEN = "seen"  # session: real seconds of the last request that a person made
LINK = "task_link"  # session: id of the task link it was opened with
FACTOR = "second_factor"  # session: the second factor was shown when it began


@dataclass(frozen=True)
class Standing:
    """`owes`: "" or what has to be done first: "password", "second_factor". `idle`: it was left alone for too long."""

    viewer: Viewer = ANONYMOUS
    account: Account | None = None
    owes: str = ""
    idle: bool = False


def of_session(session: SessionBase, account: Account | None, *, local: bool, at: datetime, real: float) -> Standing:
    """The standing of a session whose account Django has already checked.

    `local`: the request came from this very host. `at`: the installation's time. `real`: seconds since the epoch.
    """
    if account is None:
        link = session.get(LINK)
        return Standing(queries.viewer_of_link(link, at=at) or ANONYMOUS) if link else Standing()
    if account.demo and not (settings.DEMO and local):
        return Standing()
    staff = account.role not in ROLES or ROLES[account.role].staff
    if staff and real - session.get(SEEN, 0) > IDLE.total_seconds():
        return Standing(idle=True)
    owes = _owed(account, session) if staff else ""
    return Standing(ANONYMOUS if owes else queries.viewer_of(account, at=at), account, owes)


def of_key(session_key: str | None, *, local: bool, at: datetime, real: float) -> Standing:
    """The same, read afresh from the store: for a live stream that outlives its request."""
    if not session_key:
        return Standing()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return of_session(request.session, user if isinstance(user, Account) else None, local=local, at=at, real=real)


def is_local(request: HttpRequest) -> bool:
    """Whether the request was made on this very host: from the loopback address, and through no proxy."""
    proxied = any(name in request.headers for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"))
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not proxied


def _owed(account: Account, session: SessionBase) -> str:
    if account.demo:
        return ""
    if account.password_given:
        return "password"
    return "" if session.get(FACTOR) else "second_factor"
