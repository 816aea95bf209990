"""The list of accounts as a delivery: who works here, as what, and which places each of them sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from lilong.kernel.access import actions, roster
from lilong.kernel.access.roles import FOR_ACCOUNTS, ROLES
from lilong.kit.intake import Column, Intake, Row, RowError, Taken

COLUMNS = (
    Column("用户名", "username", required=True, also=("账号", "登录名")),
    Column("姓名", "name", required=True, kept="sealed"),
    Column("角色", "role", required=True),
    Column("范围编码", "scope", required=True, also=("范围",)),
    Column("初始密码", "password", required=True, also=("密码", "初始口令"), kept="never"),
)


def take(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Add or change the accounts of these rows. In a demonstration they are demo accounts: for this host alone."""
    codes = {code for row in rows for code in _codes(row["scope"])}
    paths = actions.resolve_scope(codes) if actions.resolve_scope and codes else {}
    good, errors = [], []
    for row in rows:
        try:
            good.append(_account(row, paths))
        except roster.RefusedError as refused:
            errors.append(RowError(int(row["row"]), HEADERS[refused.field], refused.reason))
    changed = roster.put(good, by=by, at=at)
    return Taken(len(changed), len(good) - len(changed), tuple(errors))


def _account(row: Row, paths: dict[str, str]) -> roster.NewAccount:
    codes = _codes(row["scope"])
    if not codes:
        raise roster.RefusedError("paths", _("范围不能为空"))
    if unknown := [code for code in codes if code not in paths]:
        raise roster.RefusedError("paths", _("没有编码为 %(codes)s 的地点") % {"codes": "；".join(unknown)})
    new = roster.NewAccount(
        username=row["username"],
        name=row["name"],
        role=BY_TITLE.get(row["role"].strip(), row["role"].strip()),
        paths=tuple(sorted({paths[code] for code in codes})),
        password=row["password"],
        demo=settings.DEMO,
    )
    roster.check(new)
    return new


def _codes(cell: str) -> list[str]:
    return [code.strip() for code in cell.replace("；", ";").split(";") if code.strip()]


BY_TITLE = {ROLES[role].title: role for role in FOR_ACCOUNTS}
HEADERS = {"username": "用户名", "name": "姓名", "role": "角色", "paths": "范围编码", "password": "初始密码"}
KINDS = (Intake("accounts", "账号", COLUMNS, take, order=90),)
