import hashlib
import json

import django.contrib.postgres.indexes
from django.db import migrations, models

from applications.dossier.persons import identities_in
from core.backfill import each_tenant, seal_for
from core.vault import Sealed
from jurisdictions.engine import cell_error, parse_profile


def seal_rosters(apps, schema_editor):
    rules = {}
    with schema_editor.connection.cursor() as cursor:
        for tenant in each_tenant(cursor):
            cursor.execute("SELECT id, text FROM jurisdictions_ruleprofile WHERE tenant_id = %s", [tenant])
            rules |= {pk: parse_profile(text, source=f"RuleProfile {pk}") for pk, text in cursor.fetchall()}
            cursor.execute(
                "SELECT a.id, r.profile_id, a.rosters::text, a.created_at::date FROM applications_application a"
                " JOIN applications_round r ON r.id = a.round_id WHERE a.tenant_id = %s",
                [tenant],
            )
            for pk, profile, rosters, day in cursor.fetchall():
                sealed = _sealed(cursor, tenant, rules[profile], json.loads(rosters), day)
                cursor.execute(
                    "UPDATE applications_application SET rosters = %s::jsonb, persons = %s::jsonb WHERE id = %s",
                    [json.dumps(sealed), json.dumps(identities_in(rules[profile], sealed)), pk],
                )
                _seal_versions(cursor, tenant, rules[profile], pk, day)


def _seal_versions(cursor, tenant, rules, application, day):
    """What was handed in, with its numbers sealed; the digest is that of the sealed content from here on."""
    cursor.execute(
        "SELECT id, content::text FROM applications_applicationversion WHERE application_id = %s",
        [application],
    )
    for pk, text in cursor.fetchall():
        content = json.loads(text)
        content["rosters"] = _sealed(cursor, tenant, rules, content["rosters"], day)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        cursor.execute(
            "UPDATE applications_applicationversion SET content = %s::jsonb, digest = %s WHERE id = %s",
            [json.dumps(content), hashlib.sha256(canonical.encode()).hexdigest(), pk],
        )


def _sealed(cursor, tenant, rules, rosters, day):
    for roster in rules.rosters:
        for row in rosters.get(roster.name) or ():
            for column in roster.columns:
                text = row.get(column.name)
                if column.is_personal and isinstance(text, str) and text:
                    found = seal_for(cursor, tenant, column.type, text)
                    row[column.name] = Sealed(str(found), found.ref, cell_error(column, text, day) or "").cell
    return rosters


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_tenant_in_unique_keys"),
        ("core", "0004_sealed_text"),
        ("jurisdictions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="persons",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddIndex(
            model_name="application",
            index=django.contrib.postgres.indexes.GinIndex(fields=["persons"], name="application_persons"),
        ),
        migrations.RunPython(seal_rosters, migrations.RunPython.noop),
    ]
