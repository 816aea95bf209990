"""Choosing a password: asked for at the first sign-in, and whenever somebody wants to."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lilong.kernel.access import actions, sessions, sign_in
from lilong.kernel.access.guards import needs_account, safe_next
from lilong.kernel.access.models import Account
from lilong.kernel.access.request import Request
from lilong.kit import clock
from lilong.portals.entrance.sign_in.page import waiting


@dataclass(frozen=True)
class Wrong:
    """One thing to put right, and the field it is about."""

    field: str
    words: str


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_account("password")
def password(request: Request) -> HttpResponse:
    """The form; with a right old password and a good new one this session goes on and every other one ends."""
    own = request.account
    assert own is not None
    target = safe_next(request, request.POST.get("next") or request.GET.get("next") or "", "/account?changed=1")
    wrong = _change(request, own) if request.method == "POST" and not own.demo else []
    if request.method != "POST" or wrong or own.demo:
        told = {"own": own, "next": target, "wrong": wrong, "rules": password_validators_help_texts()}
        return render(request, "entrance/password/page.html", told, status=422 if wrong else 200)
    sessions.password_changed(request, own)
    return HttpResponseRedirect(target)


def _change(request: Request, own: Account) -> list[Wrong]:
    """Change it, or say what is wrong; the old one is checked last, so that typing errors cost no try."""
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    if not old:
        return [Wrong("old", _("请填写现在的密码。"))]
    if new != again:
        return [Wrong("again", _("两次填写的新密码不一样。"))]
    if new == old:
        return [Wrong("new", _("新密码不能和现在的一样。"))]
    try:
        actions.check_password_rules(own, new)
    except ValidationError as weak:
        return [Wrong("new", words) for words in weak.messages]
    address = request.META.get("REMOTE_ADDR", "")
    answer = sign_in.check_own(own, old, address=address, at=clock.now(), real=timezone.now())
    if answer.account is None:
        return [Wrong("old", waiting(answer.wait) if answer.wait else _("现在的密码不对。"))]
    actions.set_own_password(account=own, password=new, at=clock.now())
    return []
