# place: src/trueline/findings/rules.py
"""A code that no rule has."""

LIMIT = 5  # lint: allow TL999 the limit of the vendor's interface
