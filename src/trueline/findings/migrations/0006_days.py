# ruff: noqa: S608 - joined from constants of this module
"""How many findings became open or ended on each day, kept by the database, so that a trend needs no history."""

from django.db import migrations, models

from trueline.findings.rules import OPEN
from trueline.kit.database.schema import isolate, tie

_KEY = "workspace_id, environment_id, day, severity_rank"
_OPEN = ", ".join(f"'{state}'" for state in OPEN)
# When the environment was in that state, where that is known: a capture that is read late belongs to its own day.
_DAY = """(case
  when {0}.state = 'resolved' then {0}.resolved_at when {0}.state = 'closed' then {0}.closed_at
  when tg_op = 'INSERT' then {0}.first_seen_at else {0}.updated_at end at time zone 'utc')::date"""
_MOVED = "(gone.state, gone.severity_rank) is distinct from (arrived.state, arrived.severity_rank)"
_BOTH = f"gone join arrived using (workspace_id, id) where {_MOVED}"


def _steps(side: str, step: int, source: str, day_of: str) -> str:
    joined = "and" if "where" in source else "where"
    return (
        f"select workspace_id, {side}.environment_id, {_DAY.format(day_of)} as day, "
        f"{side}.severity_rank, {step} as step from {source} {joined} {side}.state in ({_OPEN})"
    )


def _add(*steps: str) -> str:
    return f"""
    insert into findings_findingday as held ({_KEY}, opened)
    select {_KEY}, sum(step) from ({" union all ".join(steps)}) as moved
    group by {_KEY} having sum(step) <> 0 order by {_KEY}
    on conflict ({_KEY}) do update set opened = held.opened + excluded.opened;
    """


_TRIGGERS = f"""
create function findings_finding_has_its_day() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then {_add(_steps("arrived", 1, "arrived", "arrived"))}
  elsif tg_op = 'DELETE' then {_add(_steps("gone", -1, "gone", "gone"))}
  else {_add(_steps("arrived", 1, _BOTH, "arrived"), _steps("gone", -1, _BOTH, "arrived"))}
  end if;
  return null;
end $$;
create trigger findings_finding_day_arrives after insert on findings_finding
  referencing new table as arrived for each statement execute function findings_finding_has_its_day();
create trigger findings_finding_day_moves after update on findings_finding
  referencing old table as gone new table as arrived for each statement execute function findings_finding_has_its_day();
create trigger findings_finding_day_goes after delete on findings_finding
  referencing old table as gone for each statement execute function findings_finding_has_its_day()
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0005_counts"), ("workspaces", "0002_isolation")]
    operations = [
        migrations.CreateModel(
            name="FindingDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "environment_id",
                        "day",
                        "severity_rank",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("day", models.DateField()),
                ("severity_rank", models.SmallIntegerField()),
                ("opened", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["workspace_id", "day"], name="finding_day")]},
        ),
        migrations.RunSQL(_TRIGGERS, migrations.RunSQL.noop),
        isolate("findings_findingday", key="", rights="select, insert, update"),
        tie("findings_findingday", "environment_id", "workspaces_environment"),
    ]
