"""Chance that can be repeated: each drawer of numbers is named, so one part of the world never shifts another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that depend on the given words alone. Only `Random.random()` is used: its sequence is promised to stay."""

    def __init__(self, *words: object) -> None:
        self._draw = Random("/".join(str(word) for word in words)).random  # noqa: S311 — a simulation, no secret

    def chance(self, probability: float) -> bool:
        return self._draw() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._draw() * (high - low + 1))

    def uniform(self, low: float, high: float) -> float:
        return low + self._draw() * (high - low)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._draw() * len(choices))]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """One key, in proportion to its weight."""
        left = self._draw() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return next(reversed(list(weights)))

    def band(self, weights: Mapping[str, float]) -> int:
        """A whole number out of weighted bands such as `60-64`, or of weighted numbers such as `-2`."""
        low, dash, high = self.weighted(weights).rpartition("-")
        return self.between(int(low), int(high)) if dash and low else int(low + dash + high)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        for at in range(len(left) - 1, 0, -1):
            other = int(self._draw() * (at + 1))
            left[at], left[other] = left[other], left[at]
        return left
