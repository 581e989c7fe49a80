"""The sign-in library's list of where a person is signed in."""

from typing import ClassVar

from django.db import migrations

from trueline.kit.database.schema import share


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workspaces", "0005_sessions"), ("usersessions", "0001_initial")]
    operations: ClassVar = [share("usersessions_usersession")]
