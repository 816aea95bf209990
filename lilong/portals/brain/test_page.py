"""The page and what it fetches: for whoever may look, sent once, with nothing inline."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from lilong.kit import clock
from lilong.portals.brain.conftest import NOW


@pytest.mark.parametrize("name", ["brain", "brain-state", "brain-buildings"])
def test_whoever_may_not_look_is_turned_away(ground, client, sign_in, name):
    assert client.get(reverse(name))["Location"].startswith("/sign-in?next=%2Fbrain")
    sign_in("auditor")
    assert client.get(reverse(name)).status_code == 403
    sign_in("wall", ground.paths["S"])
    assert client.get(reverse(name)).status_code == 200


def test_the_ground_is_sent_again_only_when_it_changed(ground, client, sign_in):
    sign_in("wall", ground.paths["S"])
    with clock.pinned(NOW):
        first = client.get("/brain/buildings.json")
        second = client.get("/brain/buildings.json", headers={"If-None-Match": first["ETag"]})

    assert json.loads(first.content)["bbox"] == [121.45, 31.3009, 121.4565, 31.3028]
    assert (second.status_code, second.content) == (304, b"")
    assert "no-cache" in first["Cache-Control"]


def test_the_page_holds_no_inline_script_or_style(ground, client, sign_in):
    sign_in("wall", ground.paths["S"])
    with clock.pinned(NOW):
        page = client.get("/brain?still=1").content.decode()

    assert "<script>" not in page
    assert " style=" not in page
    assert 'data-still="1"' in page
