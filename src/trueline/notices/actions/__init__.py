"""Writes on messages that leave."""
