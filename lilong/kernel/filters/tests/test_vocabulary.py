"""What filters may name is declared by blocks, read strictly, and answered on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.filters import checking, parse
from lilong.kernel.filters.fragments import fragment
from lilong.kernel.filters.queries import count
from lilong.kernel.filters.vocabulary import vocabulary
from lilong.kernel.records.declared import DeclarationError

PERSON = """
[person]
title = "人"
table = "registry_person"
key = "id"
path = "path"
present = "p.erased_at IS NULL"

[person.attribute.sex]
title = "性别"
type = "text"
sensitivity = "personal"
source = "性别"
sql = "p.sex"
"""
AT = datetime(2025, 11, 22, tzinfo=UTC)


def declare(root, text):
    folder = root / "lilong" / "kernel" / "people"
    folder.mkdir(parents=True)
    (folder / "attributes.toml").write_text(text, encoding="utf-8")
    return root / "lilong"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PERSON + 'tpye = "x"', "lilong/kernel/people/attributes.toml: person.attribute.sex.tpye: unknown key"),
        (
            PERSON.replace('sql = "p.sex"', ""),
            "lilong/kernel/people/attributes.toml: person.attribute.sex: Value error",
        ),
        (
            PERSON.replace("p.sex", "p.at < :at"),
            "lilong/kernel/people/attributes.toml: person.attribute.sex: Value error",
        ),
        (
            PERSON.replace('key = "id"', 'kye = "id"'),
            "lilong/kernel/people/attributes.toml: person.key: Field required",
        ),
        ("", "no attributes.toml declares the subject 'person'"),
    ],
)
def test_a_slip_is_an_error_that_names_file_and_key(tmp_path, text, words):
    with pytest.raises(DeclarationError) as caught:
        vocabulary("person", declare(tmp_path, text))
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("p.x = load_extension('x')", "Anonymous is not on the list"),
        ("x = 1", "column 'x' needs its alias"),
        ("p.x = :name", "unknown parameter 'name'"),
        ("p.x LIKE '%x'", "no % in a literal"),
        ("DROP TABLE registry_person", "Drop is not on the list"),
        ("p.x = (", "SQL of a declaration"),
    ],
)
def test_declared_sql_may_hold_only_what_a_filter_needs(sql, words):
    with pytest.raises(DeclarationError, match=words.replace("(", r"\(")):
        fragment(sql)


def test_an_attribute_cannot_be_defined_by_itself(monkeypatch):
    real = vocabulary("person")
    alone = real.attributes["lives_alone"]
    circle = {"a": alone.model_copy(update={"filter": "NOT b"}), "b": alone.model_copy(update={"filter": "a OR away"})}
    attributes = dict(real.attributes) | circle
    monkeypatch.setattr(checking, "vocabulary", lambda _: type(real)(**{**vars_of(real), "attributes": attributes}))
    checking.definition.cache_clear()
    with pytest.raises(DeclarationError, match=r"person\.attribute\.a: defined by itself"):
        checking.definition("person", "a")
    checking.definition.cache_clear()


def vars_of(known):
    return {name: getattr(known, name) for name in known.__dataclass_fields__}


@pytest.mark.django_db
def test_everything_declared_can_be_asked():
    known = vocabulary("person")
    asked = [f"{name} IS NULL" for name in known.attributes]
    for name, kind in known.records.items():
        asked += [f"exists({name}, '30d')", f"count({name}) > 0", f"days_since({name}) > 3"]
        asked += [f"latest({name}, {value}, '30d') IS NULL" for value in kind.values]
    asked += [f"any({name}, TRUE)" for name in known.relations]
    for text in asked:
        answer = count(parse(text), SYSTEM, AT)
        assert (answer.yes, answer.unknown) == (0, 0), text
