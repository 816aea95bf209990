"""The desk's words for what the kernel keeps as codes: states, urgencies, outcomes, steps, each with its tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Word:
    """A code in words. `tone`: the badge's class (danger, warn, info, ok or none); `icon`: of the sprite."""

    text: Any
    tone: str = ""
    icon: str = ""

    def __str__(self) -> str:
        return str(self.text)


URGENCIES = {
    "urgent": Word(_("紧急"), "danger", "alert-octagon"),
    "watch": Word(_("关注"), "warn", "alert-triangle"),
    "normal": Word(_("一般"), "", "info-circle"),
}

STATES = {
    "contacting": Word(_("联系中"), "info", "phone-call"),
    "waiting": Word(_("待接单"), "warn", "clock"),
    "accepted": Word(_("处置中"), "brand-soft", "user-circle"),
    "closed": Word(_("已办结"), "ok", "circle-check"),
    "void": Word(_("已作废"), "", "x"),
}

# The next thing to do, said to whoever looks at a ticket in this state.
NEXT = {
    "contacting": _("先打电话联系"),
    "waiting": _("接单"),
    "accepted": _("上门，记录结果"),
}

DESKS = {"operations": Word(_("城运中心")), "committee": Word(_("居委"))}

OUTCOMES = {
    "safe_at_home": Word(_("在家平安"), "ok"),
    "taken_by_family": Word(_("家属接走"), "ok"),
    "away": Word(_("外出不在家"), "ok"),
    "in_hospital": Word(_("住院"), "info"),
    "needed_help": Word(_("需要帮助，已协助"), "info"),
    "opened_with_police": Word(_("会同民警开门"), "info"),
    "found_dead": Word(_("发现离世")),
    "leak": Word(_("漏水"), "info"),
    "meter_fault": Word(_("水表故障"), "info"),
}

# Whom one turns to when nobody answers, in the order the scenario gives.
CHAIN = {
    "family": Word(_("联系家属"), icon="users"),
    "neighbour": Word(_("询问邻居"), icon="user"),
    "key_holder": Word(_("找备用钥匙保管人"), icon="key"),
    "property": Word(_("请物业协助"), icon="building-community"),
    "police": Word(_("请民警到场"), icon="shield-check"),
}

WHOM = {
    "emergency_contact": Word(_("紧急联系人")),
    "resident": Word(_("居民本人")),
    "family": Word(_("家属")),
    "neighbour": Word(_("邻居")),
}

KINDS = {"silence": Word(_("几乎未用水")), "excess": Word(_("用水过多")), "no_data": Word(_("没有数据"))}

ASIDE = {
    "unknown_device": Word(_("设备未登记")),
    "unknown_stream": Word(_("数据流未登记")),
    "malformed": Word(_("内容无法识别")),
    "future": Word(_("时间在未来")),
    "duplicate": Word(_("重复")),
    "late": Word(_("太迟")),
    "not_its_child": Word(_("网关代报了不属于它的设备")),
}

FIELDS = {
    "name": Word(_("姓名")),
    "phone": Word(_("电话")),
    "address": Word(_("住址")),
    "national_id": Word(_("身份证号")),
    "born_on": Word(_("出生日期")),
    "contacts": Word(_("紧急联系人")),
}


def say(table: dict[str, Word], code: str) -> Word:
    """The word for a code; a code without one is shown as it is, so that nothing is hidden."""
    return table.get(code) or Word(code)
