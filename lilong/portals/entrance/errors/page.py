"""The pages of refusal: they say what happened and what to do next, and never what is behind the door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django names it
    """403: signed in, and still not allowed."""
    return _page(request, 403, "Forbidden", _("没有权限"), _("您的账号看不到这里。如果工作需要，请联系系统管理员。"))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django names it
    """404: not there, or not for this viewer; nobody can tell which."""
    return _page(request, 404, "Not Found", _("没有这个页面"), _("地址有误，或者内容不在您的工作范围内。"))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django names it
    """403 of a form whose token is missing or too old."""
    words = _("这张表单已过期。请返回上一页，刷新后再提交；已填写的内容不会被保存。")
    return _page(request, 403, "Forbidden", _("表单已过期"), words)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; drawn without asking the database, which may be what is broken."""
    if request.path.startswith("/api/"):
        return _problem(500, "Internal Server Error")
    return HttpResponse(render_to_string("entrance/errors/broken.html"), status=500)


def _page(request: HttpRequest, status: int, title: str, heading: str, words: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _problem(status, title)
    told = {"heading": heading, "words": words, "status": status}
    template = "entrance/errors/fragment.html" if "HX-Request" in request.headers else "entrance/errors/page.html"
    return render(request, template, told, status=status)


def _problem(status: int, title: str) -> HttpResponse:
    problem = {"type": "about:blank", "title": title, "status": status}
    return JsonResponse(problem, status=status, content_type="application/problem+json")
