"""The shape of the ground: one tree of places from the subdistrict down to the home, and free overlays above it."""

from __future__ import annotations

from django.db import models

from .kinds import OVERLAY_KINDS, PLACE_KINDS


class Place(models.Model):
    """One node of the tree. `path` names the ids from the root to itself, `/1/4/17/`; scope is compiled from it."""

    kind = models.CharField(max_length=16, choices=[(name, kind.chinese) for name, kind in PLACE_KINDS.items()])
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=160, unique=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    lane_address = models.CharField(max_length=120, blank=True)
    estate = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="estate_buildings")
    lon = models.FloatField(null=True)  # WGS-84
    lat = models.FloatField(null=True)
    footprint = models.JSONField(null=True)  # rings of [lon, lat]; the first is the outer one
    floors = models.SmallIntegerField(null=True)
    height_m = models.FloatField(null=True)
    height_guessed = models.BooleanField(default=False)
    built_year = models.SmallIntegerField(null=True)
    floor = models.SmallIntegerField(null=True)
    area_dm2 = models.IntegerField(null=True)  # 0.01 m² = 1 dm²: votes weigh areas in whole numbers
    tenure = models.CharField(max_length=16, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "parent"], name="place_kind_parent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class PlaceAlias(models.Model):
    """A code by which a place, or the one merged into it, was known for a time."""

    code = models.CharField(max_length=64, db_index=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="aliases")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "place"], name="alias_once")]

    def __str__(self) -> str:
        return f"{self.code} → {self.place_id}"


class PlaceAddress(models.Model):
    """One address of a building, stair or home in parts; a renamed lane gives the same door a second one."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="addresses")
    road = models.CharField(max_length=40, blank=True)
    lane = models.CharField(max_length=16, blank=True)
    sub_lane = models.CharField(max_length=16, blank=True)
    building = models.CharField(max_length=16, blank=True)
    door = models.CharField(max_length=24, blank=True)  # the room, with its floor where the room is but a name
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lane", "building", "door"], name="address_door")]

    def __str__(self) -> str:
        return f"{self.road}/{self.lane}/{self.sub_lane}/{self.building}/{self.door}"


class Overlay(models.Model):
    """An area that follows its own lines across the tree: a police beat, a property company, a doctor team."""

    kind = models.CharField(max_length=24, choices=list(OVERLAY_KINDS.items()))
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class OverlayMember(models.Model):
    """One place of an overlay, with everything below it, from a day until a day."""

    overlay = models.ForeignKey(Overlay, on_delete=models.CASCADE, related_name="members")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="overlay_memberships")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["overlay", "place"], condition=models.Q(until__isnull=True), name="overlay_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.overlay_id} ⊃ {self.place_id}"
