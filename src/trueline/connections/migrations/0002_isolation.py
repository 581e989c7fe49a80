"""Row security on connections and uploads."""

from django.db import migrations

from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
        ("workspaces", "0002_isolation"),
    ]
    operations = [
        isolate("connections_connection", rights="select, insert, update"),
        isolate("connections_upload", rights="select, insert, update"),
        isolate("connections_uploadchunk", rights="select, insert, delete"),
        tie("connections_connection", "environment_id", "workspaces_environment"),
        tie("connections_upload", "environment_id", "workspaces_environment"),
        tie("connections_uploadchunk", "upload_id", "connections_upload"),
    ]
