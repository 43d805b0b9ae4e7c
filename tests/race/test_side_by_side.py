"""Two people at one thing, each with a connection of their own: both orders of events end in books that add up."""

from datetime import UTC, date, datetime
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import transaction

from erp.kernel.errors import ErpError
from inventory.routines.adjust_cost import adjust_cost
from posting.models import GeneralPostingSetup, GLAccount, GLEntry
from receivables import selectors
from receivables.plans.journal_draft import Kind
from receivables.routines.post_journal_batch import post_journal_batch
from receivables.routines.write_journal import draft_batch, draft_line
from sales.models import SalesDocument, SalesInvoice, SalesLine
from sales.routines.change_line import change_line
from sales.routines.delete import delete
from sales.routines.post import post
from sales.routines.release import release
from tests.support.races import race
from tests.unit.receivables.company import build
from tests.world.office import Office

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 3, 20)
AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


def together(*runners):
    """Have functions start at the same moment; returns their outcomes, of which only refusals may be errors."""
    start = Barrier(len(runners))

    def starting(runner):
        def run():
            start.wait(10)
            return runner()

        return run

    outcomes = race(*(starting(runner) for runner in runners), seconds=60)
    wrong = [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, ErpError)]
    assert not wrong, wrong
    return outcomes


def company_of_one_who_may():
    """The company of the unit tests, with a clerk who may do everything."""
    company = build()
    company.by.is_superuser = True
    company.by.save()
    return company


def codes(outcomes) -> list[str]:
    return [each.code if isinstance(each, ErpError) else "" for each in outcomes]


def test_an_entry_is_applied_and_unapplied():
    """One clerk undoes an application while another applies the next payment to the same invoice."""
    company = company_of_one_who_may()
    invoice = company.invoice(discount="0.00")
    company.pay("1250.00", ON, to=invoice)
    other = company.pay("1250.00", ON).entry_no
    applied, undone = codes(together(lambda: company.apply(other, invoice), lambda: company.unapply(invoice)))
    assert undone == "" and applied in ("", "E-AP-NOTOPEN")
    assert company.remaining(invoice) == (0 if applied == "" else 1250)
    assert company.remaining(other) == (0 if applied == "" else -1250)
    company.check()


def test_two_journals_of_one_customer():
    """Payments of one customer stand in two journals that are posted at once; both go through."""
    company = company_of_one_who_may()
    invoices = [company.invoice(discount="0.00") for _invoice in range(2)]
    batches = []
    for name in ("BANK", "CASH"):
        batch = draft_batch(
            kind=Kind.CASH_RECEIPTS,
            name=name,
            number_series="PAYMENT",
            bal_account_type="bank",
            bal_account_no=company.bank.number,
        )
        for _line in range(3):
            draft_line(batch, on=ON, typed={"account_no": company.customer.number, "amount": -100})
        batches.append(batch)
    outcomes = together(
        *(lambda batch=batch: post_journal_batch(batch, by=company.by, at=AT) for batch in batches)
    )
    assert [outcome.lines for outcome in outcomes] == [3, 3]
    owed = sum(company.remaining(invoice) for invoice in invoices)
    assert selectors.balance(company.customer.pk) == owed - 600
    company.check()


@pytest.fixture
def shop(transactional_db, world):
    return Shop(world)


class Shop:
    """Adatum, and bicycles that cost 60."""

    def __init__(self, world):
        self.world = world
        self.customer = world.customer("Adatum")
        self.bicycle = world.item("BICYCLE", stock=1000, cost=60)

    def order(self, lines: int = 1):
        order = self.world.order(self.customer)
        for _line in range(lines):
            order.sells(1, self.bicycle, at=100)
        return order

    def step(self, routine, order, **given):
        """A runner that does something with an order as it finds it."""

        def run():
            document = SalesDocument.objects.get(pk=order.key)
            return routine(document, by=self.world.by, at=self.world.at(), **given)

        return run

    def poster(self, order):
        return self.step(post, order, ship=True, invoice=True)


