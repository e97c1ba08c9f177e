from django.db import migrations

# Corrections are new journals; nothing that was booked or paid is ever changed or taken out.
TABLES = ("funding_ledgerentry", "funding_journal", "funding_release")

APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
    for table in TABLES
)

DROP_APPEND_ONLY = "".join(
    f"DROP TRIGGER append_only_rows ON {table}; DROP TRIGGER append_only_table ON {table};"
    for table in TABLES
)

# Asked at commit, when every entry of the journal is there: two or more, summing to zero.
BALANCED = """
CREATE FUNCTION funding_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    journal bigint := CASE TG_TABLE_NAME WHEN 'funding_journal' THEN NEW.id ELSE (to_jsonb(NEW)->>'journal_id')::bigint END;
    lines bigint;
    total numeric;
BEGIN
    SELECT count(*), COALESCE(sum(amount_fen), 0) INTO lines, total
        FROM funding_ledgerentry WHERE journal_id = journal;
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'journal % is not balanced: % entries, sum %', journal, lines, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_is_balanced AFTER INSERT ON funding_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding_check_balance();
CREATE CONSTRAINT TRIGGER entries_are_balanced AFTER INSERT ON funding_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding_check_balance();
"""

DROP_BALANCED = """
DROP TRIGGER journal_is_balanced ON funding_journal;
DROP TRIGGER entries_are_balanced ON funding_ledgerentry;
DROP FUNCTION funding_check_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_append_only"), ("funding", "0003_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
        migrations.RunSQL(BALANCED, DROP_BALANCED),
    ]
