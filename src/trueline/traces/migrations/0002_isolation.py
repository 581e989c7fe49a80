"""Row security on traces, and the one question across workspaces: where does something wait to be filed."""

from django.db import migrations

from trueline.kit.database.schema import isolate, tie

# Asked every other second by the loop that folds, before it knows a workspace. Gives ids and nothing of what was sent;
# the narrow system role, to whom the function belongs, is shown no other column either.
PLACES = """
grant select (workspace_id, environment_id, set_aside_at) on traces_receivedbatch to trueline_system;
grant select (workspace_id, environment_id, removed_at) on traces_tracefile to trueline_system;
create policy sweep_select on traces_receivedbatch for select to trueline_system using (true);
create policy sweep_select on traces_tracefile for select to trueline_system using (true);
create function traces_places(waiting boolean)
returns table (workspace_id uuid, environment_id uuid)
language sql stable security definer set search_path = pg_catalog, public as $$
  select distinct b.workspace_id, b.environment_id from public.traces_receivedbatch as b
  where waiting and b.set_aside_at is null
  union
  select distinct f.workspace_id, f.environment_id from public.traces_tracefile as f
  where not waiting and f.removed_at is null
$$;
revoke all on function traces_places(boolean) from public;
grant execute on function traces_places(boolean) to trueline_app;
grant create on schema public to trueline_system;
alter function traces_places(boolean) owner to trueline_system;
revoke create on schema public from trueline_system
"""
# What is stored is packed and sealed: packing it once more costs time and gains nothing.
AS_IT_IS = "alter table traces_receivedbatch alter column body set storage external"


class Migration(migrations.Migration):
    dependencies = [("traces", "0001_initial"), ("workspaces", "0002_isolation")]
    operations = [
        isolate("traces_receivedbatch"),
        isolate("traces_trace"),
        isolate("traces_tracefile", rights="select, insert, update"),
        isolate("traces_tracepolicy", rights="select, insert, update"),
        tie("traces_receivedbatch", "environment_id", "workspaces_environment"),
        tie("traces_trace", "environment_id", "workspaces_environment"),
        tie("traces_tracefile", "environment_id", "workspaces_environment"),
        tie("traces_tracepolicy", "environment_id", "workspaces_environment"),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.RunSQL(AS_IT_IS, migrations.RunSQL.noop),
    ]