def test_an_order_is_released_and_edited(shop):
    """Somebody types another quantity while it is released: it counts in what was promised, or it is refused."""
    for turn in range(4):
        order = shop.order()
        line = SalesLine.objects.get(document_id=order.key)

        def edit(line=line):
            return change_line(line, quantity=7, by=shop.world.by, at=shop.world.at(), on=shop.world.today)

        runners = [shop.step(release, order), edit]
        outcomes = codes(together(*(runners if turn % 2 else reversed(runners))))
        assert set(outcomes) <= {"", "E-LINE-STATUS"} and outcomes.count("") >= 1
        (line,) = order.lines
        assert order.document.status == "released"
        assert line.quantity == (7 if outcomes.count("") == 2 else 1)
        assert line.line_amount == line.quantity * 100
    shop.world.check()


def test_an_order_is_posted_and_deleted(shop):
    """Whoever comes first wins, and the other is told; a deleted order leaves no gap behind."""
    posted = 0
    for turn in range(4):
        order = shop.order()
        runners = [shop.poster(order), shop.step(delete, order, archive=False)]
        outcomes = together(*(runners if turn % 2 else reversed(runners)))
        refused = [code for code in codes(outcomes) if code]
        assert refused == ["E-DOC-GONE"] and order.is_done
        posted += SalesInvoice.objects.filter(order_no=order.number).count()
    numbers = sorted(int(number[-5:]) for number in SalesInvoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, posted + 1))
    shop.world.check()


def test_the_set_up_changes_while_orders_are_posted(shop):
    """Revenue moves to another account. Each invoice is whole in one of them; after the change only in the new one."""
    setup = GeneralPostingSetup.objects.get(
        gen_bus_posting_group=shop.customer.gen_bus_posting_group,
        gen_prod_posting_group=shop.bicycle.gen_prod_posting_group,
    )
    old, new = setup.sales_account, GLAccount.objects.get(pk=setup.sales_account_id)
    new.pk, new.uuid, new.number = None, uuid4(), "4999"
    new.save()
    orders = [shop.order(lines=3) for _order in range(8)]
    changed, half = Event(), Event()

    def till(mine, after):
        def run():
            for place, order in enumerate(mine):
                shop.poster(order)()
                if place == 0:
                    half.set()
            assert changed.wait(10)
            return shop.poster(after)().invoice.number

        return run

    def change():
        assert half.wait(30)
        with transaction.atomic():
            setup.sales_account = new
            setup.save(update_fields=["sales_account"])
        changed.set()

    last = [shop.order(lines=3) for _till in range(2)]
    outcomes = together(till(orders[::2], last[0]), till(orders[1::2], last[1]), change)
    for invoice in SalesInvoice.objects.all():
        used = set(
            GLEntry.objects.filter(document_no=invoice.number, account__in=[old, new]).values_list(
                "account_id", flat=True
            )
        )
        assert len(used) == 1
        if invoice.number in outcomes:
            assert used == {new.pk}
    shop.world.check()


def test_an_order_is_approved_and_edited(transactional_db, world):
    """What the approver says yes to is what was sent: nobody edits it on the way."""
    office = Office(world)
    office.workflow()
    order = office.order(9_000)
    run = office.send(order)
    line = SalesLine.objects.filter(document_id=order.key).first()

    def edit():
        return change_line(line, unit_price=1, by=world.by, at=world.at(), on=world.today)

    approved, edited = together(lambda: office.approve(run, "mira"), edit)
    assert not isinstance(approved, ErpError) and isinstance(edited, ErpError)
    assert order.document.status == "released"
    assert sum(line.line_amount for line in order.lines) == 9_000


def test_costs_are_adjusted_while_orders_are_posted(shop):
    """Dearer goods come in and are adjusted, again and again, while two tills sell: costs end where they belong."""
    orders = [shop.order() for _order in range(8)]

    def till(mine):
        def run():
            for order in mine:
                shop.poster(order)()

        return run

    def keeper():
        for _time in range(4):
            adjust_cost(by=shop.world.by, at=shop.world.at(), everything=True)

    assert codes(together(till(orders[::2]), till(orders[1::2]), keeper)) == ["", "", ""]
    assert SalesInvoice.objects.count() == 8
    adjust_cost(by=shop.world.by, at=shop.world.at())
    assert shop.world.stock(shop.bicycle) == 992
    assert shop.world.stock_value(shop.bicycle) == 992 * 60
    shop.world.check()
