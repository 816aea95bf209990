"""Every text a page may show has its English, and no English speaks of what the Chinese does not hold."""

from __future__ import annotations

import os
import re
from pathlib import Path

from babel.messages.pofile import read_po

from lilong.portals.parts import catalogs

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "接单"
msgstr "Accept"
"""


def test_no_text_lacks_its_english() -> None:
    assert len(catalogs.messages()) > 150
    assert [f"{m.file}: {m.text}" for m in catalogs.missing("en")] == []


def test_a_text_without_english_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "locale/en/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locale/en/LC_MESSAGES/django.po").write_text(PO, encoding="utf-8")
    (tmp_path / "page.html").write_text('{% translate "接单" %}{% blocktranslate %}剩 {{ t }}{% endblocktranslate %}')
    (tmp_path / "page.py").write_text('from gettext import gettext as _\nx = _("作废")\ny = "不翻译"\n')
    (tmp_path / "scenario.toml").write_text(
        '[scenario]\ntitle = "守护"\n[settings.a]\ntitle = "多久"\n[ticket.title]\nsilence = "{hours} 小时"\n'
    )

    missing = {(m.file, m.text) for m in catalogs.missing("en", tmp_path)}

    assert missing == {
        ("page.html", "剩 %(t)s"), ("page.py", "作废"), ("scenario.toml", "守护"), ("scenario.toml", "{hours} 小时"),
        ("scenario.toml", "多久"),
    }  # fmt: skip


def test_a_translation_names_the_same_things_as_its_source() -> None:
    wrong = []
    for po in catalogs.ROOT.glob("**/locale/*/LC_MESSAGES/django.po"):
        with po.open("rb") as source:
            for entry in read_po(source, locale=po.parent.parent.name):
                ids = (entry.id,) if isinstance(entry.id, str) else entry.id
                strings = (entry.string,) if isinstance(entry.string, str) else entry.string
                differ = [text for text in strings if entry.id and _names(text) != _names(ids[0])]
                wrong += [f"{po.relative_to(catalogs.ROOT)}: {ids[0]} → {text}" for text in differ]
    assert wrong == []


def test_catalogues_are_compiled_once_and_again_when_they_change(tmp_path: Path) -> None:
    po = tmp_path / "locale/en/LC_MESSAGES/django.po"
    po.parent.mkdir(parents=True)
    po.write_text(PO, encoding="utf-8")

    assert catalogs.compile_all(tmp_path) == [po.with_suffix(".mo")]
    assert catalogs.compile_all(tmp_path) == []
    later = po.with_suffix(".mo").stat().st_mtime + 1
    os.utime(po, (later, later))
    assert catalogs.compile_all(tmp_path) == [po.with_suffix(".mo")]


def _names(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{[\w.]+\}", text))
