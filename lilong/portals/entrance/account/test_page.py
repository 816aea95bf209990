"""One's own account, and the way to it."""

from __future__ import annotations

import pytest

from lilong.portals.entrance.conftest import words


def test_the_page_says_as_what_and_with_what_protection(signed_in) -> None:
    client, _, _ = signed_in("wang", paths=["/"])
    said = words(client.get("/account"))
    for part in ("王秀珍", "居委社工", "全部", "还有 10 个恢复码可用"):
        assert part in said


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("committee_worker", "/desk"),
        ("operations", "/desk"),
        ("wall", "/brain"),
        ("steward", "/desk/devices"),
        ("auditor", "/desk/reads/all"),
        ("admin", "/account"),
    ],
)
def test_everybody_goes_from_the_front_door_to_their_own_work(signed_in, role: str, page: str) -> None:
    client, _, _ = signed_in(role, role=role)
    assert client.get("/").headers["Location"] == page


@pytest.mark.django_db
def test_strangers_are_led_to_the_door(client) -> None:
    assert client.get("/").headers["Location"] == "/sign-in"
    assert client.get("/account").headers["Location"] == "/sign-in?next=%2Faccount"
    assert client.get("/account/password").headers["Location"] == "/sign-in?next=%2Faccount%2Fpassword"
