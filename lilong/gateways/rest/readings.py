"""`POST /api/v1/readings`: a device's batch by HTTP, answered when it is safe in the log."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lilong.kernel.registry import queries as registry
from lilong.kernel.sensing.handover import Away, hand_over
from lilong.kernel.sensing.payload import BODY_LIMIT

from .problems import problem

FORMS: Final = {"application/json": "json", "text/csv": "csv"}
COME_AGAIN: Final = "5"  # seconds


@csrf_exempt  # devices have a token and no cookie
async def take(request: HttpRequest) -> JsonResponse:
    """202 with `{"accepted": n, "aside": [{"index": i, "reason": …}]}` once all of it is on the disk."""
    if request.method != "POST":
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "readings are sent by POST", Allow="POST")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    device = await sync_to_async(registry.device_by_token)(token) if scheme.lower() == "bearer" and token else None
    if device is None:
        return problem(HTTPStatus.UNAUTHORIZED, "send a device's token as a bearer token", WWW_Authenticate="Bearer")
    form = FORMS.get(request.content_type or "")
    if form is None:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {' or '.join(FORMS)}")
    body = _body(request)
    if body is None:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send {BODY_LIMIT} bytes at the most")
    try:
        outcome = await hand_over(settings.LILONG_HOME, device.code, form, body)
    except Away as away:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(away), Retry_After=COME_AGAIN)
    if outcome.malformed:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, outcome.malformed)
    aside = [{"index": index, "reason": reason} for index, reason in outcome.aside]
    return JsonResponse({"accepted": outcome.accepted, "aside": aside}, status=HTTPStatus.ACCEPTED)


def _body(request: HttpRequest) -> bytes | None:
    """The body, or None where it is larger than a message may be."""
    try:
        if int(request.headers.get("Content-Length") or 0) > BODY_LIMIT or len(request.body) > BODY_LIMIT:
            return None
    except (RequestDataTooBig, ValueError):
        return None
    return request.body
