"""Row security on what a system of agents consists of; the database refuses a step that is none."""

from django.db import migrations

from trueline.kit.database.schema import allow_moves, isolate, tie
from trueline.systems.rules import PART_MOVES, TEMPLATE_MOVES


class Migration(migrations.Migration):
    dependencies = [("systems", "0001_initial"), ("workspaces", "0002_isolation")]
    operations = [
        isolate("systems_graphpart", rights="select, insert, update"),
        isolate("systems_prompttemplate", rights="select, insert, update"),
        tie("systems_graphpart", "environment_id", "workspaces_environment"),
        tie("systems_prompttemplate", "environment_id", "workspaces_environment"),
        allow_moves("systems_graphpart", "state", PART_MOVES),
        allow_moves("systems_prompttemplate", "state", TEMPLATE_MOVES),
    ]
