"""Sets `request.viewer`, ends sessions that were left alone, and keeps what a signed-in person saw out of caches."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth import logout
from django.http.response import HttpResponseBase

from lilong.kernel.access import standing
from lilong.kernel.access.models import Account
from lilong.kernel.access.request import Request
from lilong.kit import clock

NOTE_EVERY_S = 60  # the session is written at most so often only because somebody is still there


class ViewerMiddleware:
    """Sync and async alike. `request.owes` names what the account has to do before it may see anything."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[Request], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: Request) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.asynchronous:
            return self._later(request)
        enter(request)
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        return leave(request, response)

    async def _later(self, request: Request) -> HttpResponseBase:
        await sync_to_async(enter)(request)
        response = self.get_response(request)
        assert not isinstance(response, HttpResponseBase)
        return leave(request, await response)


def enter(request: Request) -> None:
    """Finds out who is asking."""
    user = request.user
    found = standing.of_session(
        request.session,
        user if isinstance(user, Account) else None,
        local=standing.is_local(request),
        at=clock.now(),
        real=time.time(),
    )
    if found.idle:
        logout(request)
    request.viewer, request.account = found.viewer, found.account
    request.owes, request.went_idle = found.owes, found.idle


def leave(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """Notes that somebody was there. A live stream, and what a page fetches by itself, is nobody's doing."""
    if request.account is not None or request.viewer.known:
        response.headers.setdefault("Cache-Control", "private, no-store")
    if request.account is not None and _is_activity(request, response):
        now = time.time()
        if now - request.session.get(standing.SEEN, 0) > NOTE_EVERY_S:
            request.session[standing.SEEN] = now
    return response


def _is_activity(request: Request, response: HttpResponseBase) -> bool:
    """Not an event stream, nor a request that a script made by itself and marked `Lilong-Background: 1`."""
    streams = response.headers.get("Content-Type", "").startswith("text/event-stream")
    return not streams and request.headers.get("Lilong-Background") != "1"
