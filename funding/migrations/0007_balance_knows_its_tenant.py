from django.db import migrations

# At commit the scope that booked may be over: the check reads the lines as the journal's own
# tenant, and leaves the setting as it found it.
CHECK_BALANCE = """
CREATE OR REPLACE FUNCTION funding_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    journal bigint := CASE TG_TABLE_NAME WHEN 'funding_journal' THEN NEW.id ELSE (to_jsonb(NEW)->>'journal_id')::bigint END;
    before text := COALESCE(current_setting('stations.tenant', true), '');
    lines bigint;
    total numeric;
BEGIN
    PERFORM set_config('stations.tenant', NEW.tenant_id::text, true);
    SELECT count(*), COALESCE(sum(amount_fen), 0) INTO lines, total
        FROM funding_ledgerentry WHERE journal_id = journal;
    PERFORM set_config('stations.tenant', before, true);
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'journal % is not balanced: % entries, sum %', journal, lines, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("funding", "0006_tenant_in_unique_keys")]

    operations = [migrations.RunSQL(CHECK_BALANCE, migrations.RunSQL.noop)]
