"""What blocks declare is read strictly, and what they declare is true of the tables."""

from __future__ import annotations

import pytest
from django.db import connection

from lilong.kernel.records.catalogue import kinds
from lilong.kernel.records.declared import DeclarationError

GOOD = """
[person.visit]
title = "走访"
table = "visits_visit"
key = "person_id"
time = "at"
sensitivity = "personal"
"""


def declare(root, block, text):
    folder = root / "lilong" / "kernel" / block
    folder.mkdir(parents=True)
    (folder / "records.toml").write_text(text, encoding="utf-8")
    return root / "lilong"


def test_every_block_declares_its_own_kinds_and_nobody_lists_them(tmp_path):
    declare(tmp_path, "visits", GOOD)
    root = declare(tmp_path, "calls", GOOD.replace("person.visit", "home.call"))
    assert list(kinds("person", root)) == ["visit"]
    assert list(kinds("home", root)) == ["call"]
    assert kinds("stair", root) == {}
    assert kinds("person", root)["visit"].time_type == "timestamp"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            GOOD + 'tabel = "x"',
            "lilong/kernel/visits/records.toml: person.visit.tabel: unknown key; did you mean 'table'?",
        ),
        (GOOD.replace('time = "at"', ""), "lilong/kernel/visits/records.toml: person.visit.time: Field required"),
        (
            GOOD.replace("personal", "secret"),
            "lilong/kernel/visits/records.toml: person.visit.sensitivity: Input should be 'open',",
        ),
        (
            GOOD + '[person.visit.values]\nnote = { title = "内容", column = "note", kind = "text" }',
            "lilong/kernel/visits/records.toml: person.visit.values.note",
        ),
        ("[person", "lilong/kernel/visits/records.toml: "),
    ],
)
def test_a_slip_is_an_error_that_names_file_and_key(tmp_path, text, words):
    with pytest.raises(DeclarationError) as caught:
        kinds("person", declare(tmp_path, "visits", text))
    assert str(caught.value).startswith(words)


def test_two_blocks_cannot_declare_the_same_kind(tmp_path):
    declare(tmp_path, "visits", GOOD)
    with pytest.raises(
        DeclarationError, match=r"visits/records\.toml: person\.visit: another block declares it already"
    ):
        kinds("person", declare(tmp_path, "again", GOOD))


@pytest.mark.django_db
def test_every_declared_table_and_column_is_there():
    declared = kinds("person")
    assert {"absence", "residency", "finding", "ticket"} <= set(declared)
    for kind in declared.values():
        columns = [kind.id, kind.key, kind.time, *(value.column for value in kind.values.values())]
        where = f" WHERE {kind.where}" if kind.where else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join('r.' + column for column in columns)} FROM {kind.table} AS r{where}")
            assert cursor.fetchall() == []
