"""Accounts to try the doors with, hashed quickly: the slow hash is not what these tests are about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from lilong.kernel.access import actions
from lilong.kernel.access.models import Account

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "水表-与-弄堂-2026"


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "lilong.kernel.access.hashers.HandedOut",
    ]


@pytest.fixture
def add(db) -> Callable[..., Account]:
    """Adds an account by the real action, a committee worker of /1/4/ unless told otherwise."""

    def one(username: str = "wang", *, owned: bool = True, **given: object) -> Account:
        wanted = {"name": "王秀珍", "role": "committee_worker", "paths": ["/1/4/"], "password": PASSWORD} | given
        account_id = actions.add_account(username=username, **wanted, by="system:test", at=AT)
        account = Account.objects.get(pk=account_id)
        if owned:
            actions.set_own_password(account=account, password=PASSWORD, at=AT)
        return account

    return one
