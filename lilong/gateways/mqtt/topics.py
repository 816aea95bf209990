"""The one topic a device may publish to, and the device a topic belongs to."""

from __future__ import annotations

import os

PREFIX = os.environ.get("LILONG_MQTT_TOPIC_PREFIX", "lilong").strip("/")


def of(device: str) -> str:
    """Where a device publishes its readings."""
    return f"{PREFIX}/devices/{device}/readings"


def device_of(topic: str) -> str:
    """The device whose topic this is; empty when it is no device's."""
    begin, end = f"{PREFIX}/devices/", "/readings"
    if not (topic.startswith(begin) and topic.endswith(end)):
        return ""
    code = topic[len(begin) : -len(end)]
    return "" if "/" in code else code
