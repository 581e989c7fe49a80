# ruff: noqa: S608 - joined from constants of this module
"""Counts of findings, kept by the database: once for each statement, so that a bulk write pays once."""

from django.db import migrations, models

from trueline.kit.database.schema import isolate, tie

_KEY = "workspace_id, environment_id, area, severity_rank, state"
_ARRIVED, _GONE = (f"select {_KEY}, {step} as step from {table}" for step, table in ((1, "arrived"), (-1, "gone")))


def _add(moved: str) -> str:
    """Bring the counts up to date: each area, and in the row without an area all of them.

    Rows are written in the order of their key, so that two statements that touch the same ones wait but never for each
    other.
    """
    return f"""
    insert into findings_findingcount as held ({_KEY}, number)
    select workspace_id, environment_id, shown, severity_rank, state, sum(step)
    from (select {_KEY}, sum(step) as step from ({moved}) as moved group by {_KEY} having sum(step) <> 0) as changed
      cross join lateral (select '' union select area) as told(shown)
    group by 1, 2, 3, 4, 5 having sum(step) <> 0 order by 1, 2, 3, 4, 5
    on conflict ({_KEY}) do update set number = held.number + excluded.number;
    """


_TRIGGERS = f"""
create function findings_finding_is_counted() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then {_add(_ARRIVED)}
  elsif tg_op = 'DELETE' then {_add(_GONE)}
  else {_add(f"{_ARRIVED} union all {_GONE}")}
  end if;
  return null;
end $$;
create trigger findings_finding_arrives after insert on findings_finding
  referencing new table as arrived for each statement execute function findings_finding_is_counted();
create trigger findings_finding_moves after update on findings_finding
  referencing old table as gone new table as arrived for each statement execute function findings_finding_is_counted();
create trigger findings_finding_goes after delete on findings_finding
  referencing old table as gone for each statement execute function findings_finding_is_counted();
alter table findings_finding no force row level security;
{_add("select workspace_id, environment_id, area, severity_rank, state, 1 as step from findings_finding")}
alter table findings_finding force row level security
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0004_accepted_risk"), ("workspaces", "0002_isolation")]
    operations = [
        migrations.CreateModel(
            name="FindingCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "environment_id",
                        "area",
                        "severity_rank",
                        "state",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("area", models.CharField(blank=True, max_length=64)),
                ("severity_rank", models.SmallIntegerField()),
                ("state", models.CharField(max_length=16)),
                ("number", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(_TRIGGERS, migrations.RunSQL.noop),
        isolate("findings_findingcount", key="", rights="select, insert, update"),
        tie("findings_findingcount", "environment_id", "workspaces_environment"),
    ]
