# place: src/trueline/findings/rules.py
"""A short file."""

LIMIT = 400
