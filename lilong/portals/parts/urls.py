"""Addresses that belong to every portal: the gallery of components and the health of the installation."""

from __future__ import annotations

from lilong.portals.parts.gallery import page as gallery
from lilong.portals.parts.health import page as health

urlpatterns = [*gallery.urlpatterns, *health.urlpatterns]
