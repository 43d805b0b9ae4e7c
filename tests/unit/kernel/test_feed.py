"""The change feed: every record that changed, once per transaction, in an order that loses nothing."""

from datetime import timedelta
from decimal import Decimal as D
from threading import Event
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.models import PaymentMethod
from erp.kernel.bulk import COPY_FROM, insert_rows
from erp.kernel.feed import Change, changes_after, forget_changes, safe_sequence
from inventory.models import UnitOfMeasure
from sales.masters import NewLine
from sales.models import SalesInvoice
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.routines.post import post
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def since():
    """What the feed says since the test began, or since it was asked last."""
    sequence = safe_sequence()

    def ask(*entities):
        nonlocal sequence
        found = changes_after(sequence, entities or None)
        sequence = safe_sequence()
        return [(change.entity, change.number, change.kind) for change in found]

    return ask


def method(code="CASH") -> PaymentMethod:
    return PaymentMethod.objects.create(code=code)


def test_a_record_is_made_changed_and_deleted(since):
    cash = method()
    made = Change.objects.get()
    assert (made.key, made.row_id) == (cash.uuid, None)
    assert since() == [("paymentMethods", "CASH", "created")]
    PaymentMethod.objects.update(description="Notes and coins")
    assert since() == [("paymentMethods", "CASH", "updated")]
    cash.delete()
    assert since() == [("paymentMethods", "CASH", "deleted")]


def test_a_change_that_changes_nothing_is_none(since):
    cash = method()
    since()
    cash.save()
    PaymentMethod.objects.update(description="")
    PaymentMethod.objects.update(modified_at=timezone.now())  # no field but the moment itself
    assert since() == []


def test_bulk_changes_show_record_by_record(since):
    PaymentMethod.objects.bulk_create([PaymentMethod(code=str(n)) for n in range(3)])
    assert since() == [("paymentMethods", str(n), "created") for n in range(3)]
    PaymentMethod.objects.filter(code__gt="0").update(description="x")
    assert since() == [("paymentMethods", "1", "updated"), ("paymentMethods", "2", "updated")]


class Row(NamedTuple):
    uuid: UUID
    code: str


def test_rows_that_are_copied_in_show(since):
    with transaction.atomic():
        insert_rows(UnitOfMeasure, [Row(uuid4(), str(n)) for n in range(COPY_FROM)])
    assert len(since("unitsOfMeasure")) == COPY_FROM


@pytest.mark.parametrize(
    ("is_there", "steps", "said"),
    [
        (False, ["make", "change"], ["created"]),
        (False, ["make", "delete"], []),
        (False, ["make", "delete", "make"], ["created"]),
        (True, ["change", "change"], ["updated"]),
        (True, ["change", "delete"], ["deleted"]),
        (True, ["delete", "make"], ["updated"]),
    ],
)
def test_within_a_transaction_a_record_appears_once(since, is_there, steps, said):
    given = method() if is_there else PaymentMethod(code="CASH")
    since()
    does = {
        "make": lambda: PaymentMethod.objects.create(code="CASH", uuid=given.uuid),
        "change": lambda: PaymentMethod.objects.update(description=str(uuid4())),
        "delete": lambda: PaymentMethod.objects.all().delete(),
    }
    with transaction.atomic():
        for step in steps:
            does[step]()
    assert since() == [("paymentMethods", "CASH", kind) for kind in said]


def test_what_is_rolled_back_was_never_said(since):
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            method("A")
            raise ZeroDivisionError
        method("B")
    assert since() == [("paymentMethods", "B", "created")]


def test_nobody_reads_beyond_a_transaction_that_is_still_writing(since):
    """The slow one drew its number first and commits last; the fast one's change waits, so that none is skipped."""
    written, looked = Event(), Event()

    def slow():
        with transaction.atomic():
            method("SLOW")
            written.set()
            assert looked.wait(10)

    def fast():
        assert written.wait(10)
        method("FAST")
        seen = since()
        looked.set()
        return seen

    assert race(slow, fast)[1] == []
    assert since() == [("paymentMethods", "SLOW", "created"), ("paymentMethods", "FAST", "created")]


def test_a_transaction_that_began_early_and_writes_late_is_not_skipped(since):
    """Its number is the higher one though its transaction is the older one, and what it has not written yet waits."""
    begun, other_is_in, looked = Event(), Event(), Event()

    def early():
        with transaction.atomic():
            PaymentMethod.objects.select_for_update().first()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            assert other_is_in.wait(10)
            method("EARLY")
        return since()

    def late():
        assert begun.wait(10)
        with transaction.atomic():
            method("LATE")
            other_is_in.set()
            assert looked.wait(10)

    def looker():
        assert other_is_in.wait(10)
        while not PaymentMethod.objects.filter(code="EARLY").exists():
            pass
        seen = since()
        looked.set()
        return seen

    assert race(early, late, looker)[2] == []
    assert since() == [("paymentMethods", "LATE", "created"), ("paymentMethods", "EARLY", "created")]


