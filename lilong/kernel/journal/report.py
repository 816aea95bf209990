"""What `verify` says: plain words for people, kind and numbers for machines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written; `seq` and `fact` are 0 where there is none.

    Kinds: content, gap, removed, order, tail, head, copied, unsealed, read_log, guard.
    """

    kind: str
    seq: int
    fact: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """Facts sealed, facts waiting for their seal, and everything found wrong."""

    facts: int
    unsealed: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the journal is whole."""
        return not self.problems
