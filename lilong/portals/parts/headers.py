"""A strict Content-Security-Policy on every page: nothing inline, nothing from another host, no frame around us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Chart libraries place their tooltips by style attributes; a page that draws with one asks for this, and for no more.
STYLE_ATTRIBUTES = {"style-src-attr": "'unsafe-inline'"}


def policy(*, style_attributes: bool = False) -> str:
    """The header's value; `style_attributes` lets scripts of the page place elements by `style=`."""
    rules = POLICY | (STYLE_ATTRIBUTES if style_attributes else {})
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class ContentSecurityPolicy:
    """Middleware, sync and async alike. A view loosens style attributes by `request.csp_style_attributes = True`."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return _stamp(request, response)
        return _stamp_later(request, response)


async def _stamp_later(request: HttpRequest, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return _stamp(request, await response)


def _stamp(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    loosened = getattr(request, "csp_style_attributes", False) or getattr(response, "csp_style_attributes", False)
    response.headers.setdefault(HEADER, policy(style_attributes=loosened))
    return response
