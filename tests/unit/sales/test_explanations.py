"""Why a line has its VAT and its account: what is kept on the line, and what a clerk reads of it."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.kernel.errors import ProblemsFound
from posting.models import GeneralPostingSetup, GLAccount
from sales.masters import NewLine
from sales.routines.add_lines import add_lines
from sales.views.explained import explained


def words(line) -> dict[str, dict[str, str]]:
    """The facts of each section as a page shows them."""
    return {section.key: dict(section.facts) for section in explained(line)}


def passed(line, key):
    return next(section.passed for section in explained(line) if section.key == key)


def test_the_vat_of_an_item_line_is_explained(world):
    """The customer's group meets the item's in the matrix; the same product for other customers was passed over."""
    adatum = world.customer("Adatum")
    world.item("LAMP", price=100)
    (line,) = world.order(adatum).sells(1, "LAMP").lines
    vat = line.posting_explanation["vat"]
    assert (vat["vat_bus"], vat["vat_prod"]) == ("DOM", "V25")
    assert vat["from"] == {"vat_bus": ["customer", "ADATUM"], "vat_prod": ["item", "LAMP"]}
    assert (vat["identifier"], D(vat["percent"]), vat["calculation"]) == ("V25", 25, "normal")
    assert {(row["vat_bus"], row["identifier"]) for row in vat["rejected"]} == {
        ("EU", "EU25"),
        ("EXP", "EXP0"),
        ("", "NONE"),
    }
    assert words(line)["why-vat"] == {
        "VAT": "25 %, Normal VAT, identifier V25",
        "VAT business group": "DOM, of customer ADATUM",
        "VAT product group": "V25, of item LAMP",
    }
    assert (
        "EXP",
        "V25",
        "0 %, Normal VAT, identifier EXP0",
        "The line's VAT business group is DOM.",
    ) in passed(line, "why-vat")


def test_a_clause_says_why_there_is_no_vat(world):
    """The clause of the VAT posting set-up stands on the line, and with its words in the explanation."""
    berlin = world.customer("Berlin", group="EU")
    (line,) = world.order(berlin).sells(1, world.item("LAMP", price=100)).lines
    assert line.vat_clause_code == "EU-GOODS"
    assert words(line)["why-vat"]["VAT clause"].startswith("EU-GOODS: Intra-Community supply of goods")


def test_who_pays_or_who_buys_says_the_business_group(world):
    """Where somebody else is billed, the set-up decides whose VAT group counts."""
    payer = world.customer("Payer")
    buyer = world.customer("Buyer", group="EU", bill_to_customer=payer)
    world.item("LAMP", price=100)

    def origin():
        (line,) = world.order(buyer).sells(1, "LAMP").lines
        return line.posting_explanation["vat"]["from"]["vat_bus"]

    assert origin() == ["bill_to_customer", "PAYER"]
    world.ledger_setup(bill_to_sell_to_vat_calculation="sell_to")
    assert origin() == ["sell_to_customer", "BUYER"]


def test_a_group_typed_into_the_head_is_said_to_be(world):
    """Whoever buys for export this once is taxed by the head of the order, not by the customer card."""
    order = world.order(world.customer("Adatum")).edits(vat_bus_posting_group="EXP")
    (line,) = order.sells(1, world.item("LAMP", price=100)).lines
    assert words(line)["why-vat"]["VAT business group"] == f"EXP, typed into the head of {order.number}"


def test_the_account_of_an_item_line_is_explained(world):
    """Revenue follows from the general posting set-up; on a credit memo from another field of the same row."""
    adatum = world.customer("Adatum")
    world.item("LAMP", price=100)
    (line,) = world.order(adatum).sells(1, "LAMP").lines
    account = line.posting_explanation["account"]
    assert (account["account"], account["from"], account["field"]) == (
        "4100",
        "general_posting_setup",
        "sales_account",
    )
    assert [lost["account"] for lost in account["rejected"]] == ["4300"]
    assert words(line)["why-account"] == {
        "Account": "4100 Sales of goods, domestic",
        "Comes from": "General posting set-up DOMESTIC × GOODS, sales account",
    }
    (line,) = world.credit_memo(adatum).sells(1, "LAMP").lines
    assert words(line)["why-account"]["Account"] == "4300 Sales returns and allowances"


def test_a_line_that_names_its_account_says_so(world):
    (line,) = world.order(world.customer()).charges("4520", 25).lines
    account = line.posting_explanation["account"]
    assert (account["account"], account["from"]) == ("4520", "line")
    assert [lost["account"] for lost in account["rejected"]] == ["4200"]
    assert line.posting_explanation["vat"]["from"]["vat_prod"] == ["gl_account", "4520"]
    assert words(line)["why-account"]["Comes from"] == "The line names the account."


def test_resources_and_charges_are_explained_too(world):
    order = (
        world.order(world.customer()).works(1, world.resource(price=80)).adds_charge(world.item_charge(), 30)
    )
    time, charge = order.lines
    assert words(time)["why-vat"]["VAT product group"] == "S25, of resource MECHANIC"
    assert words(charge)["why-vat"]["VAT product group"] == "S25, of item charge FREIGHT"
    assert [words(line)["why-account"]["Account"] for line in (time, charge)] == [
        "4200 Sales of services"
    ] * 2


def test_an_account_that_is_missing_is_told(world):
    """The line can be written; who looks for its account reads that the set-up has none."""
    GeneralPostingSetup.objects.filter(gen_bus_posting_group__code="DOMESTIC").update(sales_account=None)
    (line,) = world.order(world.customer()).sells(1, world.item("LAMP", price=100)).lines
    assert words(line)["why-account"]["Account"] == "None: it is missing in the set-up."


def test_a_group_that_somebody_types_is_said_to_be_typed(world):
    """Another VAT product group taxes the line anew; the explanation follows, and remembers the hand."""
    order = world.order(world.customer("Adatum")).sells(1, world.item("BOOK", price=100))
    order.changes(vat_prod_posting_group="V10")
    (line,) = order.lines
    assert (line.vat_percent, line.vat_identifier, line.amount_including_vat) == (10, "V10", D("110.00"))
    assert words(line)["why-vat"]["VAT product group"] == "V10, typed by hand"

    # A group typed with a new line is remembered likewise.
    order.sells(1, "BOOK", vat_prod_posting_group="V10")
    assert order.lines[1].posting_explanation["vat"]["from"]["vat_prod"] == ["typed", ""]

    # Another general group posts the line elsewhere.
    order.changes(gen_prod_posting_group="SERVICES")
    assert words(order.lines[0])["why-account"]["Account"] == "4200 Sales of services"
    with pytest.raises(ProblemsFound) as refused:
        order.changes(vat_prod_posting_group="V99")
    assert refused.value.code == "E-CODE-NONE"


def test_a_price_with_vat_keeps_its_net_when_the_rate_changes(world):
    """125.00 with 25 % are 100.00 net; with 10 % the same goods cost 110.00."""
    order = world.order(world.customer("Adatum", prices_including_vat=True))
    order.sells(1, world.item("BOOK", price=100)).changes(vat_prod_posting_group="V10")
    (line,) = order.lines
    assert (line.unit_price, line.amount, line.amount_including_vat) == (110, D("100.00"), D("110.00"))


def test_posted_lines_keep_both_explanations(world):
    """Price and posting stay on every paper; the account is the one that was posted, whatever was meant before."""
    order = world.order(world.customer("Adatum")).sells(1, world.item("LAMP", stock=5, price=100))
    assert words(order.lines[0])["why-account"]["Account"].startswith("4100 ")
    other = GLAccount.objects.get(number="4150")
    GeneralPostingSetup.objects.filter(gen_bus_posting_group__code="DOMESTIC").update(sales_account=other)
    shipment = order.ship()
    invoice = order.invoice()
    assert world.ledger(invoice.number)["4150"] == D("-100.00")
    (line,) = invoice.lines.all()
    assert line.price_explanation["from"] == "card"
    assert words(line)["why-account"]["Account"] == "4150 Sales of reduced-rate goods"
    assert words(line)["why-vat"]["VAT product group"] == "V25, of item LAMP"
    (line,) = shipment.lines.all()
    assert set(words(line)) == {"why-price", "why-vat", "why-account"}


def test_a_line_of_before_is_explained_when_it_is_posted(world):
    order = world.order(world.customer("Adatum")).sells(1, world.item("LAMP", stock=5, price=100))
    (line,) = order.lines
    line.posting_explanation = None
    line.save()
    assert "why-vat" not in words(order.lines[0])
    (line,) = order.post().lines.all()
    assert words(line)["why-vat"]["VAT business group"] == "DOM, of customer ADATUM"


def test_the_price_is_told_in_words(world):
    from tests.scenario.test_prices import offer

    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", price=100)
    order = world.order(adatum).sells(1, lamp)
    assert words(order.lines[0])["why-price"] == {
        "Unit price": "100.00 from the card: no price list offers a price"
    }
    offer(lamp, 95)
    offer(lamp, 90, source_type="customer", source_no="ADATUM", minimum_quantity=2)
    offer(lamp, 0, amount_type="discount", line_discount_percent=D(5))
    order.sells(2, lamp)
    assert words(order.lines[1])["why-price"] == {
        "Unit price": "90.00 from price list P2026, for Customer ADATUM, from 2 on",
        "Line discount": "5 % from price list P2026, for All Customers",
    }
    assert passed(order.lines[1], "why-price") == [
        ("P2026", "All Customers", "0", "95.00", "Another one is cheaper.")
    ]
    order.sells(1, lamp, at=80)
    assert words(order.lines[2])["why-price"] == {"Unit price": "80.00, typed by hand"}


def test_explaining_costs_no_query_per_line(world):
    """Sixty lines are explained with as many queries as two."""
    adatum = world.customer("Adatum")
    items = [world.item(f"ITEM-{place}", price=100) for place in range(30)]
    mechanic, freight = world.resource(price=80), world.item_charge()

    def count(some):
        document = world.order(adatum).document
        lines = [NewLine(number=item.number, quantity=D(1)) for item in some]
        lines += [NewLine(type="resource", number=mechanic.number, quantity=D(1)) for _item in some]
        lines += [
            NewLine(type="charge", number=freight.number, quantity=D(1), unit_price=D(9)) for _item in some
        ]
        with CaptureQueriesContext(connection) as captured:
            added = add_lines(document, lines, by=world.by, at=world.at(), on=world.today)
        assert all(line.posting_explanation for line in added)
        return len(captured)

    count(items[:1])  # reads the set-up, which is kept from then on
    assert count(items[:1]) == count(items)
