"""What a wrong code is answered with, at the door and on the enrolment page alike."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from lilong.kernel.access.second_factor import Checked


def wrong_code(checked: Checked) -> str:
    """Why the code was not taken; while the door is shut, for how many minutes."""
    if checked.wait is not None:
        minutes = math.ceil(checked.wait.total_seconds() / 60)
        return _("验证码错误次数太多，请 %(minutes)d 分钟后再试。") % {"minutes": minutes}
    if checked.left <= 2:
        return _("验证码不对。再错 %(left)d 次将锁定 15 分钟。") % {"left": checked.left}
    return _("验证码不对，或已经用过。请等应用显示下一个。")
