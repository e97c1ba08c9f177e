"""The chain of the log: every entry is linked when its transaction commits, by the owner's own function."""

from django.db import migrations

# What a link is a hash over, format 1: an explicit list, so that columns added later change nothing. Texts are
# written as netstrings (`5:words,`; nothing at all is `-,`), so that no two lists read the same.
# `core.chain` recomputes it on a path of its own.
DIGEST = """
CREATE FUNCTION core_log_microseconds(moment timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT (extract(epoch FROM moment) * 1000000)::bigint::text $$;

CREATE FUNCTION core_log_hash(previous text, "position" bigint, e public.core_logentry) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written text := '';
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY[
        'stations.log.1', previous, "position"::text, e.tenant_id::text, e.id::text,
        core_log_microseconds(e.at), core_log_microseconds(e.recorded_at),
        e.actor_id::text, e.actor_name, e.role, e.origin, e.session, e.request,
        e.subject_type, e.subject_id::text, e.action, e.label, e.source, e.target, e.reason, e.clause,
        e.data::text, e.before::text, e.after::text
    ] LOOP
        written := written || CASE WHEN part IS NULL THEN '-,'
            ELSE octet_length(convert_to(part, 'UTF8')) || ':' || part || ',' END;
    END LOOP;
    RETURN encode(sha256(convert_to(written, 'UTF8')), 'hex');
END $$;
"""

UNDO_DIGEST = """
DROP FUNCTION core_log_hash(text, bigint, core_logentry);
DROP FUNCTION core_log_microseconds(timestamptz);
"""

# One entry to the end of its tenant's chain. The lock is held until the transaction ends, so the next one reads what
# this one wrote; unique keys stand behind it. Row-level security holds for the owner too, hence the tenant setting.
APPEND = """
CREATE FUNCTION core_log_append(tenant bigint, entry_to_link bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry core_logentry;
    last core_loglink;
BEGIN
    PERFORM set_config('stations.tenant', tenant::text, true);
    PERFORM pg_advisory_xact_lock(hashtextextended('core_loglink', tenant));
    SELECT * INTO entry FROM core_logentry WHERE id = entry_to_link AND tenant_id = tenant;
    SELECT * INTO last FROM core_loglink WHERE tenant_id = tenant ORDER BY position DESC LIMIT 1;
    INSERT INTO core_loglink (tenant_id, entry_id, position, version, previous, hash)
    VALUES (
        tenant, entry.id, coalesce(last.position, 0) + 1, 1, coalesce(last.hash, ''),
        core_log_hash(coalesce(last.hash, ''), coalesce(last.position, 0) + 1, entry)
    );
END $$;
REVOKE EXECUTE ON FUNCTION core_log_append(bigint, bigint) FROM PUBLIC;
"""

# Linking happens last of all that happens at commit, in two steps. Foreign keys are checked at commit as well and may
# wait for a row that somebody else holds; whoever then held the chain's lock would wait in a circle. So the deferred
# trigger of the entry only notes it, and the deferred trigger of the first note, which the server fires after all
# that was waiting before, links every entry of the transaction: tenant by tenant, in one order for everybody.
# The table of notes is empty whenever no transaction is committing; unlogged, because a crash undoes them anyway. It
# looks tiny to the planner and is full of dead rows until the next vacuum, hence no sequential scans.
TRIGGERS = """
CREATE UNLOGGED TABLE core_logwaiting (
    entry_id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    txid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX core_logwaiting_txid ON core_logwaiting (txid);
REVOKE ALL ON core_logwaiting FROM PUBLIC;

CREATE FUNCTION core_log_note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO core_logwaiting (tenant_id, entry_id) VALUES (NEW.tenant_id, NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION core_log_link() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    tenant_before text := coalesce(current_setting('stations.tenant', true), '');
    waiting record;
BEGIN
    PERFORM FROM core_logwaiting WHERE entry_id = NEW.entry_id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR waiting IN
        WITH taken AS (
            DELETE FROM core_logwaiting WHERE txid = pg_current_xact_id() RETURNING tenant_id, entry_id
        )
        SELECT tenant_id, entry_id FROM taken ORDER BY tenant_id, entry_id
    LOOP
        PERFORM core_log_append(waiting.tenant_id, waiting.entry_id);
    END LOOP;
    PERFORM set_config('stations.tenant', tenant_before, true);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER log_note AFTER INSERT ON core_logentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_log_note();
CREATE CONSTRAINT TRIGGER log_link AFTER INSERT ON core_logwaiting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_log_link();
"""

UNDO_TRIGGERS = """
DROP TRIGGER log_note ON core_logentry;
DROP TABLE core_logwaiting;
DROP FUNCTION core_log_link();
DROP FUNCTION core_log_note();
"""

APPEND_ONLY = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON core_loglink
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON core_loglink
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON core_loghead
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON core_loghead
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

UNDO_APPEND_ONLY = """
DROP TRIGGER append_only_rows ON core_loglink;
DROP TRIGGER append_only_table ON core_loglink;
DROP TRIGGER append_only_rows ON core_loghead;
DROP TRIGGER append_only_table ON core_loghead;
"""

# Entries from before the chain are linked in the order of their numbers.
BACKFILL = """
DO $$
DECLARE
    place record;
    old record;
BEGIN
    FOR place IN SELECT id FROM jurisdictions_jurisdiction ORDER BY id LOOP
        PERFORM set_config('stations.tenant', place.id::text, true);
        FOR old IN
            SELECT id FROM core_logentry e
            WHERE tenant_id = place.id
              AND NOT EXISTS (SELECT FROM core_loglink l WHERE l.tenant_id = place.id AND l.entry_id = e.id)
            ORDER BY id
        LOOP
            PERFORM core_log_append(place.id, old.id);
        END LOOP;
    END LOOP;
    PERFORM set_config('stations.tenant', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_log_origin_and_chain")]

    operations = [
        migrations.RunSQL(DIGEST, UNDO_DIGEST),
        migrations.RunSQL(APPEND, "DROP FUNCTION core_log_append(bigint, bigint)"),
        migrations.RunSQL(TRIGGERS, UNDO_TRIGGERS),
        migrations.RunSQL(APPEND_ONLY, UNDO_APPEND_ONLY),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
