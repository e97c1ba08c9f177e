from django.db import migrations

import core.sealed_fields
from core.backfill import seal_column


def seal_contacts(apps, schema_editor):
    seal_column(schema_editor, "notices_objection", "objector_contact", "contact")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_sealed_text"), ("notices", "0002_tenant_in_unique_keys")]

    operations = [
        migrations.AlterField(
            model_name="objection",
            name="objector_contact",
            field=core.sealed_fields.SealedField(kind="contact", verbose_name="联系方式"),
        ),
        migrations.RunPython(seal_contacts, migrations.RunPython.noop),
    ]
