"""Row security on people and places, grants on the tables of sign-in, and the one question across workspaces."""

from django.db import migrations

from trueline.kit.database.schema import allow_moves, isolate, share, sweepable, tie
from trueline.workspaces.rules import INVITATION_MOVES, LIFECYCLE_MOVES

SIGN_IN_TABLES = (
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
)

# Which workspaces may this person enter? Asked before any workspace is known, so row security cannot answer it. The
# function belongs to the narrow system role, takes one person, and gives that person's own doors and nothing else.
DOORS = """
create function workspace_doors(person uuid)
returns table (workspace_id uuid, slug text, name text, role text)
language sql stable security definer set search_path = pg_catalog, public as $$
  select w.id, w.slug, w.name, m.role
  from public.workspaces_membership as m join public.workspaces_workspace as w on w.id = m.workspace_id
  where m.user_id = person and m.suspended_at is null and w.archived_at is null
  order by w.name, w.id
$$;
revoke all on function workspace_doors(uuid) from public;
grant execute on function workspace_doors(uuid) to trueline_app, trueline_reader;
grant create on schema public to trueline_system;
alter function workspace_doors(uuid) owner to trueline_system;
revoke create on schema public from trueline_system
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        isolate("workspaces_workspace", tenant="id", rights="select, insert, update"),
        isolate("workspaces_environment", rights="select, insert, update"),
        isolate("workspaces_membership"),
        isolate("workspaces_environmentgrant"),
        isolate("workspaces_invitation", rights="select, insert, update"),
        isolate("workspaces_operationalcontrol"),
        tie("workspaces_environmentgrant", "membership_id", "workspaces_membership"),
        tie("workspaces_environmentgrant", "environment_id", "workspaces_environment"),
        allow_moves("workspaces_environment", "lifecycle", LIFECYCLE_MOVES),
        allow_moves("workspaces_invitation", "state", INVITATION_MOVES),
        share("workspaces_user", "workspaces_signinlink", rights="select, insert, update"),
        share("django_session", reader="select, insert, update, delete"),
        share(*SIGN_IN_TABLES),
        share("django_content_type", "auth_permission", "django_migrations", rights="select"),
        sweepable("workspaces_workspace"),
        sweepable("workspaces_membership"),
        migrations.RunSQL(DOORS, migrations.RunSQL.noop),
    ]
