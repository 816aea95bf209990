"""Reads scenario folders, hands them the facts that concern them, rehearses their cases, back-tests their numbers."""
