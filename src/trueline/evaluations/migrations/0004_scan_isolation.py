"""Row security on scans and causes; what was seen is never changed. A finding names the scan that showed it."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0003_scans"),
        ("findings", "0012_scans"),
        ("operations", "0002_isolation"),
        ("workspaces", "0002_isolation"),
    ]
    operations = [
        isolate("evaluations_scan", rights="select, insert"),
        isolate("evaluations_failurecluster", rights="select, insert, update"),
        isolate("evaluations_clustersighting", rights="select, insert"),
        isolate("evaluations_ruletally", rights="select, insert"),
        tie("evaluations_scan", "environment_id", "workspaces_environment"),
        tie("evaluations_scan", "run_id", "operations_operationrun"),
        tie("evaluations_scan", "version_id", "evaluations_worldmodelversion"),
        tie("evaluations_failurecluster", "environment_id", "workspaces_environment"),
        tie("evaluations_failurecluster", "world_model_id", "evaluations_worldmodel"),
        tie("evaluations_clustersighting", "scan_id", "evaluations_scan"),
        tie("evaluations_clustersighting", "cluster_id", "evaluations_failurecluster"),
        tie("evaluations_ruletally", "scan_id", "evaluations_scan"),
        tie("evaluations_ruletally", "world_model_id", "evaluations_worldmodel"),
        tie("findings_finding", "scan_id", "evaluations_scan"),
        append_only("evaluations_scan"),
        append_only("evaluations_clustersighting"),
        append_only("evaluations_ruletally"),
    ]
