"""The database keeps the ledgers whole, whoever writes them.

Registers follow one another without a gap, hold exactly the G/L entries of their range, and sum to zero per
transaction and posting date; checked once per register at the latest at the commit. No entry joins a register that
is written already.
"""

from django.db import migrations

from erp.kernel.fences import AppendOnly, LogChanges

REGISTER_BALANCES = """
CREATE FUNCTION posting_check_register() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous bigint;
    entries bigint;
    off record;
BEGIN
    SELECT coalesce(max(to_gl_entry_no), 0) INTO previous FROM posting_register WHERE register_no < NEW.register_no;
    IF (NEW.from_gl_entry_no IS NULL) <> (NEW.to_gl_entry_no IS NULL)
       OR NEW.from_gl_entry_no > NEW.to_gl_entry_no OR NEW.from_gl_entry_no <> previous + 1 THEN
        RAISE EXCEPTION 'register % has the range % to %, which does not follow entry %',
            NEW.register_no, NEW.from_gl_entry_no, NEW.to_gl_entry_no, previous
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_register_balances';
    END IF;
    SELECT count(*) INTO entries FROM posting_glentry
    WHERE entry_no BETWEEN NEW.from_gl_entry_no AND NEW.to_gl_entry_no AND register_id = NEW.register_no;
    IF entries <> coalesce(NEW.to_gl_entry_no - NEW.from_gl_entry_no + 1, 0) OR EXISTS (
        SELECT FROM posting_glentry
        WHERE entry_no > coalesce(NEW.to_gl_entry_no, previous) AND register_id = NEW.register_no
    ) THEN
        RAISE EXCEPTION 'register % does not hold exactly the entries % to %',
            NEW.register_no, NEW.from_gl_entry_no, NEW.to_gl_entry_no
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_register_balances';
    END IF;
    SELECT transaction_no, posting_date, sum(amount) AS amount INTO off FROM posting_glentry
    WHERE entry_no BETWEEN NEW.from_gl_entry_no AND NEW.to_gl_entry_no
    GROUP BY transaction_no, posting_date HAVING sum(amount) <> 0
    ORDER BY transaction_no, posting_date LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % is out of balance by % on %', off.transaction_no, off.amount, off.posting_date
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_register_balances';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER posting_register_balances AFTER INSERT ON posting_register
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_check_register();
"""

REGISTER_IS_CLOSED = """
CREATE FUNCTION posting_check_new_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_register bigint;
BEGIN
    SELECT min(register_id) INTO first_register FROM added;
    IF first_register <= (SELECT max(register_no) FROM posting_register) THEN
        RAISE EXCEPTION 'register % is written already and takes no more entries', first_register
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_register_is_closed';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER posting_register_is_closed AFTER INSERT ON posting_glentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_check_new_entries();
"""


class Migration(migrations.Migration):
    dependencies = [("posting", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("posting_register"),
        AppendOnly("posting_glentry"),
        AppendOnly("posting_vatentry"),
        migrations.RunSQL(
            REGISTER_BALANCES,
            "DROP TRIGGER posting_register_balances ON posting_register; DROP FUNCTION posting_check_register();",
        ),
        migrations.RunSQL(
            REGISTER_IS_CLOSED,
            "DROP TRIGGER posting_register_is_closed ON posting_glentry; DROP FUNCTION posting_check_new_entries();",
        ),
        LogChanges("posting_glaccount", key="number"),
        LogChanges("posting_generalbusinessgroup"),
        LogChanges("posting_generalproductgroup"),
        LogChanges("posting_vatbusinessgroup"),
        LogChanges("posting_vatproductgroup"),
        LogChanges("posting_generalledgersetup", key="id"),
        LogChanges(
            "posting_generalpostingsetup", key=("gen_bus_posting_group_id", "gen_prod_posting_group_id")
        ),
        LogChanges("posting_vatpostingsetup", key=("vat_bus_posting_group_id", "vat_prod_posting_group_id")),
        LogChanges("posting_vatclause"),
        LogChanges("posting_currency"),
        LogChanges("posting_exchangerate", key=("currency_id", "starting_date")),
        LogChanges("posting_accountingperiod", key="starting_date"),
        LogChanges("posting_userpostingdates", key="user_id"),
    ]
