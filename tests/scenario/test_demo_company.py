"""# The demo company

Fjord & Polder Trading sells goods for homes and workshops from Zwolle and Göteborg to forty customers in nine
countries. A year of its business is posted by the same routines that everybody uses, up to today, so that every list
and every ledger has something true to show.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Sum

from customers import card
from customers.models import Customer
from customers.selectors import vat_formats
from erp.demo import load_demo
from erp.demo.load import DemoRefused
from erp.demo_users import DEMO_USERS
from erp.kernel.invariants import run_all
from erp.kernel.models import OutboxMessage, User
from erp.setup_data import load_setup
from inventory.models import Item, Stock
from posting.models import GeneralLedgerSetup, GLEntry, VATEntry
from receivables.models import CustomerLedgerEntry, OpenItem
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def test_a_small_year_of_the_company_adds_up():
    """A tenth of its business: everything is there in kind, and every law of every ledger holds."""
    months = []
    loaded = load_demo(on=TODAY, at=NOW, scale=0.1, tell=months.append)

    # Its masters are whole, and its people can log in.
    assert (Customer.objects.count(), Item.objects.count()) == (40, 60)
    assert sorted(set(Customer.objects.values_list("country_code", flat=True))) == [
        "BE", "DE", "DK", "FI", "GB", "NL", "NO", "SE", "US",
    ]  # fmt: skip
    problems = [
        problem
        for customer in Customer.objects.all()
        for problem in card.check(customer, formats=vat_formats(customer.country_code))
    ]
    assert problems == []
    assert [person.username for person in DEMO_USERS if not log_in(person)] == []

    # The year runs up to today, in order, and nothing lies in the future.
    assert [month.strftime("%Y-%m") for month in months] == [
        "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12",
        "2026-01", "2026-02", "2026-03", "2026-04", "2026-05",
    ]  # fmt: skip
    dates = GLEntry.objects.order_by("posting_date").values_list("posting_date", flat=True)
    assert date(2025, 5, 20) <= dates.first() and dates.last() <= TODAY

    # Orders have been shipped and invoiced, invoices paid; some business is still open.
    assert SalesShipment.objects.count() == loaded.done["shipments"] > 30
    assert SalesInvoice.objects.count() == loaded.done["invoices"] > 30
    assert SalesCreditMemo.objects.count() == loaded.done["credit memos"]
    assert SalesDocument.objects.quotes().exists() and SalesDocument.objects.orders().exists()
    assert CustomerLedgerEntry.objects.filter(document_type="payment").count() == loaded.done["payments"]
    assert OpenItem.objects.filter(due_date__lt=TODAY).exists()
    assert OpenItem.objects.exclude(currency_code="").exists()
    assert Stock.objects.filter(quantity__lt=0).count() == 0
    assert {"S", "K", "G"} <= set(VATEntry.objects.values_list("tax_category", flat=True))

    # The trial balance is zero, the sub-ledgers agree with it, and nobody is told of last year's papers.
    assert GLEntry.objects.aggregate(total=Sum("amount"))["total"] == 0
    assert [f"{law.code}: {law.finding.failures[:3]}" for law in run_all() if not law.holds] == []
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert GeneralLedgerSetup.objects.get().allow_posting_from == date(2026, 4, 1)

    # It is loaded once.
    with pytest.raises(DemoRefused, match=r"customers \(40\), items \(60\)"):
        load_demo(on=TODAY, at=NOW)


def log_in(person):
    user = authenticate(username=person.username, password=person.password)
    return user is not None and user.is_staff and user.groups.filter(name=person.role).exists()


def test_it_is_refused_where_there_is_data(world):
    """A company at work is never mixed with the demo."""
    world.customer("Adatum")
    with pytest.raises(CommandError, match=r"this one holds customers \(1\)\. .*make reset"):
        call_command("demo")
    assert not User.objects.filter(username="clerk").exists()


def test_it_is_refused_in_the_books_of_another_country():
    load_setup(on=TODAY, country="NO")
    with pytest.raises(CommandError, match="set up for NO in NOK, not for NL in EUR"):
        call_command("demo")
    assert not Item.objects.exists()


def test_a_scale_out_of_range_is_refused():
    with pytest.raises(CommandError, match=r"between 0\.05 and 2, not 30"):
        call_command("demo", scale=30)


def test_a_user_who_is_there_keeps_the_password():
    """The log-ins of the demo are known to everybody; whoever has the name already is not handed over."""
    User.objects.create_user("clerk", password="something else")
    load_demo(on=TODAY, at=NOW, scale=0)
    assert authenticate(username="clerk", password="something else") is not None
    assert authenticate(username="clerk", password="clerk-demo") is None
    assert D(GLEntry.objects.count()) > 0
