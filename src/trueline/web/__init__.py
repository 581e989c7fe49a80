"""Pages: parse, one action or query, render.

Owns: views, templates, static files. Never does: write a table itself. Reads from: every room's queries.
"""
