"""The laws of copying a document, on plans alone: nothing here needs a database."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.quantity import to_base
from inventory.models import Item, UnitOfMeasure
from inventory.selectors import PaperEntry
from posting.models import GeneralLedgerSetup, GLAccount
from posting.setup_values import PostingSetup
from sales.arithmetic.values import ZERO
from sales.masters import LineMasters
from sales.models import SalesDocument, SalesLine, SalesSetup
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.copying import CopyRules, CopySource, Piece
from sales.plans.copying_lines import LineCopier
from sales.plans.copying_links import pieces_of, split
from sales.plans.totals import enter_totals
from sales.values import SalesValues

ITEM = Item(
    pk=1, number="LAMP", base_unit=UnitOfMeasure(code="PCS"), gen_prod_posting_group_id=1,
    vat_prod_posting_group_id=1, inventory_posting_group_id=1,
)  # fmt: skip
ACCOUNT = GLAccount(pk=2, number="4520", direct_posting=True)
MASTERS = LineMasters(items={"LAMP": ITEM}, accounts={"4520": ACCOUNT})
VALUES = SalesValues(SalesSetup(), PostingSetup(gl=GeneralLedgerSetup(pk=1), general_rows={}, vat_rows={}))
VALUES.__dict__["customer_groups"] = {}
FIGURES = ("type", "number", "description", "quantity", "quantity_base", "unit_price", "line_discount_percent",
           "line_discount_amount", "line_amount", "inv_discount_amount", "amount", "vat_base_amount",
           "amount_including_vat", "vat_difference")  # fmt: skip

prices = st.decimals("0.00001", "9999.99999", places=5)
quantities = st.decimals("-999", "999", places=2).filter(bool)
vat = st.sampled_from([("V25", D(25)), ("V12", D(12)), ("V0", ZERO)])


@st.composite
def lines(draw, document):
    """The lines of a document as people type them, some with a typed discount or a share of an invoice discount."""
    rules = VALUES.line_rules(document)
    found = []
    for place in range(draw(st.integers(1, 8))):
        type = draw(st.sampled_from([LineType.ITEM, LineType.GL_ACCOUNT, LineType.COMMENT]))
        line = SalesLine(
            document=document, line_no=10000 * (place + 1), type=type, description=draw(st.text("xyz"))
        )
        found.append(line)
        if type == LineType.COMMENT:
            continue
        line.item, line.gl_account = (ITEM, None) if type == LineType.ITEM else (None, ACCOUNT)
        line.number = "LAMP" if type == LineType.ITEM else "4520"
        line.vat_identifier, line.vat_percent = draw(vat)
        line.vat_calculation_type = "normal"
        edit.set_quantity(line, draw(quantities), rules)
        edit.set_unit_price(line, draw(prices), rules)
        if draw(st.booleans()):
            edit.set_line_discount_percent(line, draw(st.decimals(0, 100, places=3)), rules)
        elif draw(st.booleans()):
            edit.set_line_discount_amount(line, line.line_amount / 3, rules)
        line.inv_discount_amount = draw(st.sampled_from([ZERO, (line.line_amount / 7).quantize(D("0.01"))]))
    enter_totals(found, VALUES.total_rules(document))
    return found


def document_of(type, *, prices_including_vat):
    return SalesDocument(type=type, number="1", prices_including_vat=prices_including_vat)


def copied(found, document, target):
    copier = LineCopier(target, CopyRules(keeps_dates=True), masters=MASTERS, values=VALUES, after=0, left={})
    copier.copy(CopySource(kind=document.type, name="it", head=document, lines=tuple(found)))
    enter_totals(copier.plan.lines, VALUES.total_rules(target))
    assert copier.plan.skipped == []
    return copier.plan.lines


@given(
    data=st.data(),
    including=st.booleans(),
    there=st.sampled_from(["order", "quote", "invoice", "return_order"]),
)
def test_there_and_back_changes_nothing(data, including, there):
    """Whatever is on an order: copied to another document and back, every amount is what it was."""
    order = document_of("order", prices_including_vat=including)
    other = document_of(there, prices_including_vat=including)
    before = data.draw(lines(order))
    after = copied(copied(before, order, other), other, order)
    assert [[getattr(line, name) for name in FIGURES] for line in after] == [
        [getattr(line, name) for name in FIGURES] for line in before
    ]


whole_numbers = st.integers(1, 50).map(D)


@given(
    entries=st.lists(st.tuples(whole_numbers, st.integers(0, 50).map(D)), min_size=1, max_size=5),
    per_unit=st.sampled_from([D(1), D(12)]),
    price=st.decimals("0.01", "999.99", places=2),
    percent=st.decimals(0, 100, places=2),
)
def test_no_more_comes_back_than_is_out(entries, per_unit, price, percent):
    """Of a line that left in parts, each part brings at most what has not come back; discounts are never lost."""
    sold = sum(quantity for quantity, _back in entries)
    if missing := (12 - sold % 12) % 12:  # whole boxes are sold, in parts that need not be
        entries = [*entries, (missing, ZERO)]
        sold += missing
    memo = document_of("credit_memo", prices_including_vat=False)
    rules = VALUES.line_rules(memo)
    line = SalesLine(
        document=memo, line_no=10000, type=LineType.ITEM, number="LAMP", item=ITEM, unit_code="BOX"
    )
    line.per_unit = per_unit
    edit.set_quantity(line, sold / per_unit, rules)
    edit.set_unit_price(line, price, rules)
    edit.set_line_discount_percent(line, percent, rules)
    behind = [
        PaperEntry("INV", 10000, no, -quantity, max(quantity - back, ZERO), D(60))
        for no, (quantity, back) in enumerate(entries, start=1)
    ]
    source = CopySource(kind="posted_invoice", name="it", head=memo, lines=(line,), entries={10000: behind})
    left = {}
    pieces = pieces_of(line, source, receives=True, rules=CopyRules(), left=left)
    assert [piece.quantity_base for piece in pieces] == [entry.left for entry in behind if entry.left]
    assert all(rest == 0 for rest in left.values())
    if not pieces:
        return

    price_before, discount = line.unit_price, line.line_discount_amount
    parts = split(line, pieces, rules, precision=D("0.00001"))
    assert [to_base(part.quantity, part.per_unit) for part in parts] == [
        piece.quantity_base for piece in pieces
    ]
    assert all(part.unit_price in (price_before, round(price_before / per_unit, 5)) for part in parts)
    if sum(piece.quantity_base for piece in pieces) == sum(-entry.quantity for entry in behind):
        assert sum(part.line_discount_amount for part in parts) == discount
    assert all(part.applies_from_item_entry for part in parts)


def test_a_piece_is_what_comes_back_by_one_entry():
    """A piece in the middle of a box makes the line count pieces; one of whole boxes leaves it as it is."""
    memo = document_of("credit_memo", prices_including_vat=False)
    rules = VALUES.line_rules(memo)

    def line():
        made = SalesLine(
            document=memo, line_no=1, type=LineType.ITEM, number="LAMP", item=ITEM, unit_code="BOX"
        )
        made.per_unit = D(12)
        edit.set_quantity(made, D(2), rules)
        edit.set_unit_price(made, D(240), rules)
        return made

    entry = PaperEntry("INV", 10000, 1, D(-24), D(24), D(10))
    for base, unit, quantity, price in ((D(12), "BOX", 1, 240), (D(7), "PCS", 7, 20)):
        (part,) = split(line(), [Piece(base, entry)], rules, precision=D(1))
        assert (part.unit_code, part.quantity, part.unit_price) == (unit, quantity, price)
        assert part.line_amount == quantity * price
