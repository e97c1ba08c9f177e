"""Refusing to serve anybody under a database role that could climb over the wall."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection as default_connection

_STANDING = """
SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
       (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)
         + (SELECT count(*) FROM pg_proc p WHERE p.proowner = r.oid)
         + (SELECT count(*) FROM pg_database d WHERE d.datdba = r.oid),
       (SELECT count(*) FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
           AND has_table_privilege(r.oid, c.oid, 'TRUNCATE')),
       (SELECT string_agg(g.rolname, ', ') FROM pg_roles g
         WHERE g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = current_user
"""


def faults_of_role(connection: Any = default_connection) -> list[str]:
    """What is wrong with the role that the program is signed in as; empty when it is safe."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        superuser, bypass, makes_roles, makes_databases, owned, truncates, member_of = cursor.fetchone()
    found = [
        (superuser, "it is a superuser"),
        (bypass, "it bypasses row-level security"),
        (makes_roles, "it may make roles"),
        (makes_databases, "it may make databases"),
        (owned, f"it owns {owned} objects"),
        (truncates, f"it may truncate {truncates} tables"),
        (member_of, f"it is a member of {member_of}"),
    ]
    return [sentence for wrong, sentence in found if wrong]


def require_safe_role(connection: Any = default_connection) -> None:
    """Raises `ImproperlyConfigured` in one sentence when the role could climb over the wall."""
    if faults := faults_of_role(connection):
        user = connection.settings_dict["USER"]
        raise ImproperlyConfigured(
            f"The database role {user!r} must not serve people: {'; '.join(faults)}. "
            "DATABASE_URL has to name the application's role (manage.py init_roles makes it)."
        )
