"""The shape of who is who: people under keys of their own, their residencies, what they own, and their devices."""

from __future__ import annotations

from django.db import models

SEXES = [("F", "女"), ("M", "男"), ("", "未知")]
STANDINGS = [
    ("registered", "户籍人口"),
    ("separated", "人户分离"),
    ("migrant", "来沪人员"),
    ("overseas", "境外"),
    ("", "未知"),
]
RESIDENCY_KINDS = [("living", "居住"), ("registered", "户籍")]
DELIVERIES = [("live", "实时"), ("nightly", "每夜一批")]


class Person(models.Model):
    """One person. The national id and the phone are sealed under the person's own key and found by keyed hash.

    `path` is the living home's path, or the registered home's for those who live elsewhere; empty when neither is here.
    An erased person keeps the id, so that the journal still points somewhere, and nothing else.
    """

    path_follows_place = True  # read by places when a committee is merged

    name = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=1, choices=SEXES, blank=True)
    born_on = models.DateField(null=True, db_index=True)
    died_on = models.DateField(null=True)
    standing = models.CharField(max_length=12, choices=STANDINGS, blank=True)
    id_cipher = models.BinaryField(null=True)
    id_hash = models.BinaryField(max_length=40, null=True, unique=True)
    phone_cipher = models.BinaryField(null=True)
    phone_hash = models.BinaryField(max_length=40, null=True, db_index=True)
    path = models.CharField(max_length=160, blank=True, db_index=True)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"person {self.pk}"


class Forgotten(models.Model):
    """The keyed hash of an erased person's identity number, so that the next delivery does not bring them back."""

    id_hash = models.BinaryField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"forgotten {self.pk}"


class PersonKey(models.Model):
    """The key of one person, itself sealed under the installation's; erasing the person destroys it."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="key")
    sealed_key = models.BinaryField()

    def __str__(self) -> str:
        return f"key of person {self.pk}"


class PersonHistory(models.Model):
    """What a field of a person held before a change, sealed under the person's key."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="history")
    field = models.CharField(max_length=24)
    old_cipher = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.field} of person {self.person_id} until {self.at:%F}"


class Household(models.Model):
    """People who keep house together (living) or stand in one register book (registered) at one home."""

    home_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=12, choices=RESIDENCY_KINDS)
    head = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["home_id", "kind"], condition=models.Q(until__isnull=True), name="household_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"household {self.pk} at {self.home_id}"


class Residency(models.Model):
    """One person at one home from a day (None: since before we knew) until a day, which is no longer included."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="residencies")
    home_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=RESIDENCY_KINDS)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="residencies")
    relation = models.CharField(max_length=8, blank=True)  # GB/T 4761, to the head of the household
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["home_id", "kind"], name="residency_home")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(until__isnull=True), name="residency_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} {self.kind} at {self.home_id}"


class Organisation(models.Model):
    """A firm, office or body, with its unified social credit code (GB 32100) where it has one."""

    path_follows_place = True

    code = models.CharField(max_length=18, null=True, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, blank=True)
    place_id = models.BigIntegerField(null=True, db_index=True)
    path = models.CharField(max_length=160, blank=True, db_index=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class Relation(models.Model):
    """What a person or another organisation is to an organisation, from a day until a day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="relations")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of organisation {self.organisation_id}"


class Ownership(models.Model):
    """Who owns a home, apart from who lives there: owners vote, residents do not. Without a share: owned in common."""

    home_id = models.BigIntegerField(db_index=True)
    owner_name = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="ownerships")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="ownerships")
    share_part = models.IntegerField(null=True)
    share_whole = models.IntegerField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    def __str__(self) -> str:
        return f"ownership {self.pk} of {self.home_id}"


class Contact(models.Model):
    """Somebody to call about a person, in order; name and phone are sealed under that person's key."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contacts")
    name_cipher = models.BinaryField()
    phone_cipher = models.BinaryField(null=True)
    contact_hash = models.BinaryField(max_length=40)  # of name and person: the same contact delivered again is found
    relation = models.CharField(max_length=20, blank=True)
    key_holder = models.BooleanField(default=False)
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "contact_hash"], name="contact_once")]

    def __str__(self) -> str:
        return f"contact {self.pk} of person {self.person_id}"


class Device(models.Model):
    """A meter, gateway or sensor at a place; it signs in with a token of which only a keyed hash is kept."""

    path_follows_place = True

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=24)
    home_id = models.BigIntegerField(
        null=True, db_index=True
    )  # the place it serves: a home, or a building for a gateway
    path = models.CharField(max_length=160, blank=True, db_index=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    stream = models.CharField(max_length=32, blank=True)
    delivery = models.CharField(max_length=8, choices=DELIVERIES, default="live")
    every_s = models.IntegerField(null=True)  # seconds between readings
    token_hash = models.BinaryField(max_length=40, null=True, unique=True)
    installed_on = models.DateField(null=True)
    removed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"device {self.code}"


class Absence(models.Model):
    """A person known to be away from the home from a moment until a moment: nobody knocks meanwhile."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    home_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"person {self.person_id} away until {self.until:%F}"
