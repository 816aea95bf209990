"""Problem details (RFC 9457): how the HTTP gateway says that something did not go."""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse


def problem(status: HTTPStatus, detail: str, **headers: str) -> JsonResponse:
    """A response of `application/problem+json`; `about:blank` means that the status says the kind."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=named)
