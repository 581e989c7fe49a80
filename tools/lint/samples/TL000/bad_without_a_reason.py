# place: src/trueline/findings/rules.py
"""An exception that does not say why lets nothing pass, and what it wished to allow is told as well."""

LIMIT = 5  # lint: allow TL014
