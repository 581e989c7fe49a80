"""Row security on world models; the database refuses what no person has signed off, and a change of what one has."""

from django.db import migrations

from trueline.evaluations.rules import MODEL_MOVES, RULE_MOVES
from trueline.kit.database.schema import allow_moves, append_only, isolate, tie

GUARD = """
create function evaluations_worldrule_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status in ('enshrined', 'pending_approval') then
      raise exception 'a rule begins below its sign-off, not as %', new.status using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.status in ('enshrined', 'retired') and
     (new.key, new.text, new.why, new.tier, new.source, new.is_hard, new.weight, new.dimension, new.check_json,
      new.examples, new.content_digest, new.world_model_id, new.approved_by_id, new.approved_by_label, new.approved_at)
     is distinct from
     (old.key, old.text, old.why, old.tier, old.source, old.is_hard, old.weight, old.dimension, old.check_json,
      old.examples, old.content_digest, old.world_model_id, old.approved_by_id, old.approved_by_label, old.approved_at)
  then
    raise exception 'rule % is %, so what it says never changes', old.key, old.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger evaluations_worldrule_guard before insert or update on evaluations_worldrule
  for each row execute function evaluations_worldrule_guard()
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial"), ("workspaces", "0002_isolation")]
    operations = [
        isolate("evaluations_worldmodel", rights="select, insert, update"),
        isolate("evaluations_worldrule", rights="select, insert, update"),
        isolate("evaluations_rulerelation", rights="select, insert, update"),
        isolate("evaluations_rulemove", rights="select, insert"),
        isolate("evaluations_worldmodelversion", rights="select, insert"),
        tie("evaluations_worldrule", "world_model_id", "evaluations_worldmodel"),
        tie("evaluations_rulerelation", "rule_id", "evaluations_worldrule"),
        tie("evaluations_rulerelation", "other_id", "evaluations_worldrule"),
        tie("evaluations_rulemove", "rule_id", "evaluations_worldrule"),
        tie("evaluations_worldmodelversion", "world_model_id", "evaluations_worldmodel"),
        allow_moves("evaluations_worldmodel", "state", MODEL_MOVES),
        allow_moves("evaluations_worldrule", "status", RULE_MOVES),
        append_only("evaluations_rulemove"),
        append_only("evaluations_worldmodelversion"),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
