"""Streams of readings, the watches over them, and what was found: from a device's message to a finding."""
