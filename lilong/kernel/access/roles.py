"""Who may do what: one table of roles, each with its verbs, the purposes it may name, and how it signs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

VERBS = frozenset(
    {
        "accounts.manage",
        "brain.view",
        "devices.manage",
        "devices.read",
        "import.files",
        "journal.read",
        "people.change",
        "people.read",
        "people.reveal",
        "reads.audit",
        "scenarios.rehearse",
        "settings.change",
        "tickets.dispatch",
        "tickets.read",
        "tickets.step",
        "tickets.void",
        "tickets.work",
    }
)

PURPOSES: dict[str, Any] = {
    "visit": _("上门探访"),
    "contact": _("联系本人或家属"),
    "emergency": _("紧急救助"),
    "verify": _("核对登记信息"),
    "answer": _("答复本人的申请"),
}
"""Why somebody may ask for a clear name, phone or address; the code goes into the read log."""

CASE_VERBS = frozenset({"tickets.read", "tickets.step"})
"""What the holder of a task link may do, with that one case alone."""


@dataclass(frozen=True)
class Role:
    """One row of the table. `individuals`: may see persons; `staff`: second factor and idle time-out."""

    title: str  # Chinese, as lists say it; `label` is what a page shows
    verbs: frozenset[str]
    purposes: frozenset[str] = frozenset()
    individuals: bool = False
    staff: bool = True

    @property
    def label(self) -> str:
        return gettext(self.title)

    def __post_init__(self) -> None:
        if unknown := (self.verbs - VERBS) | (self.purposes - PURPOSES.keys()):
            raise ValueError(f"role: unknown verbs or purposes: {', '.join(sorted(unknown))}")


_AT_THE_DOOR = frozenset(
    {"tickets.read", "tickets.step", "tickets.work", "people.read", "people.reveal", "devices.read", "brain.view"}
)
_DOOR_PURPOSES = frozenset({"visit", "contact", "emergency", "verify", "answer"})

# Administration, audit and business stand apart, as GB/T 22239-2019 asks of a level 3 system (三员分立; DOMAIN §6.3).
ROLES: dict[str, Role] = {
    "committee_worker": Role(
        gettext_noop("居委社工"),
        _AT_THE_DOOR | {"settings.change", "scenarios.rehearse"},
        _DOOR_PURPOSES,
        individuals=True,
    ),
    "grid_officer": Role(gettext_noop("网格员"), _AT_THE_DOOR, _DOOR_PURPOSES, individuals=True),
    "operations": Role(
        gettext_noop("城运中心"),
        _AT_THE_DOOR | {"tickets.dispatch", "tickets.void", "settings.change", "scenarios.rehearse"},
        frozenset({"contact", "emergency"}),
        individuals=True,
    ),
    "department": Role(
        gettext_noop("职能部门"), frozenset({"tickets.read", "devices.read", "brain.view", "scenarios.rehearse"})
    ),
    "steward": Role(
        gettext_noop("数据管理员"),
        frozenset({"import.files", "devices.read", "devices.manage", "people.read", "people.change", "people.reveal"}),
        frozenset({"verify", "answer"}),
        individuals=True,
    ),
    "auditor": Role(gettext_noop("审计员"), frozenset({"journal.read", "reads.audit"})),
    "admin": Role(gettext_noop("系统管理员"), frozenset({"accounts.manage"})),
    "wall": Role(gettext_noop("大屏"), frozenset({"brain.view"}), staff=False),
    # The program itself: engine, worker, commands. It has no purpose, so it reveals nothing to itself.
    "system": Role(gettext_noop("系统"), VERBS, individuals=True, staff=False),
}

FOR_ACCOUNTS = tuple(name for name in ROLES if name != "system")
"""The roles that an account may be given."""
