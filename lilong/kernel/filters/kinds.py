"""What type a term of a filter has, and how a literal is brought into the type it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lilong.kernel.filters.errors import FilterError, nearest
from lilong.kernel.filters.expressions import Name, Record, Scalar, Term, Value
from lilong.kernel.filters.scanning import moment
from lilong.kernel.filters.vocabulary import Vocabulary
from lilong.kernel.records.catalogue import RecordKind
from lilong.kernel.records.declared import Type
from lilong.kit.clock import SHANGHAI

ORDERED: frozenset[Type] = frozenset({"number", "date", "timestamp"})
_TITLES = {
    "boolean": gettext_lazy("是/否"),
    "number": gettext_lazy("数"),
    "text": gettext_lazy("文字"),
    "code": gettext_lazy("代码"),
    "date": gettext_lazy("日期"),
    "timestamp": gettext_lazy("时刻"),
}


@dataclass(frozen=True)
class Kind:
    """A type, the codes where it is a code, and the words to speak of the term."""

    type: Type
    words: str
    codes: Mapping[str, str] = field(default_factory=dict)


def kind_of(term: Term, known: Vocabulary) -> Kind:
    """The kind of a term. Raises FilterError for a name that nobody declares, with the nearest one."""
    match term:
        case Value(value):
            return Kind(_literal(value), repr(value) if isinstance(value, str) else str(value))
        case Name(name, position):
            if attribute := known.attributes.get(name):
                return Kind(attribute.type, name, attribute.codes)
            raise _unknown(name, position, known)
        case Record("latest", kind, value, _window, position):
            values = record_kind(kind, position, known).values
            if value not in values:
                titles = {key: declared.title for key, declared in values.items()}
                raise FilterError(
                    _("{kind} 没有“{name}”这一项").format(kind=kind, name=value), position, nearest(str(value), titles)
                )
            return Kind(values[value].type, f"{kind}.{value}", values[value].codes)
        case Record(function, kind, _value, _window, position):
            record_kind(kind, position, known)
            return Kind("boolean" if function == "exists" else "number", f"{function}({kind})")
    raise AssertionError(term)


def record_kind(name: str, position: int | None, known: Vocabulary) -> RecordKind:
    """The declared kind of record. Raises FilterError with the nearest name."""
    if name in known.records:
        return known.records[name]
    titles = {key: kind.title for key, kind in known.records.items()}
    raise FilterError(_("没有“{name}”这种记录").format(name=name), position, nearest(name, titles))


def brought_to(value: Value, wanted: Kind) -> Value:
    """The literal as the wanted type has it: a code by its word, a day from text. Raises FilterError if it cannot."""
    plain = value.value
    match wanted.type, plain:
        case "code", str():
            by_title = {title: code for code, title in wanted.codes.items()}
            if (code := by_title.get(plain, plain)) in wanted.codes:
                return Value(code, value.position)
            raise FilterError(
                _("{name} 没有“{value}”这个值；可用：{codes}").format(
                    name=wanted.words, value=plain, codes="、".join(wanted.codes)
                ),
                value.position,
                nearest(plain, wanted.codes),
            )
        case "date" | "timestamp", str():
            return brought_to(Value(moment(wanted.type, plain, value.position), value.position), wanted)
        case "timestamp", date() if not isinstance(plain, datetime):
            return Value(datetime.combine(plain, time(), SHANGHAI), value.position)
    if _literal(plain) != wanted.type:
        raise mismatch(wanted, value.position)
    return value


def mismatch(wanted: Kind, position: int | None) -> FilterError:
    """The error of something that cannot be compared with `wanted`."""
    return FilterError(
        _("{name} 的类型是“{type}”，不能这样比较").format(name=wanted.words, type=_TITLES[wanted.type]), position
    )


def _literal(value: Scalar) -> Type:
    for python, type_ in _PYTHON:
        if isinstance(value, python):
            return type_
    raise AssertionError(value)


_PYTHON: tuple[tuple[type | tuple[type, ...], Type], ...] = (
    (bool, "boolean"),
    ((int, float), "number"),
    (str, "text"),
    (datetime, "timestamp"),
    (date, "date"),
)


def _unknown(name: str, position: int | None, known: Vocabulary) -> FilterError:
    if name in known.records:
        return FilterError(_("“{name}”是一种记录").format(name=name), position, f"count({name})")
    titles = {key: attribute.title for key, attribute in known.attributes.items()}
    return FilterError(_("没有“{name}”这个名称").format(name=name), position, nearest(name, titles))
