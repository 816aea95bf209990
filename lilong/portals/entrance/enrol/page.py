"""The second factor of one's own account: showing it to an app, confirming it, recovery codes, and changing phones."""

from __future__ import annotations

import qrcode
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage

from lilong.kernel.access import second_factor, sessions
from lilong.kernel.access.guards import needs_account, safe_next
from lilong.kernel.access.models import Account
from lilong.kernel.access.request import Request
from lilong.kit import clock
from lilong.portals.entrance.second_factor.words import wrong_code


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_account("second_factor")
def enrol(request: Request) -> HttpResponse:
    """Without a factor: the QR image and the first code. With one: new recovery codes, or another phone."""
    own = request.account
    assert own is not None
    if own.demo:  # its password is public, so a second factor would only shut other visitors out
        return HttpResponseRedirect("/account")
    if not second_factor.has(own.pk):
        return _first_code(request, own) if request.method == "POST" else _form(request, own)
    if request.owes:  # enrolled meanwhile in another session: this one has never shown the factor
        sessions.end(request, at=clock.now())
        return HttpResponseRedirect("/sign-in")
    return _renewed(request, own) if request.method == "POST" else _settings(request, own)


@never_cache
@require_safe
@needs_account("second_factor")
def qr(request: Request) -> HttpResponse:
    """What the app scans, as a picture of its own: nothing inline, and gone once it is confirmed."""
    own = request.account
    assert own is not None
    enrolment = None if own.demo else second_factor.enrolment(own)
    if enrolment is None:
        return HttpResponse(status=404)
    image = qrcode.make(enrolment.uri, image_factory=SvgPathImage, border=2)
    return HttpResponse(image.to_string(encoding="unicode"), content_type="image/svg+xml")


def _first_code(request: Request, own: Account) -> HttpResponse:
    checked, codes = second_factor.confirm(own, request.POST.get("code", ""), at=clock.now(), real=timezone.now())
    if not checked.right:
        return _form(request, own, wrong=wrong_code(checked), status=429 if checked.wait else 422)
    sessions.factor_shown(request)
    return _codes(request, codes)


def _renewed(request: Request, own: Account) -> HttpResponse:
    """Either needs a fresh code, so that a desk left open is not enough."""
    checked = second_factor.check(own, request.POST.get("code", ""), at=clock.now(), real=timezone.now())
    if not checked.right:
        return _settings(request, own, wrong=wrong_code(checked), status=429 if checked.wait else 422)
    if request.POST.get("do") == "codes":
        return _codes(request, second_factor.new_recovery_codes(own, at=clock.now()))
    second_factor.remove(own.pk, by=request.viewer.by, at=clock.now())
    sessions.factor_removed(request)
    return HttpResponseRedirect(request.path)


def _form(request: Request, own: Account, *, wrong: str = "", status: int = 200) -> HttpResponse:
    told = {"own": own, "enrolment": second_factor.enrolment(own), "wrong": wrong, "next": _next(request)}
    return render(request, "entrance/enrol/page.html", told, status=status)


def _settings(request: Request, own: Account, *, wrong: str = "", status: int = 200) -> HttpResponse:
    told = {"own": own, "wrong": wrong, "codes_left": second_factor.codes_left(own.pk)}
    return render(request, "entrance/enrol/settings.html", told, status=status)


def _codes(request: Request, codes: list[str]) -> HttpResponse:
    return render(request, "entrance/enrol/codes.html", {"codes": codes, "next": _next(request)})


def _next(request: Request) -> str:
    return safe_next(request, request.POST.get("next") or request.GET.get("next") or "/")
