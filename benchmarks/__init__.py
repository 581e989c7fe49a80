"""Measurements of the product against its own targets and against what else could be done."""
