"""Reading the wall back from PostgreSQL's own catalogue: every gap, in a sentence.

The catalogue is asked, not the models: a table made by hand or by a library counts as well.
"""

from __future__ import annotations

from typing import Any, Final

from core.database.global_tables import GLOBAL_TABLES
from core.database.wall import APP, AUDIT_POLICY, TENANT_POLICY, rights_on, tenant_models

# Functions that run with their owner's rights, each with its reason.
DEFINER_FUNCTIONS: Final[dict[str, str]] = {
    "core_log_note": "notes an entry of the log for linking; a trigger, of no use to a caller",
    "core_log_link": "links the entries of a commit into chains that the application only reads; a trigger",
}
_WITHOUT_POLICY = f"""
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = '{TENANT_POLICY}'
          AND p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL
          AND pg_get_expr(p.polqual, p.polrelid) LIKE '%stations_current_tenant()%'
          AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%stations_current_tenant()%'),
       (SELECT string_agg(p.polname, ', ') FROM pg_policy p WHERE p.polrelid = c.oid
          AND p.polname NOT IN ('{TENANT_POLICY}', '{AUDIT_POLICY}'))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
ORDER BY c.relname
"""
# Unique keys of tenants' tables in which the tenant has no part; a primary key alone tells nobody anything.
_UNIQUE_WITHOUT_TENANT = """
SELECT t.relname, i.relname
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relrowsecurity AND x.indisunique AND NOT x.indisprimary
  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id'
                  AND a.attnum = ANY (x.indkey))
ORDER BY 1, 2
"""
# Columns that point at a tenant's table without a second key beside them that carries the tenant.
_KEY_WITHOUT_TENANT = """
SELECT t.relname, k.conname
FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid
JOIN pg_class r ON r.oid = k.confrelid
WHERE k.contype = 'f' AND t.relnamespace = 'public'::regnamespace AND r.relrowsecurity
  AND cardinality(k.conkey) = 1
  AND NOT EXISTS (
    SELECT FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id'
    WHERE c.contype = 'f' AND c.conrelid = k.conrelid AND c.confrelid = k.confrelid AND c.convalidated
      AND c.conkey = ARRAY[a.attnum, k.conkey[1]])
ORDER BY 1, 2
"""
_VIEWS = """
SELECT c.relname, c.relkind::text,
       COALESCE(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
"""
_DEFINERS = """
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
"""
_GRANTS = """
SELECT c.relname, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND a.grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = %s))
GROUP BY c.relname
"""


def faults_of_tables(connection: Any) -> list[str]:
    """Every table, key, view and function that lets one tenant touch another's rows; empty when none."""
    with connection.cursor() as cursor:
        return [
            *_unwalled(cursor),
            *(
                f"{table}: unique {index} leaves the tenant out"
                for table, index in _rows(cursor, _UNIQUE_WITHOUT_TENANT)
            ),
            *(
                f"{table}: {key} does not carry the tenant"
                for table, key in _rows(cursor, _KEY_WITHOUT_TENANT)
            ),
            *_leaking_views(cursor),
            *(
                f"function {name} runs with its owner's rights"
                for (name,) in _rows(cursor, _DEFINERS)
                if name not in DEFINER_FUNCTIONS
            ),
            *_wrong_grants(cursor),
        ]


def _unwalled(cursor: Any) -> list[str]:
    faults = []
    for table, enabled, forced, policies, others in _rows(cursor, _WITHOUT_POLICY):
        if table in GLOBAL_TABLES:
            if enabled:
                faults.append(f"{table} is called global but has row-level security")
            continue
        missing = [
            *([] if enabled else ["row-level security"]),
            *([] if forced else ["FORCE"]),
            *([] if policies == 1 else ["the tenant's policy for reading and writing"]),
        ]
        if missing:
            faults.append(f"{table} lacks {', '.join(missing)}")
        if others:
            faults.append(f"{table} has a policy nobody knows: {others}")
    return faults


def _leaking_views(cursor: Any) -> list[str]:
    return [
        f"{name} is a materialised view" if kind == "m" else f"view {name} reads with its owner's rights"
        for name, kind, invoker in _rows(cursor, _VIEWS)
        if kind == "m" or not invoker
    ]


def _wrong_grants(cursor: Any) -> list[str]:
    cursor.execute(_GRANTS, [APP])
    held = dict(cursor.fetchall())
    faults = []
    for model in tenant_models():
        table = model._meta.db_table
        due = ", ".join(sorted(rights_on(model).split(", ")))
        if held.get(table) != due:
            faults.append(f"{table}: the application holds {held.get(table) or 'nothing'}, due is {due}")
    return faults


def _rows(cursor: Any, query: str) -> list[tuple[Any, ...]]:
    cursor.execute(query)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
