-- The four roles of the system, made or put right by a superuser; may run any number of times.
-- `psql -v` is not needed: passwords are set apart, by `manage.py init_roles` or by hand.
--
--   stations_owner   owns the tables and runs migrations; nothing else signs in as it
--   stations_app     web and worker: rows of one tenant at a time, no TRUNCATE, owns nothing
--   stations_audit   reads what an audit recomputes, in every tenant; no passwords, no sessions
--   stations_backup  reads everything, for dumps
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['stations_owner', 'stations_app', 'stations_audit', 'stations_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS', wanted);
    END LOOP;
END $$;
ALTER ROLE stations_backup BYPASSRLS;
GRANT pg_read_all_data TO stations_backup;
ALTER ROLE stations_audit SET default_transaction_read_only = on;
ALTER ROLE stations_backup SET default_transaction_read_only = on;

-- The database and what an earlier version may have left in it belong to the owner.
DO $$
DECLARE
    thing record;
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO stations_owner', current_database());
    EXECUTE 'ALTER SCHEMA public OWNER TO stations_owner';
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM PUBLIC';
    FOR thing IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND c.relowner <> 'stations_owner'::regrole
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO stations_owner', thing.name);
    END LOOP;
    FOR thing IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'stations_owner'::regrole
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO stations_owner', thing.name);
    END LOOP;
END $$;
