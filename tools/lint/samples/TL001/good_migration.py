# place: src/trueline/findings/migrations/0002_states.py
"""Rows are moved in a migration."""


def move(apps, schema_editor):
    """Fill the new column."""
    apps.get_model("findings", "Finding").objects.filter(state="").update(state="open")
