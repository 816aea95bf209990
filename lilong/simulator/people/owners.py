"""Who owns each home and with what share, as the housing file writes it: owners vote, residents do not."""

from __future__ import annotations

from ..dice import Dice
from ..parameters import number, weights
from ..town.built import Home
from . import naming
from .households import ADULT, TENANTS
from .population import Population

PUBLIC = {"直管公房": "澄湾房屋管理所", "系统公房": "澄湾纺织厂留守处"}
IN_COMMON = "共同共有"


def owners(homes: tuple[Home, ...], population: Population, seed: int) -> dict[str, tuple[str, str]]:
    """For each home the cells 产权人 and 产权份额: several owners and their shares are joined by 、."""
    living = population.living()
    found = {}
    for home in homes:
        dice = Dice(seed, "owners", home.code)
        if home.tenure in PUBLIC:
            found[home.code] = (PUBLIC[home.tenure], "1/1")
            continue
        people = population.landlords.get(home.code) or living.get(home.code, [])
        if home.code not in population.landlords and population.kinds[home.code] in TENANTS:
            people = []
        names = [person.name for person in people if person.age(population.day) >= ADULT and person.relation != "99"]
        count = int(dice.weighted(weights("town.owners_per_home")))
        names = list(dict.fromkeys(names))[:count] or [
            naming.surname(dice) + naming.given(dice, "F" if dice.chance(0.5) else "M", 1962) for _ in range(count)
        ]
        in_common = len(names) > 1 and dice.chance(number("town.shares_in_common"))
        shares = IN_COMMON if in_common else "、".join([f"1/{len(names)}"] * len(names))
        found[home.code] = ("、".join(names), shares)
    return found
