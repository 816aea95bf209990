"""The catalogues of page text: what is to be translated, what lacks an English entry, and compiling them by Babel."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_MARKED = re.compile(r"""\bn?gettext\(\s*u?(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_SHORT = re.compile(r"""(?<![\w.])_\(\s*u?(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\)""")


@dataclass(frozen=True)
class Message:
    """One text a page may show, and the first file that holds it (path below the package)."""

    text: str
    file: str


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile every `locale/*/LC_MESSAGES/django.po` whose `.mo` is absent or older; gives the files written."""
    written = []
    for po in sorted(root.glob("**/locale/*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        part = mo.with_name(f"{mo.name}.{os.getpid()}")
        with po.open("rb") as source, part.open("wb") as target:
            write_mo(target, read_po(source, locale=po.parent.parent.name, charset="utf-8"))
        part.replace(mo)  # several processes may start at once
        written.append(mo)
    return written


def messages(root: Path = ROOT) -> list[Message]:
    """Every marked text of the templates, modules and scenarios below `root`, each once."""
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*")):
        if file.suffix not in {".html", ".py", ".toml"} or "tests" in file.parts or file.name.startswith("test_"):
            continue
        for text in _texts(file):
            found.setdefault(text, str(file.relative_to(root)))
    return [Message(text, file) for text, file in found.items()]


def missing(lang: str = "en", root: Path = ROOT) -> list[Message]:
    """Texts without an entry of `lang` in any catalogue; a page in that language would show them in Chinese."""
    known: set[str] = set()
    for po in root.glob(f"**/locale/{lang}/LC_MESSAGES/django.po"):
        with po.open("rb") as source:
            for entry in read_po(source, locale=lang, charset="utf-8"):
                if not entry.id or entry.fuzzy:
                    continue
                singular = entry.id if isinstance(entry.id, str) else entry.id[0]
                if entry.string and all(entry.string):  # of a plural: both forms
                    known.add(singular)
    return [message for message in messages(root) if message.text not in known]


def _texts(file: Path) -> Iterator[str]:
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".html":
        code = templatize(source, origin=str(file))
        for pattern in (_MARKED, _SHORT):
            yield from (str(ast.literal_eval(hit["text"])) for hit in pattern.finditer(code))
    elif file.suffix == ".py":
        if "gettext" in source:
            yield from _calls(ast.parse(source))
    elif file.name == "scenario.toml":
        yield from _declared(tomllib.loads(source))


def _calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(first := node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS and isinstance(first.value, str):
                yield first.value


def _declared(scenario: dict[str, dict[str, object]]) -> Iterator[str]:
    """The titles of a scenario, its numbers and its tickets are shown on pages, so they are texts like any other."""
    if title := scenario.get("scenario", {}).get("title"):
        yield str(title)
    for number in scenario.get("settings", {}).values():
        if isinstance(number, dict) and "title" in number:
            yield str(number["title"])
    titles = scenario.get("ticket", {}).get("title", {})
    if isinstance(titles, dict):
        yield from (str(text) for text in titles.values())
