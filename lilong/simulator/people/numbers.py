"""Identity numbers and phones that cannot be anybody's: division 990001 and prefix 140 0000 exist nowhere."""

from __future__ import annotations

from datetime import date

from ..dice import Dice

DIVISION = "990001"
PREFIX = "1400000"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first17: str) -> str:
    """The eighteenth character by ISO 7064 MOD 11-2, as GB 11643-1999 asks."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


class Numbers:
    """Hands out each identity number once, and phones in turn until the fictional prefix has none left."""

    def __init__(self, seed: int) -> None:
        self._given: set[str] = set()
        self._dice = Dice(seed, "numbers")
        self._phones = Dice(seed, "phones").shuffled(range(10_000))
        self._called = 0

    def identity(self, born: date, sex: str) -> str:
        """A number of 18 characters for a person of sex F (even order number) or M (odd).

        996 to 999 are left out: in the old 15 digits they meant people born before 1900.
        """
        while True:
            order = 2 * self._dice.between(1, 497) + (sex == "M")
            first17 = f"{DIVISION}{born:%Y%m%d}{order:03d}"
            if first17 not in self._given:
                self._given.add(first17)
                return first17 + check_character(first17)

    def phone(self) -> str:
        """Eleven digits. A subdistrict of more than 10,000 phones meets the same number again, as families do."""
        number = self._phones[self._called % len(self._phones)]
        self._called += 1
        return f"{PREFIX}{number:04d}"
