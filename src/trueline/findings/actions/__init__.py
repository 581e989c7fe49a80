"""Writes on findings."""
