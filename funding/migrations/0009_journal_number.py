from django.db import migrations, models

from core.backfill import each_tenant

SERIES = "journal"
NUMBER = """
UPDATE funding_journal SET number = counted.place
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM funding_journal WHERE tenant_id = %s) AS counted
WHERE funding_journal.id = counted.id AND funding_journal.tenant_id = %s
"""
GO_ON = """
INSERT INTO core_series (tenant_id, name, last)
SELECT %s, %s, count(*) FROM funding_journal WHERE tenant_id = %s HAVING count(*) > 0
ON CONFLICT (tenant_id, name) DO UPDATE SET last = EXCLUDED.last
"""


def number_journals(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        # What was booked is never changed, but for this once: it gets the number that it is called by.
        cursor.execute("ALTER TABLE funding_journal DISABLE TRIGGER append_only_rows")
        for tenant in each_tenant(cursor):
            cursor.execute(NUMBER, [tenant, tenant])
            cursor.execute(GO_ON, [tenant, SERIES, tenant])
        cursor.execute("ALTER TABLE funding_journal ENABLE TRIGGER append_only_rows")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_sealed_text"), ("funding", "0008_sealed_numbers")]

    operations = [
        migrations.AddField(
            model_name="journal",
            name="number",
            field=models.PositiveIntegerField(null=True, verbose_name="凭证号"),
        ),
        migrations.RunPython(number_journals, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="journal",
            name="number",
            field=models.PositiveIntegerField(verbose_name="凭证号"),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.UniqueConstraint(fields=("tenant", "number"), name="journal_number_once"),
        ),
    ]
