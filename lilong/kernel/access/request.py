"""The request as our views get it, so that types know what the middleware put there."""

from __future__ import annotations

from django.http import HttpRequest

from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import Viewer


class Request(HttpRequest):
    """A request that ViewerMiddleware has seen. `account` is set, too, while the account still owes something."""

    viewer: Viewer
    account: Account | None
    owes: str
    went_idle: bool
