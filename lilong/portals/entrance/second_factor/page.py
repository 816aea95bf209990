"""The second step of signing in: a code of the app, or a recovery code."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lilong.kernel.access import second_factor as factor
from lilong.kernel.access import sessions
from lilong.kernel.access.request import Request
from lilong.kit import clock
from lilong.portals.entrance.second_factor.words import wrong_code


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: Request) -> HttpResponse:
    """Only somebody whose password was right a moment ago gets here; too many wrong codes lead back to the start."""
    halfway = sessions.halfway(request)
    if halfway is None:
        return HttpResponseRedirect("/sign-in")
    if request.method != "POST":
        return render(request, "entrance/second_factor/page.html", {"wrong": ""})
    code = request.POST.get("code", "")
    if not code.strip():
        return _again(request, _("请填写验证码。"))
    checked = factor.check(halfway.account, code, at=clock.now(), real=timezone.now())
    if checked.right:
        sessions.begin(request, halfway.account, factor=True, at=clock.now())
        return HttpResponseRedirect(halfway.next)
    return _again(request, wrong_code(checked), status=429 if checked.wait else 422)


def _again(request: Request, wrong: str, status: int = 422) -> HttpResponse:
    return render(request, "entrance/second_factor/page.html", {"wrong": wrong}, status=status)
