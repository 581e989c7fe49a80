"""What the database itself says about isolation. Each check reads pg_catalog and gives a sentence for each breach.

Nothing here knows a table by name except the allow-lists, and each of those lines carries its reason.
"""

from __future__ import annotations

from typing import Any

APP, READER, SYSTEM, OWNER = "trueline_app", "trueline_reader", "trueline_system", "trueline_owner"
ROLES = (APP, READER, SYSTEM, OWNER)

# As PostgreSQL prints the only policy text; `{}` is the tenant column.
POLICY = "({} = ( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid AS \"nullif\"))"

# Row security was bypassed in older minors by role changes under one plan (CVE-2024-10976) and estimates of hidden
# rows leaked by statistics (CVE-2025-8713); the numbers are the first minors of late 2025, after both.
LEAST_MINOR = {15: 150015, 16: 160011, 17: 170007, 18: 180001}

WITHOUT_WORKSPACE = {
    "account_emailaddress": "a person's addresses for sign-in; people belong to no workspace",
    "account_emailconfirmation": "proof of an address before any workspace is known",
    "auth_group": "Django's own; the application has no rights on it",
    "auth_group_permissions": "Django's own; the application has no rights on it",
    "auth_permission": "reference rows of Django, read only",
    "django_content_type": "reference rows of Django, read only",
    "django_migrations": "which migrations ran, read only",
    "django_session": "sessions of people, keyed by an unguessable key",
    "mfa_authenticator": "a person's second factors; people belong to no workspace",
    "procrastinate_events": "the queue; rows name a job and nothing else",
    "procrastinate_jobs": "the queue; a job carries a workspace's id and a run's id and nothing else",
    "procrastinate_periodic_defers": "the queue; not used, the sweep is our own",
    "procrastinate_workers": "the queue; worker heartbeats",
    "socialaccount_socialaccount": "a person's identities at providers; people belong to no workspace",
    "socialaccount_socialapp": "sign-in providers of the installation",
    "socialaccount_socialtoken": "a person's tokens at providers; people belong to no workspace",
    "usersessions_usersession": "where a person is signed in; people belong to no workspace",
    "workspaces_signinlink": "a way in before any workspace is known; holds a digest of the token",
    "workspaces_user": "people; what ties one to a workspace is the membership, which is isolated",
}

UNIQUE_WITHOUT_WORKSPACE = {
    "workspaces_workspace_pkey": "the row is the workspace; its id is random and made by us, never chosen by a person",
    "workspaces_workspace_slug_key": (
        "the address /w/<slug>/ is what finds the workspace, so it is one for the installation. That a slug is taken "
        "can be learnt only by creating a workspace, which is done by whoever runs the machine and by no route; "
        "opening another's address answers 404 with the bytes of an address that never existed"
    ),
}

UNTIED = {
    ("audit_auditevent", "environment_id"): "the trail holds ids and labels, no keys: it outlives its subject",
}

SECURITY_DEFINER = {
    "workspace_doors(person uuid)": (
        "which workspaces may this person enter, asked before any workspace is known; owned by the narrow system role"
    ),
    "traces_places(waiting boolean)": (
        "ids of environments whose traces wait to be filed, asked by the worker's loop before any workspace is known; "
        "owned by the narrow system role, which is granted no column of what was sent"
    ),
}

SYSTEM_POLICIES = {
    ("traces_receivedbatch", "sweep_select", "SELECT"): "traces_places; three columns, none of what was sent",
    ("traces_tracefile", "sweep_select", "SELECT"): "traces_places; three columns",
    ("operations_operationrun", "sweep_select", "SELECT"): "the sweep for stalled runs of all workspaces",
    ("workspaces_workspace", "sweep_select", "SELECT"): "workspace_doors, and the list that the machine's keeper sees",
    ("workspaces_membership", "sweep_select", "SELECT"): "workspace_doors",
    ("findings_findingexception", "sweep_select", "SELECT"): "the sweep for accepted risks that end",
    ("notices_delivery", "sweep_select", "SELECT"): "which workspaces have something to send now",
    ("notices_noticecursor", "sweep_select", "SELECT"): "which workspaces have events nobody has looked at",
    ("audit_audithead", "sweep_select", "SELECT"): "which workspaces have events nobody has looked at",
    ("audit_auditcheckpoint", "sweep_select", "SELECT"): "which trails have not been signed for a day",
    ("reviews_reviewcycle", "sweep_select", "SELECT"): "in which workspaces a review is due; three columns",
    ("audit_auditterm", "sweep_select", "SELECT"): "which trails are kept for a time only",
    ("vault_datakey", "sweep_select", "SELECT"): "which sealing key wraps what, when the keeper of the machine rotates",
}
SYSTEM_GRANTS = {
    ("operations_operationrun", "SELECT"),
    ("workspaces_workspace", "SELECT"),
    ("workspaces_membership", "SELECT"),
    ("vault_datakey", "SELECT"),
    ("findings_findingexception", "SELECT"),
    ("notices_delivery", "SELECT"),
    ("notices_noticecursor", "SELECT"),
    ("audit_audithead", "SELECT"),
    ("audit_auditcheckpoint", "SELECT"),
    ("audit_auditterm", "SELECT"),
    ("procrastinate_jobs", "SELECT"),
}

