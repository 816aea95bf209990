"""Choices of this browser: language, theme, text size."""

from __future__ import annotations

import pytest

from lilong.portals.entrance.conftest import words

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_and_leads_back(client) -> None:
    response = client.post("/prefer", {"lang": "en", "theme": "dark", "elder": "1", "next": "/sign-in?next=/desk"})
    assert response.headers["Location"] == "/sign-in?next=/desk"
    page = client.get("/sign-in")
    assert "User name" in words(page)
    assert 'lang="en" data-theme="dark" class="elder"' in page.content.decode()


def test_an_address_can_carry_the_choice(client) -> None:
    assert client.get("/prefer?lang=en&theme=light").headers["Location"] == "/"
    assert 'data-theme="light"' in client.get("/sign-in").content.decode()


def test_what_is_no_choice_is_passed_over(client) -> None:
    response = client.post("/prefer", {"lang": "xx", "theme": '"><script>', "elder": "2", "next": "//evil.example"})
    assert response.headers["Location"] == "/"
    assert not response.cookies


def test_each_form_carries_its_token(client) -> None:
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post("/prefer", {"theme": "dark"}).status_code == 403
