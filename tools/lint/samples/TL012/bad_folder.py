# place: src/trueline/services/mail.py
"""A folder that could hold anything."""

LIMIT = 5
