"""Language, light or dark, and the size of the text: kept in cookies of this browser, with or without an account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from lilong.kernel.access.guards import safe_next
from lilong.kernel.access.request import Request
from lilong.portals.parts.context import ELDER_COOKIE, THEME_COOKIE, THEMES

YEAR_S = 365 * 24 * 3600
CHOICES = {
    "lang": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _name in settings.LANGUAGES)),
    "theme": (THEME_COOKIE, THEMES),
    "elder": (ELDER_COOKIE, ("0", "1")),
}


@require_http_methods(["GET", "POST"])
def prefer(request: Request) -> HttpResponse:
    """Sets what was chosen and goes back; a value that is none of the choices is passed over."""
    given = request.POST or request.GET
    response = HttpResponseRedirect(safe_next(request, given.get("next", "/")))
    for name, (cookie, values) in CHOICES.items():
        if given.get(name) in values:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(cookie, given[name], max_age=YEAR_S, samesite="Lax", httponly=True, secure=secure)
    return response
