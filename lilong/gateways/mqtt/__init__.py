"""MQTT 3.1.1 for devices: the embedded broker, or a reader of an outside one."""
