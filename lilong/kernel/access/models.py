"""The shape of who may enter: accounts, what they see and since when, links to one case, failed tries, factors."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class AccountManager(BaseUserManager["Account"]):
    """Finds an account by the name typed at the door, however it was typed."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=Account.normalize_username(username or ""))


class Account(AbstractBaseUser):
    """Somebody, or a wall screen, that signs in. One role each: a person with two jobs has two accounts."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    is_active = models.BooleanField(default=True)
    # A demo account's password is public: it enters from 127.0.0.1 of a demonstration only.
    demo = models.BooleanField(default=False)
    # Somebody else chose the password, so its owner has to change it at the first sign-in.
    password_given = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects = AccountManager()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Full-width and capital letters are the same name; spaces around it do not count."""
        return unicodedata.normalize("NFKC", username).strip().casefold()


class Grant(models.Model):
    """A place path that an account sees, from `since` until `until` by the installation's clock."""

    path_follows_place = True  # read by places: whoever works for a committee that is merged works for the other one
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    path = models.CharField(max_length=255)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"), name="grant_path_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="grant_ends_after_it_began"
            ),
        ]


class FailedSignIn(models.Model):
    """Failures in a row under one name or from one address, as a keyed hash; real time."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)


class SecondFactor(models.Model):
    """The secret that an account shares with an authenticator app, sealed; open until the first code confirmed it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # no code of this half minute or an earlier one is taken again


class RecoveryCode(models.Model):
    """A code on paper for the day the phone is lost; only its keyed hash is kept, and it works once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]


class TaskLink(models.Model):
    """A link that opens one case and nothing else; only the hash of its token is kept."""

    case = models.BigIntegerField(db_index=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)


class Consent(models.Model):
    """A resident agreed to one purpose, from `since` until it was withdrawn."""

    person_id = models.BigIntegerField()
    purpose = models.CharField(max_length=64)
    evidence = models.CharField(max_length=255)  # where the signed form is kept, never a name
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "purpose"], condition=Q(until=None), name="consent_open_once")
        ]
