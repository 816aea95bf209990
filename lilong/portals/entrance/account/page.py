"""One's own account: as what and where one works, and what protects it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lilong.kernel.access import second_factor
from lilong.kernel.access.guards import needs_account
from lilong.kernel.access.request import Request
from lilong.kernel.access.roles import ROLES
from lilong.portals.entrance.whereabouts import whereabouts


@require_safe
@needs_account()
def account(request: Request) -> HttpResponse:
    """What the program knows of the person who looks."""
    own = request.account
    assert own is not None
    told = {
        "own": own,
        "role": ROLES[own.role].label if own.role in ROLES else own.role,
        "places": whereabouts([request.viewer])[request.viewer.by],
        "has_factor": second_factor.has(own.pk),
        "codes_left": second_factor.codes_left(own.pk),
        "changed": "changed" in request.GET,
    }
    return render(request, "entrance/account/page.html", told)
