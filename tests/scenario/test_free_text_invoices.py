"""# Invoices of free text

Not everything that is invoiced was ordered or shipped: a share of costs, a fee, a claim. A free text invoice puts
amounts straight on accounts, and says in words what they are for. It knows no goods, no order and no shipment.
"""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from sales.masters import NewLine
from sales.models import SalesLine, SalesShipment
from sales.models.base import LineType
from sales.routines.pro_forma import pro_forma


def refused(step) -> list[str]:
    """The codes with which a step is refused."""
    with pytest.raises(ErpError) as found:
        step()
    return [problem.code for problem in found.value.problems]


def test_amounts_go_straight_to_their_accounts(world):
    """1,000.00 with 25 % VAT and 500.00 without: the customer owes 1,750.00, each account has its revenue."""
    adatum = world.customer("Adatum")
    invoice = world.sales_invoice(adatum, free_text=True)
    invoice.says("According to our agreement of 3 February")
    invoice.charges("4200", 1000, description="Advice", vat_prod_posting_group="V25")
    invoice.charges("4520", 500, description="Share of harbour dues", vat_prod_posting_group="V0")
    posted = invoice.post()
    assert world.ledger(posted.number) == {
        "1100": D("1750.00"),
        "4200": D("-1000.00"),
        "4520": D("-500.00"),
        "2200": D("-250.00"),
    }
    assert world.balance(adatum) == D("1750.00")

    # Nothing moved, and no order knows of it; the posted invoice remembers what it is.
    assert not SalesShipment.objects.exists()
    assert posted.free_text
    assert [line.description for line in posted.lines.order_by("line_no")][1:] == [
        "Advice",
        "Share of harbour dues",
    ]
    world.check()


def test_a_free_text_invoice_has_no_items(world):
    """Nor resources, nor item charges: a line says which account it is for."""
    lamp = world.item("LAMP", stock=9, cost=60)
    invoice = world.sales_invoice(world.customer(), free_text=True)
    assert refused(lambda: invoice.sells(1, lamp, at=100)) == ["E-FT-ITEM"]
    assert invoice.lines == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"number": ""}, "E-FT-ACCOUNT"),
        ({"description": ""}, "E-FT-TEXT"),
        ({"number": "1010", "vat_prod_posting_group": ""}, "E-FT-TAX"),
    ],
)
def test_every_line_says_where_what_for_and_how_taxed(world, typed, code):
    line = {
        "type": LineType.GL_ACCOUNT,
        "number": "4200",
        "description": "Advice",
        "quantity": D(1),
        "vat_prod_posting_group": "V25",
    }
    invoice = world.sales_invoice(world.customer(), free_text=True)
    assert code in refused(lambda: invoice._add(NewLine(**line | typed)))


def test_the_amount_may_be_typed_over_quantity_times_price(world):
    """Three hours for 100.00 in all: the price follows, and no discount appears."""
    invoice = world.sales_invoice(world.customer(), free_text=True)
    invoice.charges("4200", 50, quantity=3, description="Three hours")
    invoice.changes(line_amount=D("100.00"))
    (line,) = invoice.lines
    assert (line.unit_price, line.line_discount_amount, line.line_amount) == (D("33.33333"), 0, D("100.00"))
    assert line.amount_including_vat == D("125.00")

    # More than quantity × price is as good as less.
    invoice.changes(line_amount=D("200.00"))
    assert invoice.lines[0].line_amount == D("200.00")

    # Where no price makes it to the cent, the rest is a discount.
    invoice.changes(quantity=D(7000)).changes(line_amount=D("1000.01"))
    (line,) = invoice.lines
    assert line.line_amount == D("1000.01")
    assert line.unit_price * 7000 - line.line_discount_amount == D("1000.01")
    assert refused(lambda: invoice.changes(line_amount=D("-5.00"))) == ["E-FT-AMOUNT"]
    assert invoice.post().amount == D("1000.01")
    world.check()


def test_the_amount_may_be_all_that_is_typed(world):
    """An amount on a new line, without a price."""
    invoice = world.sales_invoice(world.customer(), free_text=True)
    invoice._add(
        NewLine(
            type=LineType.GL_ACCOUNT,
            number="4200",
            quantity=D(1),
            line_amount=D("480.00"),
            description="Claim 2026-17",
        )
    )
    assert invoice.post().amount == D("480.00")
    world.check()


def test_an_order_cannot_be_of_free_text(world):
    adatum = world.customer("Adatum")
    assert refused(lambda: world.order(adatum, free_text=True)) == ["E-FT-TYPE"]


def test_shipments_are_invoiced_elsewhere(world):
    adatum = world.customer("Adatum")
    shipment = world.order(adatum).sells(1, world.item(stock=9, cost=60), at=100).ship()
    assert refused(lambda: world.sales_invoice(adatum, free_text=True).takes(shipment)) == ["E-FT-ITEM"]


def test_goods_that_came_in_another_way_are_refused_at_posting(world):
    """However the line got there, the invoice is not posted with it."""
    invoice = world.sales_invoice(world.customer(), free_text=True).charges("4200", 10, description="Advice")
    other = world.sales_invoice(world.customer("Fabrikam")).sells(1, world.item(stock=9, cost=60), at=100)
    SalesLine.objects.filter(pk=other.lines[0].pk).update(document=invoice.key, line_no=20000)
    SalesLine.objects.filter(document=invoice.key, line_no=10000).update(description="")
    assert refused(invoice.post) == ["E-FT-TEXT", "E-FT-ITEM"]


def test_a_free_text_invoice_prints_pro_forma(world):
    """What the customer will be asked for, before it is posted."""
    invoice = world.sales_invoice(world.customer(), free_text=True).charges("4200", 80, description="Advice")
    paper = pro_forma(invoice.document, by=world.by, at=world.at(), on=world.today)
    assert [(line.description, line.line_amount) for line in paper.lines] == [("Advice", D("80.00"))]
    assert (paper.net, paper.gross) == (D("80.00"), D("100.00"))
