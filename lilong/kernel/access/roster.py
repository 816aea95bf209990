"""Accounts handed in as a list: each one checked by itself, all of them changed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lilong.kernel.access.models import Account, Grant
from lilong.kernel.access.roles import FOR_ACCOUNTS, ROLES
from lilong.kernel.access.viewer import is_path
from lilong.kernel.journal import actions as journal


class RefusedError(ValueError):
    """An account cannot be as asked; `field` names the input that is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class NewAccount:
    """An account to be: `paths` are the places it sees, `password` the one handed out, for its owner to change."""

    username: str
    name: str
    role: str
    paths: tuple[str, ...]
    password: str
    demo: bool = False


def check(new: NewAccount) -> None:
    """Raises RefusedError for a name, role, place or password that no account may have."""
    username = Account.normalize_username(new.username)
    if not 2 <= len(username) <= 64 or any(c.isspace() or not c.isprintable() for c in username):
        raise RefusedError("username", _("用户名须为 2 至 64 个字符，不含空格"))
    if not 1 <= len(new.name.strip()) <= 64:
        raise RefusedError("name", _("姓名须为 1 至 64 个字符"))
    if new.role not in FOR_ACCOUNTS:
        known = "、".join(ROLES[role].label for role in FOR_ACCOUNTS)
        raise RefusedError("role", _("没有这个角色，可用的有：%(known)s") % {"known": known})
    if not all(map(is_path, new.paths)):
        raise RefusedError("paths", _("不是地点路径"))
    try:
        validate_password(new.password, Account(username=username, name=new.name))
    except ValidationError as weak:
        raise RefusedError("password", " ".join(weak.messages)) from weak


def put(batch: Sequence[NewAccount], *, by: str, at: datetime) -> set[str]:
    """Make the accounts of the batch be as it says, set-wise; gives the sign-in names of those that changed.

    Each was checked before. An account that exists keeps its password, whatever the batch says.
    """
    wanted = {Account.normalize_username(new.username): new for new in batch}
    with transaction.atomic():
        there = {a.username: a for a in Account.objects.select_for_update().filter(username__in=wanted)}
        changed = {username for username, account in there.items() if _follows(account, wanted[username])}
        Account.objects.bulk_update([there[username] for username in changed], ["name", "role"])
        added = [_made(username, new, at) for username, new in wanted.items() if username not in there]
        Account.objects.bulk_create(added)
        facts("account.added", {account.pk: {"role": account.role} for account in added}, by=by, at=at)
        facts("account.changed", {there[u].pk: {"role": there[u].role} for u in changed}, by=by, at=at)
        there |= {account.username: account for account in added}
        regranted = _set_grants({there[u].pk: set(new.paths) for u, new in wanted.items()}, by=by, at=at)
    return changed | {a.username for a in added} | {u for u, account in there.items() if account.pk in regranted}


def facts(kind: str, accounts: Mapping[int, Mapping[str, Any]], *, by: str, at: datetime) -> None:
    """One fact of `kind` for each account id, with its data."""
    journal.write_many(
        [journal.NewFact(kind, ("account", pk), by=by, at=at, data=data) for pk, data in accounts.items()]
    )


def _made(username: str, new: NewAccount, at: datetime) -> Account:
    password = make_password(new.password, hasher="handed_out")
    name = new.name.strip()
    return Account(username=username, name=name, role=new.role, demo=new.demo, added_at=at, password=password)


def _follows(account: Account, new: NewAccount) -> bool:
    """Bring name and role in line; whether they had to be."""
    before = (account.name, account.role)
    account.name, account.role = new.name.strip(), new.role
    return before != (account.name, account.role)


def _set_grants(wanted: Mapping[int, set[str]], *, by: str, at: datetime) -> set[int]:
    """Open and close lasting grants until they are the wanted paths; gives the ids of the accounts that changed."""
    open_grants = list(Grant.objects.filter(account_id__in=wanted, until=None))
    there = {(grant.account_id, grant.path) for grant in open_grants}
    closing = [grant for grant in open_grants if grant.path not in wanted[grant.account_id]]
    opening = sorted((pk, path) for pk, paths in wanted.items() for path in paths if (pk, path) not in there)
    Grant.objects.filter(pk__in=[grant.pk for grant in closing]).update(until=at)
    Grant.objects.bulk_create(Grant(account_id=pk, path=path, since=at, by=by) for pk, path in opening)
    told = [("grant.withdrawn", g.account_id, g.path) for g in closing] + [("grant.given", *new) for new in opening]
    journal.write_many(
        [journal.NewFact(kind, ("account", pk), by=by, at=at, data={"path": path}) for kind, pk, path in told]
    )
    return {pk for _, pk, _ in told}
