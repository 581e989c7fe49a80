"""Writes on runs: asking for one, its life, its performance."""
