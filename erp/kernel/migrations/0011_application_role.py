"""What the application asks of the database beyond its own role's rights is done with the owner's.

Sequences of number series come and go with the set-up, and belong to the owner as the tables do.
"""

from django.db import migrations

ANALYZE = """
CREATE FUNCTION kernel_analyze() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    ANALYZE;
END $$;
"""
# Temporary tables are looked for first unless they are named last: the application's role may make some, and what acts
# as the owner would take them for ours.
PATH = """
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION kernel_number_line() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION kernel_analyze() SET search_path = %I, pg_temp', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0010_mail_exactly_once")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION kernel_number_line() SECURITY DEFINER",
            "ALTER FUNCTION kernel_number_line() SECURITY INVOKER RESET ALL",
        ),
        migrations.RunSQL(ANALYZE, "DROP FUNCTION kernel_analyze()"),
        migrations.RunSQL(PATH, migrations.RunSQL.noop),
    ]
