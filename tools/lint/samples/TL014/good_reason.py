# place: src/trueline/findings/rules.py
"""A reason, and a text that has the word in it."""

LIMIT = 5  # the vendor answers 429 from the sixth on
TITLE = "TODO"
