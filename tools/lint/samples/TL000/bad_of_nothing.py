# place: src/trueline/findings/rules.py
"""An exception that outlived what it allowed."""

LIMIT = 5  # lint: allow TL008 the sign-in library sends nothing else
