"""The demo accounts as the sign-in page lists them: who it is, as what, and where."""

from __future__ import annotations

from dataclasses import dataclass

from lilong.kernel.access import queries, sign_in
from lilong.kernel.access.roles import ROLES
from lilong.kit import clock
from lilong.portals.entrance.whereabouts import whereabouts


@dataclass(frozen=True)
class DemoAccount:
    """One line of the list."""

    username: str
    name: str
    role: str
    places: str


def entries(*, local: bool) -> list[DemoAccount]:
    """None outside a demonstration, none for other hosts."""
    viewers = {account: queries.viewer_of(account, at=clock.now()) for account in sign_in.demo_accounts(local=local)}
    places = whereabouts(viewers.values())
    return [
        DemoAccount(account.username, account.name, ROLES[account.role].label, places[viewer.by])
        for account, viewer in viewers.items()
        if account.role in ROLES
    ]
