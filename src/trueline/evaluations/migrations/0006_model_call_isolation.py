"""Row security on what a language model was asked; a call is never changed."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0005_model_calls"),
        ("operations", "0002_isolation"),
        ("workspaces", "0002_isolation"),
    ]
    operations = [
        isolate("evaluations_modelcall", rights="select, insert"),
        tie("evaluations_modelcall", "environment_id", "workspaces_environment"),
        tie("evaluations_modelcall", "run_id", "operations_operationrun"),
        append_only("evaluations_modelcall"),
    ]
