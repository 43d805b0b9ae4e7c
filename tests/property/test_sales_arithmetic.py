"""The laws of a sales document's sums."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.money import round_to
from sales.arithmetic.amounts import (
    OrderedLine,
    amounts_from_discount,
    amounts_from_line_amount,
    amounts_from_percent,
    check_line_amount,
    part_to_invoice,
)
from sales.arithmetic.charges import suggest_by_amount, suggest_by_measure
from sales.arithmetic.invoice_discount import check_typed_amount, spread_percent, spread_typed_amount
from sales.arithmetic.lcy import convert, gather
from sales.arithmetic.revenue import DiscountPosting, split_revenue
from sales.arithmetic.rounding import rounding_line
from sales.arithmetic.spread import spread
from sales.arithmetic.values import AmountLine, VATKey, VATType
from sales.arithmetic.vat import document_vat, enter_vat_on_lines

CENT = D("0.01")
KEYS = [
    VATKey("V25", VATType.NORMAL, D(25)),
    VATKey("V19", VATType.NORMAL, D(19)),
    VATKey("V0", VATType.NORMAL, D(0)),
    VATKey("EU", VATType.REVERSE_CHARGE, D(25)),
    VATKey("FULL", VATType.FULL, D(0)),
]

amounts = st.decimals(D("-99999.99"), D("99999.99"), places=2)
sizes = st.decimals(D("0.01"), D("99999.99"), places=2)
prices = st.decimals(D("0.00001"), D("9999.99999"), places=5)
percents = st.decimals(D(0), D(100), places=5)
small_percents = st.decimals(D(0), D(5), places=2)
vat_keys = st.sampled_from(KEYS)
directions = st.sampled_from(["nearest", "up", "down"])


@st.composite
def amount_lines(draw, values=amounts, keys=vat_keys):
    value = draw(values)
    discount = value * draw(st.integers(0, 100)) / 100
    return AmountLine(
        line_no=draw(st.integers(1, 99)) * 10000,
        quantity=D(1),
        unit_price=value or D(1),
        line_amount=value,
        vat=draw(keys),
        inv_discount_amount=round_to(discount),
        allow_invoice_discount=draw(st.booleans()),
    )


documents = st.lists(amount_lines(), max_size=12)
sales_of_one_group = st.lists(amount_lines(sizes, st.just(KEYS[0])), min_size=1, max_size=12)


@given(amounts, st.lists(amounts, min_size=1, max_size=20))
def test_shares_add_up_to_the_whole(total, weights):
    """However an amount is spread, nothing is lost and nothing is made up."""
    assert sum(spread(total, weights)) == total


@given(st.decimals(D(0), D(99999), places=2), st.lists(sizes, min_size=1, max_size=20))
def test_every_share_is_within_a_cent_of_its_due(total, weights):
    for share, weight in zip(spread(total, weights), weights, strict=True):
        assert abs(share - total * weight / sum(weights)) <= CENT


@given(st.decimals(D(-999), D(999), places=5), prices, percents)
def test_gross_less_discount_is_the_line_amount(quantity, price, percent):
    """Whatever was typed, the three figures fit together."""
    by_percent = amounts_from_percent(quantity, price, percent)
    assert by_percent.gross - by_percent.line_discount_amount == by_percent.line_amount
    typed = amounts_from_discount(quantity, price, by_percent.line_discount_amount)
    assert typed.line_amount == by_percent.line_amount
    again = amounts_from_line_amount(quantity, price, by_percent.line_amount)
    assert again.line_discount_amount == by_percent.line_discount_amount
    assert check_line_amount(quantity, price, by_percent.line_amount) == []


@given(st.integers(1, 30), prices, percents, percents, st.data())
def test_discounts_add_up_however_an_order_is_invoiced(quantity, price, percent, inv_percent, data):
    """One invoice or thirty: line discount and invoice discount come to what the order says, and never below 0."""
    whole = amounts_from_percent(D(quantity), price, percent)
    inv_discount = round_to(whole.line_amount * inv_percent / 100)
    line = OrderedLine(D(quantity), price, percent, whole.line_discount_amount, inv_discount)
    parts = []
    while line.quantity_invoiced < quantity:
        now = D(data.draw(st.integers(1, quantity - int(line.quantity_invoiced))))
        part = part_to_invoice(line, now)
        parts.append(part)
        line = line._replace(
            quantity_invoiced=line.quantity_invoiced + now,
            inv_discount_invoiced=line.inv_discount_invoiced + part.inv_discount_amount,
        )
    assert sum(part.line_discount_amount for part in parts) == whole.line_discount_amount
    assert sum(part.inv_discount_amount for part in parts) == inv_discount
    assert all(part.line_discount_amount >= 0 and part.inv_discount_amount >= 0 for part in parts)
    assert abs(sum(part.line_amount for part in parts) - whole.line_amount) <= CENT * (len(parts) + 1)


@given(documents, st.booleans(), small_percents, directions)
def test_vat_on_the_lines_adds_up_to_the_groups(lines, including, base_discount, direction):
    """Amount, base, VAT and total: parts equal wholes, with every option."""
    document = document_vat(
        lines,
        prices_including_vat=including,
        vat_base_discount=base_discount,
        vat_direction=direction,
    )
    assert sum(line.amount for line in document.lines) == document.amount
    assert sum(line.vat_amount for line in document.lines) == document.vat_amount
    assert sum(line.amount_including_vat for line in document.lines) == document.amount_including_vat
    assert sum(line.vat_base for line in document.lines) == sum(group.vat_base for group in document.groups)
    assert document.amount + document.vat_amount == document.amount_including_vat


@given(sales_of_one_group, directions)
def test_vat_of_a_group_is_its_base_times_the_rate(lines, direction):
    """Rounded once, for all lines together."""
    document = document_vat(lines, vat_direction=direction)
    base = sum(line.net for line in lines)
    assert document.amount == base
    assert document.vat_amount == round_to(base * D("0.25"), CENT, direction)


@given(documents)
def test_vat_of_sales_and_returns_is_within_a_cent_of_exact(lines):
    """Carrying the returns' fraction keeps the sum of a VAT identifier at most a cent off."""
    for key in {line.vat for line in lines if not line.vat.is_full}:
        groups = [group for group in document_vat(lines).groups if group.key == key]
        exact = sum(group.base for group in groups) * key.charged / 100
        assert abs(sum(group.vat_amount for group in groups) - exact) <= CENT / 2


