"""Places know what the codes in an account's scope mean; access, which lies below, asks through a hook."""

from __future__ import annotations

from django.apps import AppConfig


class Places(AppConfig):
    """The block `places`."""

    name = "lilong.kernel.places"

    def ready(self) -> None:
        """Answer access's question for the paths that scope codes stand for."""
        from lilong.kernel.access import actions
        from lilong.kernel.places.queries import paths_by_code

        actions.resolve_scope = paths_by_code
