"""The terms of a decision are those that were asked for: another value, owner or date is another decision."""

from django.db import migrations

from trueline.kit.database.schema import written_once


class Migration(migrations.Migration):
    dependencies = [("findings", "0015_proof")]
    operations = [
        written_once(
            "findings_findingexception",
            "finding_id",
            "requested_by_id",
            "requested_at",
            "owner_id",
            "reason",
            "compensating_control",
            "expires_at",
            "review_due_at",
            "pinned_path",
            "pinned_value",
            "pinned_digest",
            "pinned_rank",
            "pinned_snapshot_id",
            "pinned_scan_id",
        ),
        # Names stay open to the forgetting of persons; who decided is told by the id beside them.
        written_once("findings_findingexception", "decided_by_id", "decided_at", "effective_from", until="status"),
    ]
