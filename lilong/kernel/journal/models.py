"""The shape of the journal: facts as they were written, the seals that chain them, the log of who looked at whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Func
from django.db.models.sql.compiler import SQLCompiler


class WritersTransaction(Func):
    """The transaction that writes the row, by PostgreSQL's number; 0 on SQLite, where one writes at a time."""

    arity = 0
    allowed_default = True
    output_field = models.BigIntegerField()
    template = "0"

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="pg_current_xact_id()::text::bigint")


class Fact(models.Model):
    """What happened, to what, when, by whom. Written once, never changed: triggers refuse it (`guard.py`)."""

    kind = models.CharField(max_length=60)  # finding.opened
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    by = models.CharField(max_length=80)  # account:12, scenario:elder_water_silence, device:7, link:3, system:lake
    at = models.DateTimeField()
    path = models.CharField(max_length=255)  # place path /1/4/17/, empty where the fact belongs to no place
    data = models.TextField()  # canonical JSON, as it was digested: jsonb would rewrite it
    digest = models.BinaryField()  # scheme, nonce and keyed digest of all the above (`digest.py`)
    xact = models.BigIntegerField(db_default=WritersTransaction())

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="journal_fact_subject"),
            # empty on SQLite, which needs none
            models.Index(fields=["xact"], name="journal_fact_xact", condition=models.Q(xact__gt=0)),
        ]


class Seal(models.Model):
    """The place of one fact in the chain: a dense number that every reader follows."""

    seq = models.BigIntegerField(primary_key=True)
    fact = models.OneToOneField(Fact, on_delete=models.DO_NOTHING, db_constraint=False, related_name="seal")
    chain = models.BinaryField()


class ReadEntry(models.Model):
    """Who looked at whose clear data, which fields, and for what purpose; its fact `read.revealed` says the same."""

    fact = models.OneToOneField(
        Fact, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="read_entry"
    )
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    fields = models.CharField(max_length=255)  # names, separated by commas
    purpose = models.CharField(max_length=60)
    path = models.CharField(max_length=255)
    route = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "fact"], name="journal_read_subject")]
