"""The database keeps the customer ledger and the bank ledger: rows stay, and accounts stay with their rows."""

from django.db import migrations

from erp.kernel.fences import AppendOnly, LogChanges

# The customer ledger of a posting group must equal its account, which is therefore chosen once.
ACCOUNT_IS_FIXED = """
CREATE FUNCTION receivables_keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM receivables_customerledgerentry WHERE customer_posting_group_id = OLD.id) THEN
        RAISE EXCEPTION 'posting group % has entries: its receivables account can no longer change', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receivables_account_is_fixed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER receivables_account_is_fixed BEFORE UPDATE OF receivables_account_id ON customers_customerpostinggroup
    FOR EACH ROW WHEN (OLD.receivables_account_id IS DISTINCT FROM NEW.receivables_account_id)
    EXECUTE FUNCTION receivables_keep_account();

CREATE FUNCTION receivables_keep_bank_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM receivables_bankledgerentry AS entry
        JOIN receivables_bankaccount AS bank ON bank.id = entry.bank_account_id
        WHERE bank.posting_group_id = OLD.id
    ) THEN
        RAISE EXCEPTION 'bank posting group % has entries: its account can no longer change', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receivables_bank_account_is_fixed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER receivables_bank_account_is_fixed BEFORE UPDATE OF gl_account_id ON receivables_bankaccountpostinggroup
    FOR EACH ROW WHEN (OLD.gl_account_id IS DISTINCT FROM NEW.gl_account_id)
    EXECUTE FUNCTION receivables_keep_bank_account();
"""
ACCOUNT_MAY_CHANGE = """
DROP TRIGGER receivables_account_is_fixed ON customers_customerpostinggroup;
DROP FUNCTION receivables_keep_account();
DROP TRIGGER receivables_bank_account_is_fixed ON receivables_bankaccountpostinggroup;
DROP FUNCTION receivables_keep_bank_account();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0001_initial"),
        ("customers", "0001_initial"),
        ("kernel", "0001_initial"),
    ]

    operations = [
        AppendOnly("receivables_customerledgerentry"),
        AppendOnly("receivables_detailedcustomerledgerentry"),
        AppendOnly("receivables_bankledgerentry"),
        migrations.RunSQL(ACCOUNT_IS_FIXED, ACCOUNT_MAY_CHANGE),
        LogChanges("receivables_bankaccount", key="number"),
        LogChanges("receivables_bankaccountpostinggroup"),
        LogChanges("receivables_receivablessetup", key="id"),
    ]
