"""How often somebody may fail at the door: counted in the database, in real time, before the answer is known.

Each try is counted as a failure first and given back if it succeeds, so that a hundred tries at once are still counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils.crypto import salted_hmac

from lilong.kernel.access.models import Account, FailedSignIn

WINDOW = timedelta(minutes=15)  # failures are counted over so long
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Gate:
    """One thing whose failures are counted, under a keyed hash: what is typed as a name may be a password."""

    key: str
    limit: int


@dataclass(frozen=True)
class Try:
    """`wait`: how long the door stays shut, if it is. `left`: tries that remain. `locking`: failing now shuts it."""

    wait: timedelta | None = None
    left: int = 0
    locking: bool = False


def by_name(username: str) -> Gate:
    """Five failures under one name, whether or not an account has it."""
    return Gate(_hash(f"name:{Account.normalize_username(username)}"), 5)


def by_address(address: str) -> Gate:
    """Twenty failures from one address; an IPv6 customer is one address with all of a /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return Gate(_hash("address:unknown"), 20)
    network = ip_network(f"{parsed}/64", strict=False) if parsed.version == 6 else ip_network(parsed)
    return Gate(_hash(f"address:{network}"), 20)


def by_second_factor(account_id: int) -> Gate:
    """Five wrong codes after a right password."""
    return Gate(_hash(f"second_factor:{account_id}"), 5)


def count(gates: Sequence[Gate], *, real: datetime) -> Try:
    """Count one try as a failure at every gate, unless one of them is shut."""
    with transaction.atomic():
        rows = _locked(gates, real)
        shut = [row.locked_until for row in rows.values() if row.locked_until and row.locked_until > real]
        if shut:
            return Try(wait=max(shut) - real)
        for gate in gates:
            row = rows[gate.key]
            if row.locked_until or real - row.first_at > WINDOW:
                row.failures, row.first_at = 0, real
            row.failures += 1
            row.locked_until = real + LOCKED_FOR if row.failures >= gate.limit else None
            row.save()
        left = min(gate.limit - rows[gate.key].failures for gate in gates)
        return Try(left=left, locking=left <= 0, wait=None)


def succeeded(own: Gate, shared: Sequence[Gate] = (), *, real: datetime) -> None:
    """Forget the failures at the gate that is the account's own, and give them back at those shared with others."""
    with transaction.atomic():
        rows = _locked([own, *shared], real)
        failures = rows[own.key].failures
        for gate in shared:
            row = rows[gate.key]
            row.failures = max(0, row.failures - failures)
            row.locked_until = None if row.failures < gate.limit else row.locked_until
            row.save()
        rows[own.key].delete()
        FailedSignIn.objects.filter(first_at__lt=real - WINDOW - LOCKED_FOR).delete()


def _locked(gates: Sequence[Gate], real: datetime) -> dict[str, FailedSignIn]:
    """The row of each gate, held until the transaction ends, always in the same order."""
    keys = sorted(gate.key for gate in gates)
    FailedSignIn.objects.bulk_create([FailedSignIn(key=key, first_at=real) for key in keys], ignore_conflicts=True)
    return {row.key: row for row in FailedSignIn.objects.select_for_update().filter(key__in=keys).order_by("key")}


def _hash(text: str) -> str:
    return salted_hmac("lilong.access.lockout", text, algorithm="sha256").hexdigest()
