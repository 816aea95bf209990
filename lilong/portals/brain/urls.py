"""The brain's addresses."""

from lilong.portals.brain.page import NAV, urlpatterns

__all__ = ["NAV", "urlpatterns"]
