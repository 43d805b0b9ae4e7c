"""Balances, statistics and ageing; ledgers that only grow; projections that can be built anew."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from customers.selectors import credit_situation
from erp.kernel.errors import ErpError
from erp.kernel.ledger import LedgerIsAppendOnly
from erp.kernel.projections import rebuild_all
from receivables import selectors
from receivables.models.entries import (
    BankLedgerEntry,
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.routines.edit_open_item import edit_open_item
from tests.unit.receivables.company import AT
from tests.unit.receivables.refusals import refused


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def due(company, on: date) -> D:
    return selectors.balances_due([company.customer.pk], on).get(company.customer.pk, D(0))


def overdue(company, on: date) -> D:
    return selectors.overdue([company.customer.pk], on).get(company.customer.pk, D(0))


def test_due_today_is_due_and_not_overdue(company):
    company.invoice()
    assert due(company, day(31)) == 0
    assert (due(company, day(1, 4)), overdue(company, day(1, 4))) == (D("1250.00"), 0)
    assert (due(company, day(2, 4)), overdue(company, day(2, 4))) == (D("1250.00"), D("1250.00"))


def test_the_balance_knows_no_date_and_what_is_due_does(company):
    company.invoice()
    company.pay("500.00", day(10, 4))
    assert selectors.balance(company.customer.pk) == D("750.00")
    assert (due(company, day(1, 4)), due(company, day(10, 4))) == (D("1250.00"), D("750.00"))
    assert selectors.balance_on(company.customer.pk, day(1, 4)) == D("1250.00")


def test_the_credit_situation_knows_the_balance(company):
    company.invoice()
    company.customer.credit_limit = D("2000.00")
    situation = credit_situation(company.customer, on=day(2, 4))
    assert (situation.balance, situation.balance_due, situation.overdue) == (D("1250.00"),) * 3
    assert (situation.available_credit, situation.expended_percent) == (D("750.00"), D("62.50"))


def test_statistics_of_a_customer(company):
    invoice = company.invoice()
    company.credit_memo("100.00", "25.00", on=day(2))
    company.pay("1225.00", day(9), to=invoice)
    figures = selectors.statistics(company.customer, on=day(31))

    assert figures.this_year.sales == D("900.00")
    assert figures.this_year.invoices == D("1250.00")
    assert figures.this_year.credit_memos == D("125.00")
    assert figures.this_year.payments == D("1225.00")
    assert figures.this_year.payment_discounts == D("25.00")
    assert figures.this_year.documents == 2
    assert figures.this_year.net_change == figures.balance == D("-125.00")
    assert figures.last_year.sales == 0
    assert figures.last_payment_date == day(9)


def test_ageing_by_due_date(company):
    for due_on, amount in ((day(1, 5), "1.00"), (day(30, 4), "2.00"), (day(1, 4), "4.00"), (day(31), "8.00"),
                           (day(1), "16.00"), (day(1, 2), "32.00"), (day(31, 1), "64.00")):  # fmt: skip
        company.invoice(amount, "0.00", due=due_on, on=day(1, 1))
    aged = selectors.aged_receivables(on=day(30, 4), period="1M")
    assert aged.rows[0].buckets == (D("1.00"), D("6.00"), D("24.00"), D("32.00"), D("64.00"))
    assert aged.headings == ("not due", "1-30", "31-61", "62-89", "> 89")
    assert aged.total == aged.rows[0].total == D("127.00")
    company.check()


def test_ageing_by_posting_date(company):
    company.invoice("1.00", "0.00", on=day(30, 4))
    company.invoice("2.00", "0.00", on=day(1))
    aged = selectors.aged_receivables(on=day(30, 4), by="posting", period="30D")
    assert aged.rows[0].buckets == (D("1.00"), 0, D("2.00"), 0, 0)


def test_ageing_of_an_earlier_day_opens_what_was_paid_since(company):
    invoice = company.invoice(discount="0.00")
    company.pay("1250.00", day(20), to=invoice)
    assert selectors.aged_receivables(on=day(19)).total == D("1250.00")
    assert selectors.aged_receivables(on=day(20)).rows == ()


def test_ageing_periods_step_back(company):
    assert selectors.bucket_starts(day(30, 4), "30D")[:2] == [day(1, 4), day(2)]
    assert selectors.bucket_starts(day(30, 4), "1M+CM")[0] == day(30, 4)
    for period in ("CM+1M", "-1M", "", "NONSENSE"):
        with refused("E-AG-PERIOD"):
            selectors.bucket_starts(day(15, 4), period)


def test_ageing_follows_a_due_date_that_was_changed(company):
    invoice = company.invoice()
    edit_open_item(invoice, due_date=day(1, 6), by=company.by, at=AT)
    assert selectors.aged_receivables(on=day(30, 4)).rows[0].buckets[0] == D("1250.00")


@pytest.mark.parametrize("model", [CustomerLedgerEntry, DetailedCustomerLedgerEntry, BankLedgerEntry])
def test_the_database_refuses_to_change_ledgers(company, model):
    company.pay("5.00")
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what is deferred would stand in the way of a TRUNCATE
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET document_no = 'X'",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with (
            pytest.raises((InternalError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(LedgerIsAppendOnly):
        model.objects.update(document_no="X")
    with pytest.raises(LedgerIsAppendOnly):
        model.objects.first().delete()


def test_the_account_of_a_group_with_entries_is_fixed(company):
    company.invoice()
    group = company.groups["DOMESTIC"]
    group.receivables_account = company.accounts["1110"]
    with pytest.raises(IntegrityError), transaction.atomic():
        group.save()
    unused = company.groups["EU"]
    unused.receivables_account = company.accounts["1120"]
    unused.save()


def test_projections_can_be_built_anew(company):
    invoice = company.invoice()
    other = company.invoice("400.00", "100.00")
    company.pay("600.00", day(9), to=invoice)
    payment = company.pay("490.00", day(9), to=other)
    company.unapply(payment.entry_no)
    items = list(OpenItem.objects.order_by("pk").values())
    balances = list(
        CustomerBalance.objects.order_by("customer_id").values("customer_id", "amount", "amount_lcy")
    )

    OpenItem.objects.filter(pk=invoice).delete()
    OpenItem.objects.filter(pk=other).update(remaining_amount=D("1.00"))
    CustomerBalance.objects.all().delete()
    with pytest.raises(AssertionError):
        company.check()
    rebuild_all()

    assert list(OpenItem.objects.order_by("pk").values()) == items
    assert (
        list(CustomerBalance.objects.order_by("customer_id").values("customer_id", "amount", "amount_lcy"))
        == balances
    )
    company.check()


def test_what_a_broken_law_says(company):
    invoice = company.invoice()
    OpenItem.objects.filter(pk=invoice).update(
        remaining_amount=D("-1.00"), remaining_payment_discount=D("-5.00")
    )
    with pytest.raises(AssertionError) as caught:
        company.check()
    message = str(caught.value)
    assert all(code in message for code in ("I-7", "I-8", "I-9", "I-16"))
    assert f"Entry {invoice}" in message


def test_a_customer_with_entries_is_not_deleted(company):
    from customers.routines.delete import delete_customer

    company.invoice()
    with pytest.raises(ErpError) as caught:
        delete_customer(company.customer, on=day(1))
    assert [problem.code for problem in caught.value.problems] == [
        "E-CU-DEL-FY", "E-CU-DEL-OPEN", "E-CU-DEL-HIST",
    ]  # fmt: skip
    unused = company.add_customer("C2")
    delete_customer(unused, on=day(1))
