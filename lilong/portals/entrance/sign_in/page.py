"""Signing in and out: the form, its errors in words, and the one-press entry of a demonstration."""

from __future__ import annotations

import math
from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lilong.kernel.access import second_factor, sessions
from lilong.kernel.access import sign_in as door
from lilong.kernel.access.guards import safe_next
from lilong.kernel.access.models import Account
from lilong.kernel.access.request import Request
from lilong.kernel.access.standing import is_local
from lilong.kit import clock
from lilong.portals.entrance.sign_in.demo import entries


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """The form; a right password leads on to the second factor, or to where the person was going."""
    target = safe_next(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method != "POST":
        return HttpResponseRedirect(target) if request.viewer.account_id else _form(request, target)
    if "demo" in request.POST:
        account = door.demo_account(request.POST["demo"], local=is_local(request))
        return _enter(request, account, target) if account else _form(request, target, wrong=_("没有这个演示账号。"))
    username, password = request.POST.get("username", ""), request.POST.get("password", "")
    if not username.strip() or not password:
        return _form(request, target, wrong=_("请填写用户名和密码。"))
    answer = door.check(
        username,
        password,
        address=request.META.get("REMOTE_ADDR", ""),
        local=is_local(request),
        at=clock.now(),
        real=timezone.now(),
    )
    if answer.account is None:
        return _form(request, target, wrong=refusal(answer.wait, answer.left), wait=answer.wait)
    return _enter(request, answer.account, target)


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """The session ends, here and in the store."""
    sessions.end(request, at=clock.now())
    return HttpResponseRedirect("/sign-in?out=1")


def refusal(wait: timedelta | None, left: int) -> str:
    """Why somebody did not come in, in words that hold for names that nobody has as well."""
    if wait is not None:
        return waiting(wait)
    if left <= 2:
        return _("用户名或密码不对。再错 %(left)d 次，登录将锁定 15 分钟。") % {"left": left}
    return _("用户名或密码不对。")


def waiting(wait: timedelta) -> str:
    """How long the door stays shut, in minutes."""
    minutes = math.ceil(wait.total_seconds() / 60)
    return _("失败次数太多，登录已锁定，请 %(minutes)d 分钟后再试。") % {"minutes": minutes}


def _enter(request: Request, account: Account, target: str) -> HttpResponse:
    if second_factor.has(account.pk) and not account.demo:
        sessions.begin_halfway(request, account, next=target)
        return HttpResponseRedirect("/sign-in/second-factor")
    sessions.begin(request, account, factor=False, at=clock.now())
    return HttpResponseRedirect(target)


def _form(request: Request, target: str, *, wrong: str = "", wait: timedelta | None = None) -> HttpResponse:
    told = {
        "next": target,
        "wrong": wrong,
        "username": request.POST.get("username", ""),
        "idle": request.went_idle or "idle" in request.GET,
        "out": "out" in request.GET,
        "demo_accounts": entries(local=is_local(request)),
    }
    response = render(request, "entrance/sign_in/page.html", told, status=429 if wait else 422 if wrong else 200)
    if wait:
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response
