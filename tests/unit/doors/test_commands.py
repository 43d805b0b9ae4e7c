"""Order to cash on the command line, and what bad input is answered with."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from erp.kernel.changelog import ChangeLogEntry
from erp.management.documents import new_line
from posting.models import GLEntry
from sales.models import SalesDocument, SalesInvoice, SalesShipment


def run(*words: object) -> str:
    """What a command prints."""
    said = StringIO()
    call_command(*map(str, words), stdout=said)
    return said.getvalue()


def refused(*words: object) -> str:
    """What a command says when it refuses; it exits with 1."""
    with pytest.raises(CommandError) as refusal:
        run(*words)
    assert refusal.value.returncode == 1
    return str(refusal.value)


def test_from_draft_to_invoice(shop):
    """The manual's example, line by line."""
    shop.world.item("FRAME", stock=5, cost=50, price=120)
    shop.world.user("clerk", role="CLERK")
    shop.world.user("manager", role="SALES-MANAGER")  # who may go below the price list
    shop.world.user("packer", role="WAREHOUSE")
    said = run(
        "draft_document", "order", "C1", "BICYCLE:2", "FRAME:1@99.50-10%", "gl=4520:1@17.50", "#Ring twice",
        "--date", "2026-03-02", "--reference", "PO-77", "--user", "manager",
    )  # fmt: skip
    order = SalesDocument.objects.get()
    assert f"Order {order.number} for C1 Adatum is open." in said
    assert "907.05" in said and "1,133.81" in said and "Ring twice" in said
    assert (order.external_document_no, order.created_by) == ("PO-77", "manager")

    assert "to ship 2, shipped 0" in run("show_document", order.number)
    assert "500.00" in run(
        "change_line", order.number, 20000, "--price", "500", "--discount", "0", "--user", "clerk"
    )
    assert "is released" in run("release_document", order.number)
    run("change_line", order.number, 10000, "--ship", 1)
    before = GLEntry.objects.count()
    preview = run("post_document", order.number, "--ship", "--invoice", "--preview")
    assert "Accounts receivable, domestic" in preview and "Nothing was written." in preview
    assert GLEntry.objects.count() == before

    assert "Can post shipments" in refused("post_document", order.number, "--ship", "--user", "clerk")
    said = run("post_document", order.number, "--ship", "--date", "2026-03-03", "--user", "packer")
    shipment = SalesShipment.objects.get()
    assert f"Posted shipment {shipment.number}" in said and "has more to come" in said
    assert str(shipment.posting_date) == "2026-03-03" and shipment.created_by == "packer"
    said = run("post_document", order.number, "--ship", "--invoice")
    invoice = SalesInvoice.objects.get()
    assert f"invoice {invoice.number}" in said and f"{order.number} is done." in said
    shown = run("show_document", invoice.number, "--entries")
    assert "Posted invoice" in shown and "G/L" in shown and "VAT" in shown and "remaining" in shown
    shop.world.check()


def test_drafting_and_releasing_in_one_breath(shop):
    run("draft_document", "order", "Adatum", "BICYCLE:1", "--release")
    assert SalesDocument.objects.get().status == "released"


def test_a_line_that_is_wrong_leaves_no_document(shop):
    said = refused("draft_document", "order", "C1", "BICYCLE:1", "NOTHING:1", "ELSE:1")
    assert len(said.splitlines()) == 2 and "NOTHING" in said and "ELSE" in said
    assert not SalesDocument.objects.exists()


def test_a_document_that_cannot_be_released_is_not_drafted(shop):
    assert "[E-REL-NOTHING]" in refused("draft_document", "order", "C1", "--release")
    assert not SalesDocument.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("draft_document", "song", "C1"), "invalid choice: 'song'"),
        (("draft_document", "order"), "required: CUSTOMER"),
        (("draft_document", "order", "Nobody"), "There is no customer Nobody."),
        (("draft_document", "order", "C1", "BICYCLE"), "BICYCLE is not a line"),
        (("draft_document", "order", "C1", "BICYCLE:two"), "BICYCLE:two is not a line"),
        (("draft_document", "order", "C1", "BICYCLE:1.2.3"), "1.2.3 is not a number"),
        (("draft_document", "order", "C1", "BICYCLE:99999999999999"), "is too large"),
        (("draft_document", "order", "C1", "BICYCLE:0.123456"), "more than five decimals"),
        (("draft_document", "order", "C1", "BICYCLE:1*BOX"), "[E-UOM-MISSING]"),
        (("draft_document", "order", "C1", "gl=9999:1@5"), "9999"),
        (("draft_document", "order", "C1", "BICYCLE:1-101%"), "[E-DISC-RANGE]"),
        (("draft_document", "order", "C1", "--date", "2026-02-30"), "2026-02-30 is not a date"),
        (("draft_document", "order", "C1", "--reference", "x" * 36), "at most 35 characters"),
        (("draft_document", "order", "C1", "--ship-to", "MOON"), "[E-SHIPTO-NONE]"),
        (("draft_document", "order", "C1", "--user", "nobody"), "There is no user nobody."),
        (("show_document", "NONE"), "There is no document NONE."),
        (("change_line", "NONE", "10000", "--quantity", "1"), "There is no document NONE."),
        (("release_document", "NONE"), "There is no document NONE."),
        (("reopen_document", "NONE"), "There is no document NONE."),
        (("post_document", "NONE", "--ship"), "There is no document NONE."),
        (("post_document", "NONE", "--ship", "--type", "order"), "There is no order NONE."),
        (("post_document", "NONE", "--ship", "--key", "k"), "An idempotency key belongs to somebody"),
        (("make_order", "NONE"), "There is no quote NONE."),
        (("delete_document", "NONE"), "There is no document NONE."),
    ],
)
def test_bad_input_is_answered_in_one_sentence(shop, words, said):
    assert said in refused(*words)