@given(documents)
def test_prices_including_vat_hit_the_gross_exactly(lines):
    """What the customer pays is what the lines say, line by line."""
    document = document_vat(lines, prices_including_vat=True)
    for line, result in zip(lines, document.lines, strict=True):
        assert result.amount_including_vat == line.net
    assert document.amount_including_vat == sum(line.net for line in lines)


@given(sales_of_one_group, st.booleans())
def test_entering_comes_to_the_same_total_as_the_group(lines, including):
    """While lines are typed their VAT may wander by a cent; the document's total does not."""
    entered = enter_vat_on_lines(lines, prices_including_vat=including)
    document = document_vat(lines, prices_including_vat=including)
    total = sum(line.amount_including_vat for line in entered)
    assert total == document.amount_including_vat
    assert abs(sum(line.vat_amount for line in entered) - document.vat_amount) <= CENT


@given(documents, percents, st.booleans())
def test_the_invoice_discount_is_its_percentage(lines, percent, per_identifier):
    """Spread over groups and lines, it is within half a cent of exact, for each identifier where so wanted."""
    discounts = spread_percent(lines, percent, per_vat_identifier=per_identifier)
    takers = [line for line in lines if line.allow_invoice_discount and not line.vat.is_full]
    exact = sum((line.line_amount for line in takers), D(0)) * percent / 100
    groups = 2 * len(KEYS) if per_identifier else 1
    assert abs(sum(discounts) - exact) <= CENT / 2 * groups
    for line, discount in zip(lines, discounts, strict=True):
        assert discount == 0 or (line.allow_invoice_discount and not line.vat.is_full)


@given(documents, amounts)
def test_a_typed_invoice_discount_is_given_in_full(lines, amount):
    if not check_typed_amount(lines, amount) and amount:
        assert sum(spread_typed_amount(lines, amount)) == amount


@given(amounts, st.sampled_from(["0.05", "0.10", "1", "5"]), directions, st.sampled_from(KEYS), st.booleans())
def test_a_rounded_invoice_is_a_multiple_of_what_can_be_paid(total, to, direction, vat, including):
    line = rounding_line(total, to=D(to), direction=direction, vat=vat, prices_including_vat=including)
    if line:
        assert line.amount + line.vat_amount == line.amount_including_vat
        total += line.amount_including_vat
    assert total % D(to) == 0


@given(st.lists(amounts, max_size=20), st.decimals(D("0.01"), D(100), places=6))
def test_converted_lines_add_up_to_the_converted_sum(fcy, factor):
    assert sum(convert(fcy, factor)) == (round_to(sum(fcy) / factor) if factor != 1 else sum(fcy))


@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(-3, 3).map(D)), min_size=1, max_size=20),
    st.decimals(D("0.01"), D(100), places=6),
)
def test_gathering_moves_cents_and_loses_none(rows, factor):
    """Groupings of nothing hold nothing, and the total is what it was."""
    local = convert([amount for _key, amount in rows], factor)
    triples = [(key, [fcy], [lcy]) for (key, fcy), lcy in zip(rows, local, strict=True)]
    gathered = gather(triples)
    assert sum(both.lcy[0] for both in gathered.values()) == sum(local)
    for both in gathered.values():
        assert both.fcy[0] != 0 or both.lcy[0] == 0


@given(
    sizes,
    sizes,
    sizes,
    st.sampled_from(KEYS),
    st.sampled_from(DiscountPosting),
    st.booleans(),
    small_percents,
    directions,
)
def test_revenue_and_discounts_add_up_to_the_line(
    net, line_discount, inv_discount, vat, posting, including, base_discount, direction
):
    """Customer and VAT are the same, whichever discounts are shown."""
    line = AmountLine(10000, D(1), net, net, vat)
    options = {
        "prices_including_vat": including,
        "vat_base_discount": base_discount,
        "vat_direction": direction,
    }
    [taxed] = document_vat([line], **options).lines
    revenue = split_revenue(
        taxed,
        vat=vat,
        line_discount_amount=line_discount,
        inv_discount_amount=inv_discount,
        posting=posting,
        **options,
    )
    assert sum(part.amount for part in revenue) == taxed.amount
    assert sum(part.vat_base for part in revenue) == taxed.vat_base
    assert sum(part.vat_amount for part in revenue) == taxed.vat_amount


@given(st.decimals(D("0.00001"), D(99), places=5), sizes, st.lists(amounts, min_size=1, max_size=9))
def test_an_item_charge_is_assigned_in_full(quantity, amount, line_amounts):
    if any(line_amounts):
        shares = suggest_by_amount(quantity, amount, line_amounts)
        assert sum(share.quantity for share in shares) == quantity
        assert sum(share.amount for share in shares) == amount
        measured = suggest_by_measure(quantity, amount, [abs(size) for size in line_amounts])
        assert sum(share.quantity for share in measured) == quantity
        assert sum(share.amount for share in measured) == amount
