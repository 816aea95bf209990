"""The accounts of the demonstration, with invented names; their password is public and works on this host alone."""

from __future__ import annotations

from dataclasses import dataclass

from .town.built import Town

DEMO_PASSWORD = "chengwan-demo-2026"  # noqa: S105 - listed on the sign-in page; accepted on 127.0.0.1 only


@dataclass(frozen=True)
class Account:
    """One line of the accounts file; scope is a code of the tree, role a role of the access block."""

    username: str
    name: str
    role: str
    scope: str


def accounts(town: Town) -> list[Account]:
    """A worker for each committee, a grid officer for each block grid, and one of everybody else."""
    root = next(area.code for area in town.areas if area.kind == "街道")
    committees = [area.code for area in town.areas if area.kind == "居民区"]
    grids = [area.code for area in town.areas if area.kind == "街区网格"]
    workers = ["俞敏芳", "瞿晓雯", "奚志平", "闵佳怡"]
    officers = ["凌建强", "宣志明"]
    return [
        *(
            Account(f"juwei{at}", workers[(at - 1) % len(workers)], "committee_worker", code)
            for at, code in enumerate(committees, 1)
        ),
        *(
            Account(f"wangge{at}", officers[(at - 1) % len(officers)], "grid_officer", code)
            for at, code in enumerate(grids, 1)
        ),
        Account("zhongxin", "诸海燕", "operations", root),
        Account("bumen", "翁丽琴", "department", root),
        Account("shuju", "乔俊杰", "steward", root),
        Account("dushu", "严文华", "auditor", root),
        Account("guanli", "龚伟刚", "admin", root),
        Account("daping", "大屏", "wall", root),
    ]