class TestOnAnOrder:
    @pytest.fixture
    def number(self, shop) -> str:
        return shop.order().number

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((), "Name the line"),
            (("77",), "has no line 77; it has 10000."),
            (("10000",), "Say what to change"),
            (("10000", "--quantity", "x"), "x is not a number"),
            (("10000", "--ship", "5"), "[E-QTY-SHIP]"),
            (("10000", "--remove", "--ship", "1"), "either changed or removed"),
            (("10000", "--add", "BICYCLE:1"), "--add stands alone"),
            (("10000", "--description", "x" * 101), "at most 100 characters"),
            (("10000", "--shipment-date", "soon"), "soon is not a date"),
        ],
    )
    def test_lines_that_cannot_be_changed(self, number, words, said):
        assert said in refused("change_line", number, *words)

    def test_adding_and_removing_lines(self, number):
        assert "  20000  BICYCLE" in run("change_line", number, "--add", "BICYCLE:3")
        assert "20000" not in run("change_line", number, 20000, "--remove")

    def test_moves_from_a_wrong_status(self, number):
        assert "[E-STATUS]" in refused("reopen_document", number)
        run("release_document", number)
        assert "[E-STATUS]" in refused("release_document", number)
        assert "[E-HDR-RELEASED]" in refused("delete_document", number)
        assert "[E-LINE-STATUS]" in refused("change_line", number, 10000, "--quantity", 3)
        run("reopen_document", number)
        assert "is deleted" in run("delete_document", number)
        assert not SalesDocument.objects.exists()

    def test_all_are_released_or_none(self, number):
        assert "There is no document NONE." in refused("release_document", number, "NONE")
        assert SalesDocument.objects.get().status == "open"

    def test_posting_says_what_is_missing(self, number):
        assert "[E-POST-FLAG]" in refused("post_document", number)
        assert "[E-POST-NOTHING]" in refused("post_document", number, "--invoice", "--preview")

    def test_every_problem_has_a_line_of_its_own(self, shop, number):
        shop.world.item("EMPTY", price=10)
        shop.world.ledger_setup(allow_posting_from="2026-04-01", allow_posting_to="2026-04-30")
        SalesDocument.objects.update(customer_posting_group="")
        said = refused("post_document", number, "--ship", "--invoice")
        assert all(line.endswith("]") for line in said.splitlines()) and "[E-GL-DATE]" in said

    def test_a_key_posts_once(self, shop, number):
        shop.world.user("manager", role="SALES-MANAGER")
        words = ("post_document", number, "--ship", "--invoice", "--user", "manager", "--key", "one")
        assert run(*words) == run(*words)
        assert SalesInvoice.objects.count() == 1

    def test_a_number_of_several_types(self, shop, number):
        SalesDocument.objects.create(
            type="quote",
            number=number,
            customer=shop.customer,
            bill_to_customer=shop.customer,
            created_at=shop.world.at(),
            modified_at=shop.world.at(),
        )
        assert "name the --type (order, quote)" in refused("release_document", number)
        assert "is released" in run("release_document", number, "--type", "order")


def test_a_quote_becomes_an_order_or_an_invoice(shop):
    for place, words in enumerate(((), ("--invoice",))):
        quote = shop.world.quote(shop.customer).sells(1 + place, shop.bicycle)
        said = run("make_order", quote.number, *words)
        assert f"Quote {quote.number} became {'invoice' if words else 'order'}" in said


def test_what_a_command_changes_is_logged_under_the_user(shop):
    clerk = shop.world.user("clerk", role="CLERK")
    run("draft_document", "order", "C1", "BICYCLE:1", "--user", "clerk")
    assert set(ChangeLogEntry.objects.filter(user=clerk).values_list("table", flat=True)) <= {
        "sales_salesdocument"
    }


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("BICYCLE:2", ("BICYCLE", 2, "", "", None, None)),
        ("A-1:1@99.50-10%", ("A-1", 1, "", "", "99.50", "10")),
        ("SHIRT,RED:3*BOX", ("SHIRT", 3, "RED", "BOX", None, None)),
        ("A:-1@5", ("A", -1, "", "", "5", None)),
        ("A:2-5%", ("A", 2, "", "", None, "5")),
    ],
)
def test_how_a_line_is_written(text, read):
    line = new_line(text)
    price = None if line.unit_price is None else str(line.unit_price)
    discount = None if line.line_discount_percent is None else str(line.line_discount_percent)
    assert (line.number, line.quantity, line.variant_code, line.unit_code, price, discount) == read
