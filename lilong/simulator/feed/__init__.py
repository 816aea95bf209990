"""What the meters send: deliveries with their faults, and the roads (HTTP, MQTT) on which they travel."""
