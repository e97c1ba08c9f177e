from django.db import migrations

import core.sealed_fields
from core.backfill import seal_global_column


def seal_phones(apps, schema_editor):
    seal_global_column(schema_editor, "accounts_user", "phone", "phone")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sign_in")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="phone",
            field=core.sealed_fields.SealedField(blank=True, kind="phone", verbose_name="手机"),
        ),
        migrations.RunPython(seal_phones, migrations.RunPython.noop),
    ]
