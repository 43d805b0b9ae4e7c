"""VAT while entering, by group, and spread on the lines."""

from decimal import Decimal as D

import pytest

from sales.arithmetic.amounts import OrderedLine, amounts_from_percent, part_to_invoice
from sales.arithmetic.prices_including_vat import PricedLine, convert_prices
from sales.arithmetic.values import AmountLine, VATKey, VATType
from sales.arithmetic.vat import (
    GroupTotals,
    check_full_vat_account,
    check_typed_vat,
    check_vat_base_discount,
    document_vat,
    enter_vat,
    enter_vat_on_lines,
    spread_vat,
    vat_base_discount,
    vat_groups,
    with_typed_vat,
)

V25 = VATKey("V25", VATType.NORMAL, D(25))
V19 = VATKey("V19", VATType.NORMAL, D(19))
REVERSE = VATKey("EU", VATType.REVERSE_CHARGE, D(25))
FULL = VATKey("IMPORT", VATType.FULL, D(0))


def line(amount, vat=V25, *, quantity=1, discount=0, line_no=10000):
    amount = D(amount)
    return AmountLine(line_no, D(quantity), amount / quantity, amount, vat, inv_discount_amount=D(discount))


def lines(*amounts, vat=V25):
    return [line(amount, vat, line_no=(index + 1) * 10000) for index, amount in enumerate(amounts)]


def vats(results):
    return [result.vat_amount for result in results]


def codes(problems):
    return [problem.code for problem in problems]


def test_a_line_of_a_hundred_is_taxed():
    assert enter_vat(line("100.00")) == (10000, D(100), D(100), D(25), D(125), D(0))


@pytest.mark.parametrize("how", [enter_vat_on_lines, lambda lines: document_vat(lines).lines])
def test_vat_is_rounded_by_group_and_not_by_line(how):
    """Three lines of ten cents bear 0.075 of VAT: eight cents in all, not three times three."""
    results = how(lines("0.10", "0.10", "0.10"))
    assert vats(results) == [D("0.03"), D("0.02"), D("0.03")]
    assert sum(result.amount_including_vat for result in results) == D("0.38")


def test_lines_of_different_identifiers_are_rounded_apart():
    """Two lines of ten cents: six cents of VAT under two identifiers, five under one."""
    apart = [line("0.10"), line("0.10", VATKey("V25B", VATType.NORMAL, D(25)))]
    assert document_vat(apart).vat_amount == D("0.06")
    assert document_vat(lines("0.10", "0.10")).vat_amount == D("0.05")


@pytest.mark.parametrize(
    "how",
    [
        lambda lines: enter_vat_on_lines(lines, prices_including_vat=True),
        lambda lines: document_vat(lines, prices_including_vat=True).lines,
    ],
)
def test_prices_including_vat_hit_the_gross(how):
    """Three times 9.99 including 19 %: the customer pays 29.97, of which 4.79 is VAT."""
    results = how(lines("9.99", "9.99", "9.99", vat=V19))
    assert [result.amount for result in results] == [D("8.39"), D("8.40"), D("8.39")]
    assert sum(vats(results)) == D("4.79")
    assert [result.amount_including_vat for result in results] == [D("9.99")] * 3


@pytest.mark.parametrize(
    ("gross", "direction", "vat", "base"),
    [
        ("25066.79", "nearest", "4002.26", "21064.53"),
        ("25066.79", "up", "4002.27", "21064.52"),
        ("25066.78", "down", "4002.25", "21064.53"),
    ],
)
def test_vat_is_rounded_in_the_direction_of_its_currency(gross, direction, vat, base):
    [group] = vat_groups(lines(gross, vat=V19), prices_including_vat=True, vat_direction=direction)
    assert (group.vat_amount, group.base, group.amount_including_vat) == (D(vat), D(base), D(gross))


def test_what_rounding_the_returns_lost_is_carried_into_the_sales():
    """Sold for 10.08, returned for 0.10: VAT is 2.495, which is 2.50, and 2.49 where each is rounded alone."""
    returns, sales = vat_groups(lines("10.08", "-0.10"))
    assert (returns.positive, returns.vat_amount) == (False, D("-0.03"))
    assert (sales.positive, sales.vat_amount) == (True, D("2.53"))


def test_a_return_leaves_no_vat_on_a_line_given_away():
    """The carry belongs to sales that have a base; on a free line there is nothing to tax."""
    document = document_vat([line("-0.10"), AmountLine(20000, D(1), D(5), D(0), V25)])
    assert document.vat_amount == D("-0.03")


