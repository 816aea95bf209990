"""工单: where every channel ends; somebody is sent, and what came of it is on record."""
