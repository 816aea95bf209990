"""The lock on a view: `needs(verb)` lets in who may, leads the stranger to the sign-in page, and refuses the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from lilong.kernel.access.roles import VERBS
from lilong.kernel.access.viewer import ANONYMOUS, Viewer

View = TypeVar("View", bound=Callable[..., Any])

SECOND_FACTOR_PAGE = "/account/second-factor"
PASSWORD_PAGE = "/account/password"  # noqa: S105  an address, not a password
OWED_PAGES = {"password": PASSWORD_PAGE, "second_factor": SECOND_FACTOR_PAGE}


def needs(verb: str, *, case_link: bool = False) -> Callable[[View], View]:
    """Only viewers who may do `verb`. A task link opens the view only where `case_link=True` says so.

    A view open to task links still asks its query for the one case. Works for sync and async views alike.
    """
    if verb not in VERBS:
        raise ValueError(f"needs: there is no verb {verb!r}; see access/roles.py")

    def guard(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                return _turned_away(request, verb, case_link) or await view(request, *args, **kwargs)

            return cast(View, _declared(later, verb, case_link))

        @wraps(view)
        def now(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return _turned_away(request, verb, case_link) or view(request, *args, **kwargs)

        return cast(View, _declared(now, verb, case_link))

    return guard


def needs_account(*owing: str) -> Callable[[View], View]:
    """Only somebody signed in to an account, whatever its role, who owes nothing but what `owing` names."""

    def guard(view: View) -> View:
        @wraps(view)
        def now(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            inside = getattr(request, "account", None) is not None
            if inside and getattr(request, "owes", "") in {"", *owing}:
                return view(request, *args, **kwargs)
            if viewer_of(request).known:
                raise PermissionDenied("only an account comes in here")
            return _to_the_door(request)

        now.needs_account = True  # type: ignore[attr-defined]  # read by the test that walks every route
        return cast(View, now)

    return guard


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer the middleware found; nobody, where it did not run."""
    return getattr(request, "viewer", ANONYMOUS)


def safe_next(request: HttpRequest, wanted: str, otherwise: str = "/") -> str:
    """`wanted` if it stays on this host, else `otherwise`."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else otherwise


def _declared(view: Any, verb: str, case_link: bool) -> Any:
    view.needs_verb, view.needs_case_link = verb, case_link
    return view


def _turned_away(request: HttpRequest, verb: str, case_link: bool) -> HttpResponse | None:
    viewer = viewer_of(request)
    if not viewer.known:
        return _to_the_door(request)
    if (viewer.case is not None and not case_link) or not viewer.may(verb):
        raise PermissionDenied(f"this viewer may not do {verb} here")
    return None


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """A page goes to the sign-in page and back; a fragment takes its whole page along; a machine gets a plain 401."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "Sign in first."}
        return JsonResponse(problem, status=401, content_type="application/problem+json")
    if "text/event-stream" in request.headers.get("Accept", "") and "HX-Request" not in request.headers:
        return HttpResponse(status=401)
    door = OWED_PAGES.get(getattr(request, "owes", ""), settings.LOGIN_URL)
    if "HX-Request" in request.headers:
        back = urlsplit(request.headers.get("HX-Current-URL", "/"))
        wanted = f"{back.path or '/'}{'?' + back.query if back.query else ''}"
        return HttpResponse(status=204, headers={"HX-Redirect": _with_next(door, wanted, request)})
    wanted = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(_with_next(door, wanted, request))


def _with_next(door: str, wanted: str, request: HttpRequest) -> str:
    """The door, told where to lead back to and, after a long silence, why it is shut."""
    told = {"next": wanted} if wanted not in {"", "/"} else {}
    if getattr(request, "went_idle", False):
        told["idle"] = "1"
    return f"{door}?{urlencode(told)}" if told else door
