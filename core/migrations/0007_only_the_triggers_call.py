"""Nobody but their triggers calls the functions of the chain: a trigger needs no grant to run its function.

With it anybody may hang them on a table of their own, and note entries that are another tenant's.
"""

from django.db import migrations

FUNCTIONS = "core_log_note(), core_log_link()"


class Migration(migrations.Migration):
    dependencies = [("core", "0006_chain")]
    operations = [
        migrations.RunSQL(
            f"REVOKE EXECUTE ON FUNCTION {FUNCTIONS} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {FUNCTIONS} TO PUBLIC",
        )
    ]
