"""# Pro forma invoices

A customer, or the customs, wants to see the invoice before there is one. The pro forma invoice is what posting would
write, to the cent, on paper that says Pro forma where the number would stand. Making it leaves no trace.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.apps import apps
from django.db import connection

from erp.kernel.errors import ErpError
from erp.kernel.models import NumberSeriesLine
from erp.kernel.numbering import last_number
from sales.models import SalesDocument
from sales.routines.pro_forma import pro_forma


def made(world, order, **wishes):
    return pro_forma(order.document, by=world.by, at=world.at(), on=world.today, **wishes)


def everything() -> dict[str, object]:
    """Every row of every table, and the last number of every series."""
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {table} AS r"
            )
            found[table] = cursor.fetchone()[0]
    found["numbers"] = [last_number(line) for line in NumberSeriesLine.objects.order_by("pk")]
    return found


def test_a_pro_forma_invoice_says_what_the_invoice_will(world):
    """Two lamps and a desk with a discount, and freight: twice the same, then posted to the same cent."""
    adatum = world.customer("Adatum", terms="1M(8D)", city="Utrecht")
    lamp = world.item("LAMP", stock=10, cost=60, net_weight=D("1.5"), gross_weight=D(2), tariff_no="9405 21",
                      country_of_origin_code="SE")  # fmt: skip
    desk = world.item("DESK", stock=5, cost=200, group="REDUCED", net_weight=D(30))
    order = (
        world.order(adatum, on=date(2026, 3, 2)).sells(2, lamp, at="33.33").sells(1, desk, at=350, discount=5)
    )
    order.charges("4520", 12)

    paper = made(world, order)
    goods = paper.lines[0]
    assert (goods.country_of_origin, goods.tariff_no, goods.quantity, goods.net_weight) == (
        "SE",
        "9405 21",
        2,
        3,
    )
    assert (paper.net_weight, paper.gross_weight) == (33, 4)
    assert [(group.percent, group.base, group.amount) for group in paper.groups] == [
        (10, D("332.50"), D("33.25")),
        (25, D("78.66"), D("19.67")),
    ]
    assert (paper.net, paper.vat, paper.gross) == (D("411.16"), D("52.92"), D("464.08"))
    assert paper.due_date == date(2026, 4, 2)
    assert paper.bill_to[0] == "Adatum" and "Utrecht" in paper.bill_to
    assert paper.problems == ()
    assert made(world, order) == paper

    posted = order.post()
    assert (posted.amount, posted.amount_including_vat, posted.due_date) == (
        paper.net,
        paper.gross,
        paper.due_date,
    )
    world.check()


def test_a_pro_forma_invoice_leaves_no_trace(world):
    """No row in any table changes and no number is drawn, not even where something is refused on the way."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(2, world.item("LAMP", stock=10, cost=60), at=75)
    empty = world.order(adatum).says("Nothing yet")
    before = everything()
    first, second = made(world, order), made(world, order)
    assert first == second
    assert first.gross == D("187.50")
    with pytest.raises(ErpError):
        made(world, empty)
    assert everything() == before
    assert order.document.status == "open"

    # The next posted invoice has the next number.
    assert order.post().number == "INV-2026-00001"
    world.check()


def test_a_pro_forma_invoice_of_a_part(world):
    """Ten are ordered, four have left, three more are to leave: seven with the goods to ship, four without."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=60), at=100)
    order.ship(4)
    order.changes(qty_to_ship=D(3))
    assert [line.quantity for line in made(world, order).lines] == [7]
    assert [line.quantity for line in made(world, order, ship=False).lines] == [4]
    assert order.lines[0].quantity_shipped == 4


def test_what_keeps_posting_from_being_done_is_told_beside_the_figures(world):
    """The goods are not in stock yet, and the customs papers are wanted all the same."""
    lamp = world.item("LAMP", prevent_negative_inventory="yes")
    order = world.order(world.customer()).sells(2, lamp, at=100)
    paper = made(world, order)
    assert paper.gross == D("250.00")
    assert [problem.code for problem in paper.problems] == ["E-STOCK-INSUFFICIENT"]


def test_a_rounded_invoice_is_rounded_here_as_well(world):
    world.sales_setup(invoice_rounding=True)
    world.ledger_setup(invoice_rounding_precision=D("1.00"))
    order = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at="10.30")
    paper = made(world, order)
    assert paper.gross == D("13.00")
    assert sum(line.line_amount + line.vat_amount for line in paper.lines) == D("13.00")
    assert order.post().amount_including_vat == paper.gross


def test_an_invoice_of_shipments_prints_pro_forma(world):
    adatum = world.customer("Adatum")
    shipment = world.order(adatum).sells(2, world.item(stock=9, cost=60), at=100).ship()
    invoice = world.sales_invoice(adatum).takes(shipment)
    paper = made(world, invoice)
    assert (paper.source, paper.gross) == (f"Invoice {invoice.number}", D("250.00"))
    assert invoice.post().amount_including_vat == paper.gross


def test_a_quote_has_no_invoice_yet(world):
    quote = world.quote(world.customer()).sells(1, world.item(stock=9, cost=60), at=100)
    with pytest.raises(ErpError) as found:
        made(world, quote)
    assert found.value.code == "E-POST-TYPE"
    assert SalesDocument.objects.get().status == "open"