Cursor = Any


def rows(cursor: Cursor, query: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(query, values)
    return list(cursor.fetchall())


def tenant_columns(cursor: Cursor) -> dict[str, str]:
    """Every table of a workspace's rows, with the column that says whose they are."""
    query = """
        select c.relname, case when c.relname = 'workspaces_workspace' then 'id' else 'workspace_id' end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = 'public' and (c.relname = 'workspaces_workspace' or exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped))
    """
    return dict(rows(cursor, query))


def unknown_tables(cursor: Cursor) -> list[str]:
    """Tables that are neither of a workspace nor on the list with a reason, in any schema of ours."""
    query = """
        select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'f') and n.nspname !~ '^(pg_|information_schema)'
    """
    known = {*tenant_columns(cursor), *WITHOUT_WORKSPACE}
    return [
        f"{name}: no workspace_id and no reason on the list" for (name,) in rows(cursor, query) if name not in known
    ]


def unprotected_tables(cursor: Cursor) -> list[str]:
    """Tenant tables whose row security is off, or not forced on their owner."""
    query = "select relname, relrowsecurity, relforcerowsecurity from pg_class where oid = any(%s::regclass[])"
    found = rows(cursor, query, sorted(tenant_columns(cursor)))
    return [f"{name}: row security is off" for name, on, _ in found if not on] + [
        f"{name}: row security is not forced on its owner" for name, _, forced in found if not forced
    ]


def wrong_policies(cursor: Cursor) -> list[str]:
    """Policies that are not exactly the one text, for exactly the two roles, or a listed sweep of the system role."""
    query = """
        select tablename, policyname, permissive, roles::text[], cmd, qual, with_check from pg_policies
        where schemaname = 'public'
    """
    tenants, found = tenant_columns(cursor), rows(cursor, query)
    protected = {table for table, name, *_ in found if name == "workspace"}
    complaints = [f"{table}: has no policy" for table in sorted(set(tenants) - protected)]
    for table, name, permissive, roles, command, using, check in found:
        text = POLICY.format(tenants.get(table, "workspace_id"))
        ours = (permissive, sorted(roles), command, using, check) == ("PERMISSIVE", [APP, READER], "ALL", text, text)
        sweep = (table, name, command) in SYSTEM_POLICIES and (roles, using, check) == ([SYSTEM], "true", None)
        if not (ours if name == "workspace" else sweep):
            complaints.append(f"{table}: policy {name} is not as listed: {roles} {command} {using} {check}")
    return complaints


def missing_sweeps(cursor: Cursor) -> list[str]:
    """Listed policies and grants of the system role that do not exist, and grants that are not listed."""
    policies = {tuple(row) for row in rows(cursor, "select tablename, policyname, cmd from pg_policies")}
    grants = table_grants(cursor, SYSTEM)
    return [f"{key}: a listed policy is missing" for key in SYSTEM_POLICIES if key not in policies] + [
        f"{SYSTEM}: {privilege} on {table} is not as listed" for table, privilege in sorted(grants ^ SYSTEM_GRANTS)
    ]


def table_grants(cursor: Cursor, role: str) -> set[tuple[str, str]]:
    """What a role may do with which table of ours, by its own grants or by those of PUBLIC."""
    query = """
        select c.relname, acl.privilege_type from pg_class c join pg_namespace n on n.oid = c.relnamespace,
          aclexplode(c.relacl) acl
        where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and (acl.grantee = 0 or acl.grantee = %s::regrole)
    """
    return {(table, privilege) for table, privilege in rows(cursor, query, role)}


def loose_roles(cursor: Cursor) -> list[str]:
    """Rights of the application's roles that no role of an application may have."""
    query = (
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication from pg_roles where rolname = any(%s)"
    )
    found = rows(cursor, query, list(ROLES))
    complaints = [f"{name}: may more than it needs" for name, *flags in found if any(flags)]
    complaints += [f"{role}: there is no such role" for role in set(ROLES) - {name for name, *_ in found}]
    for role in (APP, READER, SYSTEM):
        complaints += [
            f"{role}: has {privilege} on {table}"
            for table, privilege in sorted(table_grants(cursor, role))
            if privilege in {"TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
        ]
    query = """
        select c.relname, pg_get_userbyid(c.relowner) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner <> %s::regrole
    """
    return complaints + [f"{name}: belongs to {owner}" for name, owner in rows(cursor, query, OWNER)]


def memberships(cursor: Cursor) -> set[tuple[str, str]]:
    """Which of our roles may turn into which."""
    query = """
        select pg_get_userbyid(member), pg_get_userbyid(roleid) from pg_auth_members
        where member::regrole::text = any(%s)
    """
    return {(member, role) for member, role in rows(cursor, query, list(ROLES))}


def reader_writes(cursor: Cursor) -> list[str]:
    """Tables that the read-only role could change, other than sessions."""
    return [
        f"{READER}: has {privilege} on {table}"
        for table, privilege in sorted(table_grants(cursor, READER))
        if privilege != "SELECT" and table != "django_session"
    ]


def plain_foreign_keys(cursor: Cursor) -> list[str]:
    """Foreign keys between tenant tables that could point into another workspace."""
    tenants = tenant_columns(cursor)
    return [
        f"{name}: {child} -> {parent} does not lead with the workspace"
        for name, child, parent, child_columns, parent_columns in foreign_keys(cursor)
        if child in tenants
        and parent in tenants
        and (child_columns[0], parent_columns[0]) != (tenants[child], tenants[parent])
    ]


def foreign_keys(cursor: Cursor) -> list[tuple[str, str, str, list[str], list[str]]]:
    """Name, child, parent, columns of the child, columns of the parent."""
    query = """
        select k.conname, child.relname, parent.relname,
          (select array_agg(a.attname::text order by u.place) from unnest(k.conkey) with ordinality u(number, place)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number),
          (select array_agg(a.attname::text order by u.place) from unnest(k.confkey) with ordinality u(number, place)
             join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number)
        from pg_constraint k
          join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
        where k.contype = 'f' order by 1
    """
    return rows(cursor, query)  # type: ignore[return-value]  # the shape of the query above


def untied_columns(cursor: Cursor) -> list[str]:
    """Columns of tenant tables that name another row (`..._id`, uuid) and that no foreign key holds."""
    tenants = tenant_columns(cursor)
    tied = {(child, column) for _, child, _, columns, _ in foreign_keys(cursor) for column in columns}
    query = """
        select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype and a.attname like '%%\\_id'
          and c.relname = any(%s)
    """
    return [
        f"{table}.{column}: names a row that no key holds"
        for table, column in rows(cursor, query, sorted(tenants))
        if column != tenants[table] and (table, column) not in tied and (table, column) not in UNTIED
    ]


def unique_oracles(cursor: Cursor) -> list[str]:
    """Unique indexes (keys, constraints and bare ones) of tenant tables that do not lead with the workspace."""
    tenants = tenant_columns(cursor)
    query = """
        select i.relname, t.relname,
          (select a.attname from pg_attribute a where a.attrelid = t.oid and a.attnum = x.indkey[0])
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
        where x.indisunique and t.relname = any(%s)
    """
    return [
        f"{index}: unique on {table} without leading with the workspace"
        for index, table, first in rows(cursor, query, sorted(tenants))
        if first != tenants[table] and index not in UNIQUE_WITHOUT_WORKSPACE
    ]


def strange_code(cursor: Cursor) -> list[str]:
    """Functions that run as somebody else, views that do, and materialised views."""
    query = """
        select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_userbyid(p.proowner),
          coalesce(p.proconfig::text, ''), has_function_privilege('public', p.oid, 'execute')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname !~ '^(pg_|information_schema)'
    """
    complaints = []
    for name, owner, config, is_open in rows(cursor, query):
        if name not in SECURITY_DEFINER:
            complaints.append(f"{name}: runs as its owner and is not on the list")
        elif owner != SYSTEM or "search_path=pg_catalog" not in config or is_open:
            complaints.append(f"{name}: must belong to {SYSTEM}, fix its search path, and not be open to everybody")
    query = """
        select c.relname, c.relkind, coalesce(c.reloptions::text, '') from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and n.nspname !~ '^(pg_|information_schema)'
    """
    for name, kind, options in rows(cursor, query):
        if kind in (b"m", "m"):
            complaints.append(f"{name}: a materialised view has no row security")
        elif "security_invoker=true" not in options and "security_invoker=on" not in options:
            complaints.append(f"{name}: the view is not security_invoker")
    return complaints


def old_server(version: int) -> list[str]:
    """Whether the server is older than the least minor that is listed for its major."""
    least = LEAST_MINOR.get(version // 10_000)
    if least is None:
        return [] if version // 10_000 > max(LEAST_MINOR) else [f"server {version}: this major is too old"]
    return [f"server {version}: older than {least}"] if version < least else []


CHECKS = {
    check.__name__: check
    for check in (
        unknown_tables,
        unprotected_tables,
        wrong_policies,
        missing_sweeps,
        loose_roles,
        reader_writes,
        plain_foreign_keys,
        untied_columns,
        unique_oracles,
        strange_code,
    )
}
