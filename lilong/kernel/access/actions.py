"""What may be done to accounts, their places, task links and consents; each change with its fact."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from lilong.kernel.access import roster, second_factor
from lilong.kernel.access.models import Account, Consent, Grant, TaskLink
from lilong.kernel.access.queries import link_hash, standing_at, viewer_of_link
from lilong.kernel.access.roster import NewAccount, RefusedError
from lilong.kernel.access.viewer import Viewer, is_path
from lilong.kernel.journal import actions as journal

resolve_scope: Callable[[Collection[str]], dict[str, str]] | None = None
"""Place codes to place paths; set by `places` when it starts, because access lies below it."""


def add_account(
    *,
    username: str,
    name: str,
    role: str,
    paths: Collection[str],
    password: str,
    demo: bool = False,
    by: str,
    at: datetime,
) -> int:
    """Add one account and give its id. Raises RefusedError naming the field, also when the name is taken."""
    new = NewAccount(username, name, role, tuple(paths), password, demo)
    roster.check(new)
    with transaction.atomic():
        if Account.objects.filter(username=Account.normalize_username(username)).exists():
            raise RefusedError("username", _("已有同名账号"))
        roster.put([new], by=by, at=at)
        return Account.objects.get_by_natural_key(username).pk


def grant(*, account_id: int, path: str, until: datetime | None = None, by: str, at: datetime) -> None:
    """Let the account see `path` from `at` on. Doing it twice changes nothing but `until`."""
    if not is_path(path):
        raise RefusedError("paths", _("不是地点路径"))
    with transaction.atomic():
        if Grant.objects.filter(account_id=account_id, path=path, since__lte=at, until=until).exists():
            return
        Grant.objects.filter(account_id=account_id, path=path, until=None).update(until=at)
        Grant.objects.create(account_id=account_id, path=path, since=at, until=until, by=by)
        roster.facts("grant.given", {account_id: {"path": path}}, by=by, at=at)


def withdraw(*, account_id: int, path: str, by: str, at: datetime) -> None:
    """The account no longer sees `path`, for good or for a time; what it saw until now stays on record."""
    with transaction.atomic():
        if Grant.objects.filter(standing_at(at), account_id=account_id, path=path).update(until=at):
            roster.facts("grant.withdrawn", {account_id: {"path": path}}, by=by, at=at)


def set_active(*, account_id: int, active: bool, by: str, at: datetime) -> None:
    """Shut an account out at once, with every session it has, or let it in again."""
    with transaction.atomic():
        if Account.objects.filter(pk=account_id, is_active=not active).update(is_active=active):
            roster.facts("account.opened" if active else "account.closed", {account_id: {}}, by=by, at=at)


def set_own_password(*, account: Account, password: str, at: datetime) -> None:
    """The owner chose a password. Raises ValidationError with what is wrong with it. Other sessions of it end."""
    check_password_rules(account, password)
    account.set_password(password)  # the slow hash, before the transaction holds anybody up
    account.password_given = False
    with transaction.atomic():
        account.save(update_fields=["password", "password_given"])
        roster.facts("account.password_changed", {account.pk: {}}, by=f"account:{account.pk}", at=at)


def check_password_rules(account: Account, password: str) -> None:
    """Raises ValidationError with everything that is wrong with a password for this account."""
    validate_password(password, account)


def hand_out_password(*, account_id: int, password: str, by: str, at: datetime) -> None:
    """Somebody in charge sets a password, to be changed at the next sign-in; sessions of the account end."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        check_password_rules(account, password)
        account.password, account.password_given = make_password(password, hasher="handed_out"), True
        account.save(update_fields=["password", "password_given"])
        roster.facts("account.password_handed_out", {account_id: {}}, by=by, at=at)


def remove_second_factor(*, account_id: int, by: str, at: datetime) -> None:
    """For the day phone and recovery codes are both lost: the owner enrols anew at the next sign-in."""
    second_factor.remove(account_id, by=by, at=at)


def make_task_link(*, case: int, by: str, at: datetime, expires: datetime) -> str:
    """A token that opens the ticket `case` until `expires`; only its hash is kept, so it is seen here alone."""
    if expires <= at:
        raise ValueError("a task link expires after it was made")
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        link = TaskLink.objects.create(case=case, token_hash=link_hash(token), made_at=at, expires_at=expires, by=by)
        data = {"case": case, "expires": expires.isoformat()}
        journal.write("task_link.made", subject=("task_link", link.pk), by=by, at=at, data=data)
    return token


def open_task_link(token: str, *, at: datetime) -> Viewer | None:
    """The viewer a token stands for, with the fact that it was opened; None if it is unknown, taken back or too old."""
    link = TaskLink.objects.filter(token_hash=link_hash(token)).first()
    viewer = viewer_of_link(link.pk, at=at) if link else None
    if link is None or viewer is None:
        return None
    with transaction.atomic():
        subject = ("task_link", link.pk)
        journal.write("task_link.opened", subject=subject, by=viewer.by, at=at, data={"case": link.case})
    return viewer


def revoke_task_links(*, case: int, by: str, at: datetime) -> int:
    """Take back every open link to this case; sessions they opened see nothing from now on. Gives how many."""
    with transaction.atomic():
        links = list(TaskLink.objects.select_for_update().filter(case=case, revoked_at=None))
        TaskLink.objects.filter(pk__in=[link.pk for link in links]).update(revoked_at=at)
        for link in links:
            journal.write("task_link.revoked", subject=("task_link", link.pk), by=by, at=at, data={"case": case})
    return len(links)


def record_consent(*, person_id: int, purpose: str, evidence: str, by: str, at: datetime) -> None:
    """A resident agreed to `purpose` (a code); `evidence` says where the signed form is kept. Twice is once."""
    with transaction.atomic():
        _consent, new = Consent.objects.get_or_create(
            person_id=person_id, purpose=purpose, until=None, defaults={"evidence": evidence, "since": at, "by": by}
        )
        if new:
            journal.write("consent.given", subject=("person", person_id), by=by, at=at, data={"purpose": purpose})


def withdraw_consent(*, person_id: int, purpose: str, by: str, at: datetime) -> None:
    """A resident no longer agrees."""
    with transaction.atomic():
        if Consent.objects.filter(person_id=person_id, purpose=purpose, until=None).update(until=at):
            journal.write("consent.withdrawn", subject=("person", person_id), by=by, at=at, data={"purpose": purpose})
