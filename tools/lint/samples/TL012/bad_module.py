# place: src/trueline/findings/helpers.py
"""A module that could hold anything."""

LIMIT = 5
