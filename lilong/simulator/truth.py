"""What is true and what was planted: written beside the files for the live feed and the score, read by no product."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lilong.kit.clock import SHANGHAI

from . import dirt
from .meters import GATEWAY, Meter
from .people.persons import ELDER
from .stories import COUNTED_DAYS, Story
from .world import World


def truth(world: World, planted: list[dirt.Dirt]) -> dict[str, Any]:
    """The content of truth.json. Stories count hours from the midnight before `start`; meters tell their habits."""
    code = {meter.home: meter.code for meter in world.meters}
    return {
        "seed": world.seed,
        "size": world.size,
        "start": world.start.astimezone(SHANGHAI).isoformat(),
        "counted_days": COUNTED_DAYS,
        "gateway": GATEWAY,
        "counts": counts(world),
        "lone_elders": sorted(meter.home for meter in world.meters if meter.lone),
        "stories": [{"device": code[story.home], **_story(story)} for story in world.stories],
        "dirt": [one.as_json() for one in planted],
        "meters": [_meter(meter) for meter in world.meters],
    }


def counts(world: World) -> dict[str, int]:
    """How many there are of what; `living` and `registered` leave out those struck off."""
    people = [person for person in world.population.people if not person.struck_off]
    day = world.population.day
    return {
        "buildings": len(world.town.buildings),
        "homes": len(world.town.homes),
        "people": len(world.population.people),
        "living": sum(bool(person.living) for person in people),
        "registered": sum(bool(person.registered) for person in people),
        "registered_60": sum(bool(person.registered) and person.age(day) >= ELDER for person in people),
        "living_60": sum(bool(person.living) and person.age(day) >= ELDER for person in people),
        "lone_elders": sum(meter.lone for meter in world.meters),
        "contacts": len(world.contacts),
        "meters": len(world.meters),
        "meters_live": sum(meter.delivery == "live" for meter in world.meters),
    }


def _story(story: Story) -> dict[str, Any]:
    told = asdict(story)
    del told["live"]
    return told | {"start": round(story.start, 4), "end": round(story.end, 4)}


def _meter(meter: Meter) -> dict[str, Any]:
    return asdict(meter) | {"installed": meter.installed.isoformat()}
