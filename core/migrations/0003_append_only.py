from django.db import migrations

# What was written stays written: the log is appended to, never changed. The triggers stop
# mistakes; an owner of the database can still take them off, which the audit must show.
REFUSE_CHANGE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

APPEND_ONLY_LOG = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON core_logentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON core_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

DROP_LOG = """
DROP TRIGGER append_only_rows ON core_logentry;
DROP TRIGGER append_only_table ON core_logentry;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION core_refuse_change()"),
        migrations.RunSQL(APPEND_ONLY_LOG, DROP_LOG),
    ]
