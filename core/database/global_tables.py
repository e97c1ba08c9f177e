"""The tables that belong to no tenant, each with its reason: the allow-list of the tenant wall.

A table that is neither here nor a `TenantModel` fails `core.database.catalogue`, and with it the
start of the program. `READ_ONLY` are those that only a migration writes.
"""

from typing import Final

GLOBAL_TABLES: Final[dict[str, str]] = {
    "account_emailaddress": "of the sign-in library, which asks for it; addresses stand with the person",
    "account_emailconfirmation": "of the sign-in library; addresses are not confirmed by mail here",
    "accounts_pastpassword": "hashes of a person's former passwords; a person is global",
    "accounts_user": "one account a person in all jurisdictions; posts and seats are tenant rows",
    "accounts_user_groups": "Django's own link table; the house grants to people, on objects of a tenant",
    "accounts_user_user_permissions": "Django's own link table; no right is given globally",
    "auth_group": "names of groups; no right is given globally",
    "auth_group_permissions": "Django's own link table",
    "auth_permission": "the list of rights there are, the same everywhere",
    "axes_accessattempt": "failed sign-ins are counted before anybody knows a tenant",
    "axes_accessattemptexpiration": "when a count of failed sign-ins ends",
    "axes_accessfailurelog": "of the guessing guard; not written, the chained log holds sign-ins",
    "axes_accesslog": "of the guessing guard; not written, the chained log holds sign-ins",
    "core_logwaiting": "entries of the log that are being linked at this commit; empty otherwise",
    "django_content_type": "the list of models there are",
    "django_migrations": "which migrations have run",
    "django_session": "signed-in browsers; a person's session spans the jurisdictions in which they act",
    "guardian_groupobjectpermission": "unused: rights stand in tables of their own that carry the tenant",
    "guardian_userobjectpermission": "unused: rights stand in tables of their own that carry the tenant",
    "jurisdictions_jurisdiction": "the tenants themselves; public names and addresses only",
    "mfa_authenticator": "a person's second factors, sealed; a person is global",
    "usersessions_usersession": "where a person is signed in; a person is global",
}

READ_ONLY: Final = frozenset(
    {
        "auth_permission",
        "core_logwaiting",
        "django_content_type",
        "django_migrations",
        "guardian_groupobjectpermission",
        "guardian_userobjectpermission",
    }
)

# What the audit role may read besides the tenants' tables.
AUDIT_READS: Final[dict[str, tuple[str, ...]]] = {
    "jurisdictions_jurisdiction": (),
    "django_content_type": (),
    "auth_permission": (),
    "accounts_user": ("id", "username", "full_name", "is_active"),
}
