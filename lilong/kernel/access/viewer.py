"""Who is looking, as plain data: every query and every page is given one, and asks it and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lilong.kernel.access.roles import CASE_VERBS, ROLES, VERBS

_PATH = re.compile(r"/(?:[0-9]+/)*")


def is_path(text: str) -> bool:
    """Whether `text` is a place path: ids from the root, closed by slashes (`/1/4/17/`); `/` is everything."""
    return _PATH.fullmatch(text) is not None


@dataclass(frozen=True)
class Viewer:
    """One viewer. `scope` holds place paths; `case` is the one ticket of a task link, whose holder has no scope."""

    by: str = ""
    account_id: int | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    scope: frozenset[str] = frozenset()
    case: int | None = None
    purposes: frozenset[str] = frozenset()
    individuals: bool = False

    def __post_init__(self) -> None:
        if bad := sorted(path for path in self.scope if not is_path(path)):
            raise ValueError(f"viewer: not a place path: {', '.join(map(repr, bad))}")
        if self.case is not None and (self.scope or self.roles):
            raise ValueError("viewer: the holder of a task link has one case, no role and no scope")

    @property
    def known(self) -> bool:
        """Whether anybody has come in: an account, the holder of a link, or the program itself."""
        return bool(self.roles) or self.case is not None

    def sees(self, path: str) -> bool:
        """Whether the place at `path` lies within the scope."""
        return any(path.startswith(prefix) for prefix in self.scope)

    def may(self, verb: str) -> bool:
        """Whether one of the roles allows `verb`. Raises ValueError for a verb that no table knows."""
        if verb not in VERBS:
            raise ValueError(f"viewer: there is no verb {verb!r}; see access/roles.py")
        if self.case is not None:
            return verb in CASE_VERBS
        return any(verb in ROLES[role].verbs for role in self.roles)


ANONYMOUS = Viewer()
"""Nobody has signed in: no scope, no verb."""

SYSTEM = Viewer(
    by="system:lilong",
    name="lilong",
    roles=frozenset({"system"}),
    scope=frozenset({"/"}),
    individuals=ROLES["system"].individuals,
)
"""The program itself, for loops and commands; it sees every place and names no purpose."""