def test_an_order_invoiced_piece_by_piece_may_differ_by_a_cent():
    """Three at 33.33: three invoices of 41.66 come to 124.98, one invoice to 124.99."""
    ordered = OrderedLine(D(3), D("33.33"))
    piece = part_to_invoice(ordered, D(1))
    single = document_vat([line(piece.line_amount)])
    assert (single.amount, single.vat_amount) == (D("33.33"), D("8.33"))
    whole = document_vat([line(part_to_invoice(ordered, D(3)).line_amount, quantity=3)])
    assert (whole.amount, whole.vat_amount, whole.amount_including_vat) == (
        D("99.99"),
        D("25.00"),
        D("124.99"),
    )
    assert 3 * single.vat_amount == D("24.99")


def test_reverse_charge_has_a_base_and_no_vat():
    """The buyer accounts for the VAT: a thousand stays a thousand, on both price bases."""
    for including in (False, True):
        [group] = vat_groups(lines("1000.00", vat=REVERSE), prices_including_vat=including)
        assert (group.base, group.vat_amount, group.amount_including_vat) == (D(1000), D(0), D(1000))
        entered = enter_vat(line("1000.00", REVERSE), prices_including_vat=including)
        assert entered.amount_including_vat == entered.amount == D(1000)


def test_a_full_vat_line_is_nothing_but_vat():
    """250.00 of import VAT: no base, and it must lie on the VAT account itself."""
    for including in (False, True):
        document = document_vat(lines("250.00", vat=FULL), prices_including_vat=including)
        [only] = document.lines
        assert (only.amount, only.vat_base) == (0, 0)
        assert only.amount_including_vat == only.vat_amount == document.vat_amount == D(250)
    assert enter_vat(line("250.00", FULL))[1:5] == (D(0), D(0), D(250), D(250))
    assert check_full_vat_account(FULL, "2700", sales_vat_account="2700") == []
    assert codes(check_full_vat_account(FULL, "3000", sales_vat_account="2700")) == ["E-VAT-FULLACC"]
    assert check_full_vat_account(V25, "3000", sales_vat_account="2700") == []


@pytest.mark.parametrize(("typed", "including"), [("1000.00", False), ("1250.00", True)])
def test_a_payment_discount_reduces_the_base_of_vat(typed, including):
    """2 % for prompt payment, 5 % tolerated: VAT on 980 is 245.00, and the net amount stays 1,000.00."""
    discount = vat_base_discount(D(2), tolerance=D(5))
    options = {"prices_including_vat": including, "vat_base_discount": discount}
    for result in (enter_vat(line(typed), **options), document_vat(lines(typed), **options).lines[0]):
        assert result.amount == D("1000.00")
        assert result.vat_base == D("980.00")
        assert result.vat_amount == D("245.00")
        assert result.amount_including_vat == D("1245.00")


def test_the_vat_tolerance_caps_the_discount_of_the_base():
    assert vat_base_discount(D(2), tolerance=D(0)) == 0
    assert vat_base_discount(D(7), tolerance=D(5)) == 5
    assert codes(check_vat_base_discount(D(6), tolerance=D(5))) == ["E-VATBASE-TOL"]
    assert check_vat_base_discount(D(5), tolerance=D(5)) == []


def test_a_reduced_base_is_spread_without_losing_a_cent():
    group = vat_groups(lines("0.33", "0.33", "0.33"), vat_base_discount=D(2))
    results = spread_vat(lines("0.33", "0.33", "0.33"), group)
    assert sum(result.vat_base for result in results) == group[0].vat_base == D("0.97")


def test_switching_to_prices_including_vat_keeps_the_total():
    """Three at 33.33 become three at 41.6625: still 99.99 and 25.00 of VAT."""
    before = PricedLine(10000, D(3), D("33.33"), D(0), D(0), V25)
    [after] = convert_prices([before], to_including_vat=True)
    assert after.unit_price == D("41.6625")
    assert after.amounts.line_amount == D("124.99")
    entered = enter_vat(line(after.amounts.line_amount, quantity=3), prices_including_vat=True)
    assert (entered.amount, entered.vat_amount) == (D("99.99"), D("25.00"))


