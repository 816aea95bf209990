"""Reads of access: the viewer of an account or of a task link, and which consents stand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from lilong.kernel.access.models import Account, Consent, Grant, TaskLink
from lilong.kernel.access.roles import ROLES
from lilong.kernel.access.viewer import Viewer


def viewer_of(account: Account, *, at: datetime) -> Viewer:
    """What this account sees and may do at `at` (the installation's time); an unknown role may do nothing."""
    role = ROLES.get(account.role)
    grants = Grant.objects.filter(standing_at(at), account=account)
    return Viewer(
        by=f"account:{account.pk}",
        account_id=account.pk,
        name=account.name,
        roles=frozenset({account.role}) if role else frozenset(),
        scope=frozenset(grants.values_list("path", flat=True)) if role else frozenset(),
        purposes=role.purposes if role else frozenset(),
        individuals=bool(role and role.individuals),
    )


def viewer_of_link(link_id: int, *, at: datetime) -> Viewer | None:
    """The holder of a task link; None once it has expired or was taken back."""
    link = TaskLink.objects.filter(pk=link_id, revoked_at=None, expires_at__gt=at).first()
    return Viewer(by=f"link:{link.pk}", case=link.case) if link else None


def link_hash(token: str) -> str:
    """What is kept of a task link's token: 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def consenting(person_ids: Collection[int], purpose: str, *, at: datetime) -> set[int]:
    """Those of `person_ids` whose consent to `purpose` stands at `at`."""
    found = Consent.objects.filter(standing_at(at), person_id__in=person_ids, purpose=purpose)
    return set(found.values_list("person_id", flat=True))


def account_names(account_ids: Collection[int]) -> dict[int, str]:
    """The display names of these accounts, by id."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "name"))


def any_account() -> bool:
    """Whether there is anybody who could sign in."""
    return Account.objects.exists()


def standing_at(at: datetime) -> Q:
    """The condition that a row with `since` and `until` holds at this moment."""
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
