# place: src/trueline/findings/rules.py
"""Work put off."""

LIMIT = 5  # TODO ask somebody
# FIXME: the limit is wrong
LOWER = 4
