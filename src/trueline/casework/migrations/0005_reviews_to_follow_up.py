"""An item of the inbox may be a review that waits for somebody."""

from typing import ClassVar

from django.db import migrations, models

_ITEMS = r"^(finding|exception|run|coverage|environment|connection|delivery|review):[0-9a-f-]{36}$"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0004_views_of_decisions"), ("reviews", "0005_cycles")]
    operations: ClassVar = [
        migrations.RemoveConstraint("inboxmark", "mark_names_an_item"),
        migrations.AddConstraint(
            "inboxmark",
            models.CheckConstraint(condition=models.Q(("item_key__regex", _ITEMS)), name="mark_names_an_item"),
        ),
    ]
