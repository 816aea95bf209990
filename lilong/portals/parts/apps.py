"""The parts as a Django app, so that the catalogues are compiled before any page needs them."""

from django.apps import AppConfig

from lilong.portals.parts import catalogs


class PartsConfig(AppConfig):
    name = "lilong.portals.parts"
    label = "parts"

    def ready(self) -> None:
        catalogs.compile_all()