def test_who_only_reads_holds_nobody_back(since):
    with transaction.atomic():
        list(PaymentMethod.objects.all())
        race(lambda: method("OTHER"))
        assert since() == [("paymentMethods", "OTHER", "created")]


def test_one_reads_on_page_by_page(since):
    for code in "ABC":
        method(code)
    start = changes_after(0)[0].id - 1
    first = changes_after(start, ["paymentMethods"], limit=2)
    rest = changes_after(first[-1].id, ["paymentMethods"], limit=2)
    assert [change.number for change in [*first, *rest]] == ["A", "B", "C"]
    assert changes_after(start, ["customers"]) == []
    assert changes_after(start, until=first[0].id) == first[:1]


def test_old_changes_are_forgotten():
    method()
    now = timezone.now()
    assert forget_changes(before=now - timedelta(days=7)) == 0
    assert forget_changes(before=now + timedelta(seconds=1)) == 1


@pytest.fixture
def shop(world):
    """A customer and a bicycle; what the set-up changed is over."""
    world.adatum = world.customer()
    world.bicycle = world.item(stock=100, cost=1, price=10)
    return world


def write(shop, type="order", lines=1):
    bicycles = [NewLine(number=shop.bicycle.number, quantity=D(1)) for _ in range(lines)]
    return draft(type, shop.adatum, by=shop.by, at=shop.at(), on=shop.today, lines=bicycles)


def test_a_line_changes_its_document(shop, since):
    order = write(shop)
    assert since("salesOrders") == [("salesOrders", order.number, "created")]
    order.lines.update(description="Red")
    assert since() == [("salesOrders", order.number, "updated")]
    order.lines.all().delete()
    assert since() == [("salesOrders", order.number, "updated")]


def test_a_document_that_is_thrown_away_takes_its_lines_along(shop, since):
    quote = write(shop, "quote", lines=3)
    since()
    delete(quote, by=shop.by, at=shop.at())
    assert since() == [("salesQuotes", quote.number, "deleted")]


def test_an_order_that_is_posted(shop, since):
    """The order is gone, the invoice and the shipment are there, and the ledgers say what they have to say."""
    order = write(shop)
    since()
    posted = post(order, ship=True, invoice=True, by=shop.by, at=shop.at())
    invoice = SalesInvoice.objects.get()
    assert sorted(since()) == [
        ("customerLedgerEntries", invoice.number, "created"),
        ("generalLedgerEntries", "", "collection"),
        ("salesInvoices", invoice.number, "created"),
        ("salesOrders", order.number, "deleted"),
        ("salesShipments", posted.shipment.number, "created"),
    ]
    assert Change.objects.get(entity="customerLedgerEntries").row_id == invoice.customer_entry_no


@pytest.mark.parametrize("is_new", [False, True], ids=["draft", "at once"])
def test_an_invoice_that_is_posted_goes_on_under_its_identifier(shop, since, is_new):
    """Where the posted invoice has its draft's identifier, nothing is deleted: the invoice was changed."""
    if is_new:
        with transaction.atomic():
            since()
            document = write(shop, "invoice")
            post(document, by=shop.by, at=shop.at())
    else:
        document = write(shop, "invoice")
        since()
        post(document, by=shop.by, at=shop.at())
    invoice = SalesInvoice.objects.get()
    assert invoice.uuid == document.uuid
    assert since("salesInvoices") == [("salesInvoices", invoice.number, "created" if is_new else "updated")]


def test_a_payment_changes_the_entry_that_it_settles(shop, since):
    post(write(shop), ship=True, invoice=True, by=shop.by, at=shop.at())
    invoice = SalesInvoice.objects.get()
    since()
    shop.pay(shop.adatum, invoice.amount_including_vat, apply=invoice.number)
    assert ("customerLedgerEntries", invoice.number, "updated") in since()


CALLS = r"SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname LIKE '%\_feed\_%'"


def calls_in(step) -> int:
    """How often the triggers run while something is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL track_functions = 'pl'")
        cursor.execute(CALLS)
        before = cursor.fetchone()[0]
        step()
        cursor.execute(CALLS)
        return cursor.fetchone()[0] - before


def test_posting_many_lines_takes_no_more_statements_than_posting_two(shop):
    few, many = write(shop, lines=2), write(shop, lines=40)

    def posting(order):
        return calls_in(lambda: post(order, ship=True, invoice=True, by=shop.by, at=shop.at()))

    needed = posting(few)
    assert needed > 0
    assert posting(many) == needed
