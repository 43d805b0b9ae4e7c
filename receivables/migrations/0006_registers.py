"""Every detail belongs to a register, and is sealed with it.

An application that reached no G/L account had no register once. Its details join the next register that wrote some;
those after the last one get a register of their own.
"""

from django.db import migrations

from posting.seal_layout import Sealed

JOIN_REGISTERS = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE posting_register DISABLE TRIGGER USER;
UPDATE posting_register r SET from_customer_detail_no = b.before + 1 FROM (
    SELECT register_no, coalesce(lag(to_customer_detail_no) OVER (ORDER BY register_no), 0) AS before
    FROM posting_register WHERE to_customer_detail_no IS NOT NULL
) AS b WHERE b.register_no = r.register_no AND r.from_customer_detail_no <> b.before + 1;
WITH left_over AS (
    SELECT min(d.entry_no) AS first, max(d.entry_no) AS last FROM receivables_detailedcustomerledgerentry d
    WHERE d.entry_no > coalesce((SELECT max(to_customer_detail_no) FROM posting_register), 0)
), head AS (
    UPDATE kernel_ledgerhead h SET register_no = h.register_no + 1 FROM left_over WHERE first IS NOT NULL
    RETURNING h.register_no
)
INSERT INTO posting_register (register_no, created_at, created_by, source_code, journal_batch,
    from_customer_detail_no, to_customer_detail_no)
SELECT register_no, now(), '', 'SALESAPPL', '', first, last FROM head CROSS JOIN left_over;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE posting_register ENABLE TRIGGER USER;
SET CONSTRAINTS ALL DEFERRED;
"""

CUSTOMERLEDGERENTRY = (
    "entry_no transaction_no sell_to_customer_no customer_name posting_date document_date due_date "
    "document_type document_no external_document_no description your_reference currency_code "
    "original_currency_factor amount amount_lcy salesperson_code payment_terms_code payment_method_code "
    "payment_reference balancing_account_no sales_lcy profit_lcy invoice_discount_lcy payment_discount_date "
    "payment_discount_tolerance_date original_payment_discount_possible max_payment_tolerance source_code "
    "reason_code journal_batch created_by prepayment customer_id customer_posting_group_id reverses_id"
)

DETAILEDCUSTOMERLEDGERENTRY = (
    "entry_no type posting_date document_type document_no amount amount_lcy correction currency_code "
    "transaction_no application_no initial_entry_due_date initial_document_type gen_bus_posting_group "
    "gen_prod_posting_group vat_bus_posting_group vat_prod_posting_group gl_entry_no "
    "remaining_payment_discount_before max_payment_tolerance_before payment_discount_date_before "
    "payment_discount_tolerance_date_before on_hold_before reminder_level_before source_code applied_entry_id "
    "customer_id customer_entry_id customer_posting_group_id reverses_id"
)

BANKLEDGERENTRY = (
    "entry_no transaction_no gl_entry_no posting_date document_type document_no external_document_no "
    "description currency_code amount amount_lcy source_code bank_account_id reverses_id"
)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0001_initial"),
        ("posting", "0010_seal"),
        ("receivables", "0005_changes"),
    ]

    operations = [
        migrations.RunSQL(JOIN_REGISTERS, migrations.RunSQL.noop),
        Sealed("receivables_customerledgerentry", CUSTOMERLEDGERENTRY, counter="gl_entry_no"),
        Sealed(
            "receivables_detailedcustomerledgerentry",
            DETAILEDCUSTOMERLEDGERENTRY,
            counter="customer_detail_no",
        ),
        Sealed("receivables_bankledgerentry", BANKLEDGERENTRY, counter="bank_entry_no"),
    ]
