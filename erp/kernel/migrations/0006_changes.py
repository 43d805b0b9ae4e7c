import django.contrib.postgres.functions
from django.db import migrations, models

# The lock under which a transaction writes to the feed says how far the feed was before: 0x4846 and 44 bits for that.
# Whoever reads no further than all such locks say never skips a change that is committed late.
FEED_IS_OPEN = """
CREATE FUNCTION kernel_open_feed() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('handel.feed', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared(
            (18502::bigint << 44) + CASE WHEN is_called THEN last_value ELSE 0 END) FROM kernel_change_id_seq;
        PERFORM set_config('handel.feed', 'open', true);  -- goes with a savepoint, as the lock does
    END IF;
END $$
"""

# Two statements on purpose: first how far the feed is, then who is writing to it.
SAFE_SEQUENCE = """
CREATE FUNCTION kernel_safe_sequence() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last_one bigint;
    being_written bigint;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last_one FROM kernel_change_id_seq;
    SELECT min((classid::bigint << 32 | objid::bigint) & ((1::bigint << 44) - 1)) INTO being_written FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 12 = 18502
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(last_one, being_written);
END $$
"""

# Arguments: set, identifier, row and number of a record `r` as SQL; its primary key; then either whether it lives on
# in a twin, as SQL, or 'collection'. For parts of a whole: the column that leads to the whole, its table, its key.
NOTE_CHANGES = """
CREATE FUNCTION kernel_note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    records text := CASE TG_OP WHEN 'DELETE' THEN 'was' ELSE 'became' END;
    kind text := CASE TG_OP WHEN 'INSERT' THEN '''created''' WHEN 'UPDATE' THEN '''updated''' ELSE '''deleted''' END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT format('(SELECT n.* FROM became n JOIN was o USING (%I) WHERE ROW(%s) IS DISTINCT FROM ROW(%s))',
            TG_ARGV[4], string_agg(format('n.%I', attname), ','), string_agg(format('o.%I', attname), ','))
        INTO records FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> 'modified_at';
    END IF;
    IF TG_NARGS > 6 THEN
        kind := '''updated''';
        records := format('(SELECT * FROM %I WHERE %I IN (SELECT p.%I FROM %s p))',
            TG_ARGV[7], TG_ARGV[8], TG_ARGV[6], records);
    ELSIF TG_ARGV[5] = 'collection' THEN
        kind := '''collection''';
        records := format('(SELECT FROM %s LIMIT 1)', records);
    ELSIF TG_OP <> 'UPDATE' AND TG_ARGV[5] <> 'false' THEN
        kind := format('CASE WHEN %s THEN ''updated'' ELSE %s END', TG_ARGV[5], kind);
    END IF;
    PERFORM kernel_open_feed();
    EXECUTE format('
        INSERT INTO kernel_change AS c (entity, key, row_id, number, kind, xid)
        SELECT %1$s, %2$s, %3$s, %4$s, %5$s, pg_current_xact_id()::text::bigint FROM %6$s r WHERE %1$s IS NOT NULL
        ON CONFLICT (xid, entity, key, row_id) DO UPDATE SET number = %7$s, kind = CASE
            WHEN c.kind = ''created'' AND excluded.kind = ''deleted'' THEN ''''
            WHEN c.kind = ''created'' THEN ''created''
            WHEN c.kind = ''deleted'' AND excluded.kind <> ''deleted'' THEN ''updated''
            ELSE excluded.kind END',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], kind, records,
        CASE TG_OP WHEN 'DELETE' THEN 'c.number' ELSE 'excluded.number' END);  -- a twin has another number
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_access_tokens")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entity", models.CharField(max_length=40, verbose_name="set")),
                ("key", models.UUIDField(null=True, verbose_name="ID")),
                ("row_id", models.BigIntegerField(null=True, verbose_name="row")),
                ("number", models.CharField(blank=True, max_length=50, verbose_name="No.")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("deleted", "Deleted"),
                            ("collection", "Several"),
                            ("", "–"),
                        ],
                        max_length=10,
                        verbose_name="change",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(), verbose_name="at"
                    ),
                ),
                ("xid", models.BigIntegerField(verbose_name="transaction")),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "change feed",
                "ordering": ["id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["entity", "id"], name="kernel_change_of_set"),
                    models.Index(fields=["at"], name="kernel_change_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("xid", "entity", "key", "row_id"),
                        name="kernel_one_change_a_transaction",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunSQL(FEED_IS_OPEN, "DROP FUNCTION kernel_open_feed()"),
        migrations.RunSQL(SAFE_SEQUENCE, "DROP FUNCTION kernel_safe_sequence()"),
        migrations.RunSQL(NOTE_CHANGES, "DROP FUNCTION kernel_note_changes()"),
    ]
