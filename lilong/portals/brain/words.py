"""The brain's words for codes: the eight fields, where an event stands, how urgent it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# the eight fields of application, as the published practice names them (seed 002)
FIELDS: dict[str, Any] = {
    "group_portrait": _("群体画像"),
    "mobilisation": _("社会动员"),
    "siting": _("点位选址"),
    "work_analysis": _("工作分析"),
    "services_find_people": _("服务找人"),
    "risk_warning": _("风险预警"),
    "emergency": _("应急救援"),
    "epidemic": _("疫情防疫"),
}
STATES: dict[str, Any] = {
    "contacting": _("联系中"),
    "waiting": _("待接单"),
    "accepted": _("处置中"),
    "closed": _("已办结"),
    "void": _("已作废"),
}
URGENCIES: dict[str, Any] = {"urgent": _("紧急"), "watch": _("关注"), "normal": _("一般")}
# the closed loop: each stage holds those that came at least so far
STAGES: dict[str, Any] = {
    "found": _("发现"),
    "pushed": _("派单"),
    "handled": _("处置"),
    "answered": _("反馈"),
    "closed": _("办结"),
}
DELIVERIES: dict[str, Any] = {"live": _("实时"), "nightly": _("每晚一批")}


def say(table: dict[str, Any], code: str) -> str:
    """The word for a code in the language of now; a code without one is shown as it is."""
    return str(table.get(code, code))
