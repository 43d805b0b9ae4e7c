"""What writing costs besides the writing.

The feed's one function put its statement together anew for every statement; now each table and event has its own. The
change log looks for what changed first, and at names afterwards. Rights are kept as set-up is.
"""

from importlib import import_module

from django.db import migrations

from erp.kernel.fences import SetupTable
from erp.kernel.tracking import feeding

DIFFER = """
CREATE OR REPLACE FUNCTION kernel_differ(became record, was record) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    was.modified_at := became.modified_at;
    RETURN became IS DISTINCT FROM was;
END $$
"""

# What changed is looked for first: few columns do, and only their names are worth a look.
LOG_CHANGE = """
CREATE OR REPLACE FUNCTION kernel_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    this_row jsonb := coalesce(new_row, old_row);
    secret text := '(password|secret|token|api_key|private_key)';
    ignored text[] := string_to_array(TG_ARGV[1], ',') || 'modified_at'::text;
    who bigint := nullif(current_setting('handel.user', true), '')::bigint;
    record_id bigint := CASE WHEN this_row->>'id' ~ '^[0-9]{1,18}$' THEN (this_row->>'id')::bigint END;
    record_key text := (
        SELECT left(string_agg(coalesce(this_row->>name, ''), ' ' ORDER BY place), 250)
        FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS keys (name, place));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        WITH changed AS MATERIALIZED (
            SELECT key, was.value AS was, became.value AS became
            FROM jsonb_each_text(old_row) AS was JOIN jsonb_each_text(new_row) AS became USING (key)
            WHERE was.value IS DISTINCT FROM became.value
        )
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        SELECT statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, 'update', key, was, became
        FROM changed WHERE key <> ALL (ignored) AND key !~* secret ORDER BY key;
    ELSE
        ignored := ignored || ARRAY(SELECT name FROM jsonb_object_keys(this_row) AS name WHERE name ~* secret);
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        VALUES (statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, lower(TG_OP), '',
            (old_row - ignored)::text, (new_row - ignored)::text);
    END IF;
    RETURN NULL;
END $$
"""

# Statements that share a round trip tell nobody how many rows they wrote.
EXPECT = """
CREATE FUNCTION kernel_expect(written bigint, wanted bigint, miss text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF written <> wanted THEN
        RAISE EXCEPTION USING ERRCODE = 'HD001', MESSAGE = format(miss, wanted, written);
    END IF;
END $$
"""

FOLLOWED = r"""
SELECT c.relname, t.tgname, CASE t.tgtype & 28 WHEN 4 THEN 'INSERT' WHEN 8 THEN 'DELETE' ELSE 'UPDATE' END,
    (string_to_array(encode(t.tgargs, 'escape'), '\000'))[:t.tgnargs]
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgfoid = 'kernel_note_changes'::regproc ORDER BY c.relname, t.tgname
"""

# What says who may do what; who is active stands on the user, who is read each time.
RIGHTS = ("kernel_user_groups", "kernel_user_user_permissions", "auth_group_permissions")

earlier = {name: import_module(f"erp.kernel.migrations.{name}") for name in ("0004_stamped", "0006_changes")}


def give_each_its_own(apps, schema_editor):
    """Of tables that were put under the feed before."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
        followed = cursor.fetchall()
    quote = schema_editor.quote_name
    for table, trigger, event, arguments in followed:
        schema_editor.execute(f"DROP TRIGGER {quote(trigger)} ON {quote(table)}")
        for statement in feeding(table, trigger, event, arguments, quote_name=quote):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0011_application_role"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunSQL(DIFFER, migrations.RunSQL.noop),  # the triggers go on asking it
        migrations.RunSQL(EXPECT, "DROP FUNCTION kernel_expect(bigint, bigint, text)"),
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.RunSQL("DROP FUNCTION kernel_note_changes()", earlier["0006_changes"].NOTE_CHANGES),
        *(SetupTable(table) for table in RIGHTS),
        migrations.RunSQL(LOG_CHANGE, earlier["0004_stamped"].LOG_CHANGE),
    ]