def test_switching_back_returns_the_prices():
    """Discount percentages stay; the invoice discount is scaled and loses nothing; untaxed lines do not move."""
    export = VATKey("EXPORT", VATType.NORMAL, D(0))
    net = [
        PricedLine(10000, D(3), D("33.33"), D(10), D("0.01"), V25),
        PricedLine(20000, D(1), D("10.00"), D(0), D("0.01"), V25),
        PricedLine(30000, D(1), D("7.00"), D(0), D("0.01"), export),
    ]
    gross = convert_prices(net, to_including_vat=True)
    assert [converted.unit_price for converted in gross] == [D("41.6625"), D("12.5"), D("7.00")]
    assert [converted.inv_discount_amount for converted in gross] == [D("0.01"), D("0.02"), D("0.01")]
    assert gross[0].amounts == amounts_from_percent(D(3), D("41.6625"), D(10))
    back = convert_prices(
        [
            old._replace(unit_price=new.unit_price, inv_discount_amount=new.inv_discount_amount)
            for old, new in zip(net, gross, strict=True)
        ],
        to_including_vat=False,
    )
    assert [converted.unit_price for converted in back] == [old.unit_price for old in net]
    assert sum(converted.inv_discount_amount for converted in back) == D("0.03")


def test_a_vat_amount_may_be_corrected_within_the_allowed_difference():
    """The customer's system says 23.80 where ours says 23.75: five cents are allowed, six are not."""
    [group] = vat_groups(lines("95.00"))
    assert group.vat_amount == D("23.75")
    assert check_typed_vat(group, D("23.80"), allowed=True, maximum=D("0.05")) == []
    corrected = with_typed_vat(group, D("23.80"))
    assert (corrected.vat_difference, corrected.amount_including_vat) == (D("0.05"), D("118.80"))
    assert codes(check_typed_vat(group, D("23.81"), allowed=True, maximum=D("0.05"))) == ["E-VATDIFF-MAX"]


def test_a_vat_correction_needs_the_setup_and_the_sign_of_the_base():
    [group] = vat_groups(lines("0.10"))
    assert codes(check_typed_vat(group, D("0.04"), allowed=False, maximum=D(1))) == ["E-VATDIFF-OFF"]
    assert check_typed_vat(group, D("0.03"), allowed=False, maximum=D(0)) == []
    assert codes(check_typed_vat(group, D("-0.01"), allowed=True, maximum=D(1))) == ["E-VATDIFF-SIGN"]


def test_a_second_correction_counts_from_the_calculated_vat():
    """The maximum is measured from our own figure, not from the last correction."""
    [group] = vat_groups(lines("95.00"))
    corrected = with_typed_vat(group, D("23.80"))
    assert codes(check_typed_vat(corrected, D("23.85"), allowed=True, maximum=D("0.05"))) == ["E-VATDIFF-MAX"]
    assert with_typed_vat(corrected, D("23.75")).vat_difference == 0


@pytest.mark.parametrize("including", [False, True])
def test_a_corrected_vat_is_spread_and_found_again(including):
    """The lines keep their part of the correction, and reckoning by group once more comes to the same."""
    three = lines("9.99", "9.99", "9.99", vat=V19)
    [group] = vat_groups(three, prices_including_vat=including)
    corrected = with_typed_vat(group, group.vat_amount + D("0.05"), prices_including_vat=including)
    results = spread_vat(three, [corrected], prices_including_vat=including)
    assert sum(result.vat_difference for result in results) == D("0.05")
    again = [old._replace(vat_difference=new.vat_difference) for old, new in zip(three, results, strict=True)]
    assert vat_groups(again, prices_including_vat=including) == [corrected]


def test_a_correction_on_other_lines_is_not_taken_back_by_a_new_one():
    others = GroupTotals(D("95.00"), D(0), D("95.00"), D("118.80"), vat_difference=D("0.05"))
    assert enter_vat(line("5.00"), others).vat_amount == D("1.25")
    others = GroupTotals(D("118.75"), D(0), D("94.95"), D("118.75"), vat_difference=D("0.05"))
    assert enter_vat(line("6.25"), others, prices_including_vat=True).vat_amount == D("1.25")


def test_a_line_discounted_away_bears_nothing():
    assert enter_vat(line("10.00", discount=10)) == (10000, 0, 0, 0, 0, 0)


def test_texts_and_free_lines_belong_to_no_group():
    text = AmountLine(10000, D(0), D(0), D(0), VATKey(""))
    document = document_vat([text, *lines("100.00")])
    assert len(document.groups) == 1
    assert [result.vat_amount for result in document.lines] == [D(0), D("25.00")]


def test_lines_keep_their_order_across_groups():
    mixed = [line("10.00", V25), line("10.00", V19), line("20.00", V25), line("-10.00", V19)]
    assert vats(document_vat(mixed).lines) == [D("2.50"), D("1.90"), D("5.00"), D("-1.90")]


def test_a_thousand_lines_are_one_pass():
    document = document_vat(lines(*["0.33"] * 1000))
    assert document.vat_amount == sum(vats(document.lines)) == D("82.50")
