"""The navigation shows what the viewer may do, in order, and knows under which entry a page lies."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from lilong.kernel.access.viewer import ANONYMOUS, Viewer
from lilong.portals.parts.context import page
from lilong.portals.parts.nav import entries, offered


def viewer(role: str) -> Viewer:
    return Viewer(by="account:1", account_id=1, name="施丽", roles=frozenset({role}), scope=frozenset({"/1/"}))


def test_a_stranger_and_the_holder_of_a_task_link_get_none() -> None:
    assert entries(ANONYMOUS) == ()
    assert entries(Viewer(by="link:1", case=1)) == ()
    assert entries(None) == ()


def test_each_role_sees_its_own_lines() -> None:
    seen = {role: [e.href for e in entries(viewer(role))] for role in ("committee_worker", "auditor", "wall", "admin")}

    assert "/desk" in seen["committee_worker"]
    assert "/desk/rules" in seen["committee_worker"]
    assert "/desk/reads/all" in seen["auditor"]
    assert "/desk" not in seen["auditor"]
    assert not any(href.startswith("/desk") for href in seen["wall"] + seen["admin"])


def test_no_two_lines_lead_to_the_same_page() -> None:
    assert len({e.href for e in offered()}) == len(offered()) > 4


@pytest.mark.parametrize(
    ("path", "here"),
    [("/desk", "/desk"), ("/desk/tickets/7", "/desk"), ("/desk/rules", "/desk/rules"), ("/deskwork", ""), ("/x", "")],
)
def test_a_page_lies_under_the_nearest_entry_above_it(path: str, here: str) -> None:
    request = RequestFactory().get(path)
    request.viewer = viewer("committee_worker")

    assert page(request)["page"].here == here


def test_a_cookie_chooses_theme_and_density_and_nonsense_chooses_nothing() -> None:
    request = RequestFactory().get("/")
    request.COOKIES |= {"lilong_theme": "dark", "lilong_elder": "1"}
    chosen = page(request)["page"]
    request.COOKIES |= {"lilong_theme": '"><script>', "lilong_elder": "yes"}
    refused = page(request)["page"]

    assert (chosen.theme, chosen.elder) == ("dark", True)
    assert (refused.theme, refused.elder) == ("auto", False)
