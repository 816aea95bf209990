"""What somebody chose to see of the desk: read from the address, written back into links, never trusted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from lilong.portals.desk.words import DESKS, STATES, URGENCIES

# The numbers on top of the desk; each opens the very list it counts.
SHOWS: dict[str, dict[str, Any]] = {
    "open": {"state": "open"},
    "urgent": {"state": "open", "urgency": "urgent"},
    "late": {"late": True},
    "mine": {"state": "open", "mine": True},
    "closed": {"state": "closed"},
}
LONGEST = 60


@dataclass(frozen=True)
class Choice:
    """The list's filters; everything unknown falls back to nothing chosen."""

    show: str = "open"
    search: str = ""
    state: str = ""
    urgency: str = ""
    desk: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: QueryDict) -> Choice:
        """The choice an address asks for."""
        page = asked.get("page", "1")
        return cls(
            show=_one_of(asked.get("show", ""), SHOWS) or "open",
            search=asked.get("q", "").strip()[:LONGEST],
            state=_one_of(asked.get("state", ""), STATES),
            urgency=_one_of(asked.get("urgency", ""), URGENCIES),
            desk=_one_of(asked.get("desk", ""), DESKS),
            page=int(page) if page.isdecimal() and len(page) < 5 else 1,
        )

    @property
    def narrowed(self) -> bool:
        """Whether the form narrows the list any further."""
        return bool(self.search or self.state or self.urgency or self.desk)

    def filters(self) -> dict[str, Any]:
        """The choice as `tickets.queries.desk` takes it; what the form says wins over the number pressed before."""
        chosen = dict(SHOWS[self.show])
        for name in ("search", "state", "urgency", "desk"):
            if value := getattr(self, name):
                chosen[name] = value
        return {**chosen, "page": max(1, self.page)}

    def address(self, **changes: Any) -> str:
        """The address of this choice with some of it changed; what is not chosen is left out."""
        other = replace(self, **{"page": 1, **changes})
        words = {
            "show": other.show if other.show != "open" else "",
            "q": other.search,
            "state": other.state,
            "urgency": other.urgency,
            "desk": other.desk,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in words.items() if value})
        return f"/desk?{query}" if query else "/desk"


def _one_of(value: str, known: dict[str, Any]) -> str:
    return value if value in known else ""
