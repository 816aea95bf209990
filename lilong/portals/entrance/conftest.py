"""Accounts at the entrance, hashed quickly, and the authenticator app in somebody's pocket."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from lilong.kernel.access import actions, second_factor
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


@dataclass
class App:
    """Shows one code after another, none twice: each ask is half a minute later."""

    totp: TOTP
    now: Callable[[datetime], None]
    real: datetime

    def code(self) -> str:
        self.real += timedelta(seconds=30)
        self.now(self.real)
        return self.totp.generate(int(self.real.timestamp())).decode()


@pytest.fixture
def app(monkeypatch) -> Callable[[Account], App]:
    """The app of an account that is enrolling, or has just enrolled through `enrolled`."""

    def scanned(account: Account) -> App:
        enrolment = second_factor.enrolment(account)
        secret = base64.b32decode(enrolment.secret.replace(" ", ""))
        move = lambda real: monkeypatch.setattr(timezone, "now", lambda: real)  # noqa: E731  one line says it
        return App(TOTP(secret, 6, SHA1(), 30), move, timezone.now())

    return scanned


@pytest.fixture
def enrolled(add, app) -> Callable[..., tuple[Account, App, list[str]]]:
    """An account with its second factor on, its app and its recovery codes."""

    def one(username: str = "wang", **given: object) -> tuple[Account, App, list[str]]:
        account = add(username, **given)
        phone = app(account)
        code = phone.code()
        checked, codes = second_factor.confirm(account, code, at=AT, real=phone.real)
        assert checked.right
        return account, phone, codes

    return one


@pytest.fixture
def signed_in(enrolled) -> Callable[..., tuple[Client, Account, App]]:
    """A client whose account came in by the real pages, password and code."""

    def one(username: str = "wang", **given: object) -> tuple[Client, Account, App]:
        account, phone, _ = enrolled(username, **given)
        client = Client()
        client.post("/sign-in", {"username": username, "password": PASSWORD})
        assert client.post("/sign-in/second-factor", {"code": phone.code()}).status_code == 302
        return client, account, phone

    return one


def words(response: HttpResponse) -> str:
    """The text of a page as somebody reads it."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(body).split())
