from django.db import migrations

import core.sealed_fields
from core.backfill import seal_column


def seal_numbers(apps, schema_editor):
    seal_column(schema_editor, "stations_applicantunit", "contact_phone", "phone")
    seal_column(schema_editor, "stations_applicantunit", "bank_account", "bank_account")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_sealed_text"), ("stations", "0003_invitations")]

    operations = [
        migrations.AlterField(
            model_name="applicantunit",
            name="bank_account",
            field=core.sealed_fields.SealedField(blank=True, kind="bank_account", verbose_name="银行账号"),
        ),
        migrations.AlterField(
            model_name="applicantunit",
            name="contact_phone",
            field=core.sealed_fields.SealedField(kind="phone", verbose_name="联系电话"),
        ),
        migrations.RunPython(seal_numbers, migrations.RunPython.noop),
    ]
