"""The way Django finds the account of a session; passwords are checked in sign_in.py alone, behind the lock-out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from lilong.kernel.access.models import Account

PATH = "lilong.kernel.access.backend.AccountBackend"


class AccountBackend(BaseBackend):
    """Knows sessions, not passwords, so that nothing signs in past the lock-out."""

    def get_user(self, user_id: Any) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()
