from django.db import migrations

# A row says by itself when it was changed last, unless whoever changes it says so.
STAMP = """
CREATE FUNCTION kernel_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.modified_at IS NOT DISTINCT FROM OLD.modified_at AND NEW IS DISTINCT FROM OLD THEN
        NEW.modified_at := now();
    END IF;
    RETURN NEW;
END $$
"""

# As it was, but for the moment of the last change: that is no change by itself.
LOG_CHANGE = """
CREATE OR REPLACE FUNCTION kernel_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    this_row jsonb := coalesce(new_row, old_row);
    hidden text[] := string_to_array(TG_ARGV[1], ',') || ARRAY(
        SELECT name FROM jsonb_object_keys(this_row) AS name
        WHERE name ~* '(password|secret|token|api_key|private_key)'
            OR name = 'modified_at');
    who bigint := nullif(current_setting('handel.user', true), '')::bigint;
    record_id bigint := CASE WHEN this_row->>'id' ~ '^[0-9]{1,18}$' THEN (this_row->>'id')::bigint END;
    record_key text := (
        SELECT left(string_agg(coalesce(this_row->>name, ''), ' ' ORDER BY place), 250)
        FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS keys (name, place));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        SELECT statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, 'update', key, was.value, became.value
        FROM jsonb_each_text(old_row - hidden) AS was JOIN jsonb_each_text(new_row - hidden) AS became USING (key)
        WHERE was.value IS DISTINCT FROM became.value ORDER BY key;
    ELSE
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        VALUES (statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, lower(TG_OP), '',
            (old_row - hidden)::text, (new_row - hidden)::text);
    END IF;
    RETURN NULL;
END $$
"""

LOG_CHANGE_BEFORE = """
CREATE OR REPLACE FUNCTION kernel_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    this_row jsonb := coalesce(new_row, old_row);
    hidden text[] := string_to_array(TG_ARGV[1], ',') || ARRAY(
        SELECT name FROM jsonb_object_keys(this_row) AS name
        WHERE name ~* '(password|secret|token|api_key|private_key)');
    who bigint := nullif(current_setting('handel.user', true), '')::bigint;
    record_id bigint := CASE WHEN this_row->>'id' ~ '^[0-9]{1,18}$' THEN (this_row->>'id')::bigint END;
    record_key text := (
        SELECT left(string_agg(coalesce(this_row->>name, ''), ' ' ORDER BY place), 250)
        FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS keys (name, place));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        SELECT statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, 'update', key, was.value, became.value
        FROM jsonb_each_text(old_row - hidden) AS was JOIN jsonb_each_text(new_row - hidden) AS became USING (key)
        WHERE was.value IS DISTINCT FROM became.value ORDER BY key;
    ELSE
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        VALUES (statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, lower(TG_OP), '',
            (old_row - hidden)::text, (new_row - hidden)::text);
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_workplace")]

    operations = [
        migrations.RunSQL(STAMP, "DROP FUNCTION kernel_stamp()"),
        migrations.RunSQL(LOG_CHANGE, LOG_CHANGE_BEFORE),
    ]
