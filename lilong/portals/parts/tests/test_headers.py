"""The policy that every answer carries, and the one loosening a page may ask for."""

from __future__ import annotations

import asyncio

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lilong.portals.parts.headers import HEADER, ContentSecurityPolicy, policy


def answered(*, ask: bool = False, own: str = "") -> str:
    request = RequestFactory().get("/")
    request.csp_style_attributes = ask
    made = HttpResponse(headers={HEADER: own} if own else {})
    return ContentSecurityPolicy(lambda _request: made)(request).headers[HEADER]


def test_nothing_is_allowed_but_what_is_named_and_only_from_here() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy().split("; "))

    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
    assert "unsafe" not in policy()
    assert "http" not in policy()


def test_every_answer_carries_it() -> None:
    assert answered() == policy()


def test_a_page_that_draws_with_a_chart_library_may_place_elements_and_nothing_else() -> None:
    assert answered(ask=True) == policy() + "; style-src-attr 'unsafe-inline'"


def test_a_policy_that_is_set_already_is_left_alone() -> None:
    assert answered(own="sandbox") == "sandbox"


def test_async_answers_carry_it_too() -> None:
    async def view(_request: object) -> HttpResponse:
        return HttpResponse()

    answer = asyncio.run(ContentSecurityPolicy(view)(RequestFactory().get("/")))

    assert answer.headers[HEADER] == policy()


@pytest.mark.django_db
def test_pages_refusals_and_data_carry_it(client) -> None:
    for address in ("/sign-in", "/no/such/page", "/healthz"):
        assert client.get(address).headers[HEADER] == policy(), address
