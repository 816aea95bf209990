"""The pages of refusal."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import path

from lilong.portals.entrance.conftest import words
from lilong.portals.entrance.errors.page import broken


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_both_languages(client) -> None:
    page = client.get("/no/such/page")
    assert (page.status_code, "没有这个页面" in words(page)) == (404, True)
    client.cookies["django_language"] = "en"
    assert "No such page" in words(client.get("/no/such/page"))


def test_the_wrong_role_is_told_without_a_word_about_what_is_there(signed_in) -> None:
    client, _, _ = signed_in("auditor", role="auditor")
    page = client.get("/desk")
    assert (page.status_code, "没有权限" in words(page)) == (403, True)
    assert "换一个账号" in words(page)


def test_a_fragment_gets_a_fragment(client, db) -> None:
    page = client.get("/no/such/page", headers={"HX-Request": "true"})
    assert page.content.decode().startswith('<div class="notice danger"')


@pytest.mark.django_db
def test_a_machine_gets_problem_details(client) -> None:
    answer = client.get("/api/no/such/thing")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "Not Found", "status": 404}


def test_our_own_fault_is_told_without_the_database() -> None:
    page = broken(RequestFactory().get("/desk"))  # no database in this test: asking it would fail
    assert (page.status_code, "系统出错" in words(page)) == (500, True)
    assert broken(RequestFactory().get("/api/v1/x")).headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_an_unexpected_fault_shows_that_page_and_no_trace(settings) -> None:
    settings.ROOT_URLCONF = "lilong.portals.entrance.errors.test_page"
    page = Client(raise_request_exception=False).get("/fails")
    assert page.status_code == 500
    assert "a secret" not in page.content.decode()


def fails(request):
    raise RuntimeError("a secret of the program")


urlpatterns = [path("fails", fails)]
handler500 = "lilong.portals.entrance.errors.page.broken"
