"""Addresses that belong to every portal: the gallery of components and the health of the installation."""

from __future__ import annotations

from lilong.portals.parts.gallery import page as gallery

urlpatterns = [*gallery.urlpatterns]
