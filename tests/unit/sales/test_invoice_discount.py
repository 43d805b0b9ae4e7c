"""Invoice discount and service charge."""

from decimal import Decimal as D

from sales.arithmetic.invoice_discount import (
    DiscountRecord,
    calculate_invoice_discount,
    check_full_vat_lines,
    check_typed_amount,
    find_record,
    spread_percent,
    spread_typed_amount,
)
from sales.arithmetic.values import AmountLine, VATKey, VATType
from sales.arithmetic.vat import document_vat

V25 = VATKey("V25", VATType.NORMAL, D(25))
A = VATKey("A", VATType.NORMAL, D(25))
B = VATKey("B", VATType.NORMAL, D(12))
FULL = VATKey("FULL", VATType.FULL)


def line(amount, vat=V25, *, allowed=True, line_no=10000):
    return AmountLine(line_no, D(1), D(amount), D(amount), vat, allow_invoice_discount=allowed)


def codes(problems):
    return [problem.code for problem in problems]


def with_discounts(lines, discounts):
    return [old._replace(inv_discount_amount=new) for old, new in zip(lines, discounts, strict=True)]


def test_charge_and_discount_are_chosen_by_different_amounts():
    """1,100.00 in all reaches the step with a charge of 25; the 600.00 that allow discount reach only 2 %."""
    steps = [DiscountRecord(D(500), D(2)), DiscountRecord(D(1000), D(5), D(25))]
    lines = [line("600.00"), line("500.00", allowed=False)]
    result = calculate_invoice_discount(lines, steps)
    assert (result.charge_base, result.discount_base) == (D(1100), D(600))
    assert (result.service_charge, result.percent) == (D(25), D(2))
    assert result.line_discounts == [D("12.00"), D(0)]

    charged = [*with_discounts(lines, result.line_discounts), line("25.00", allowed=False)]
    document = document_vat(charged)
    assert (document.amount, document.vat_amount) == (D("1113.00"), D("278.25"))


def test_the_discount_is_spread_and_vat_follows():
    """5 % of three times 33.33 is 5.00; VAT on the 94.99 left is 23.75."""
    lines = [line("33.33")] * 3
    discounts = spread_percent(lines, D(5))
    assert discounts == [D("1.67"), D("1.66"), D("1.67")]
    document = document_vat(with_discounts(lines, discounts))
    assert (document.amount, document.vat_amount) == (D("94.99"), D("23.75"))
    assert [result.vat_amount for result in document.lines] == [D("7.92"), D("7.91"), D("7.92")]


def test_half_a_cent_is_carried_from_one_vat_group_to_the_next():
    """2.5 % of 100.10 twice is 5.005: 5.01, unless every VAT identifier stands alone."""
    lines = [line("100.10", A), line("100.10", B)]
    assert spread_percent(lines, D("2.5")) == [D("2.50"), D("2.51")]
    assert spread_percent(lines, D("2.5"), per_vat_identifier=True) == [D("2.50"), D("2.50")]


def test_a_typed_amount_is_spread_without_losing_a_cent():
    """1,000.00 off three equal lines of ten thousand."""
    assert spread_typed_amount([line("10000.00")] * 3, D(1000)) == [D("333.33"), D("333.34"), D("333.33")]


def test_a_typed_amount_is_spread_over_vat_groups_first():
    lines = [line("10.00", B), line("10.00", A), line("10.00", B), line("10.00", A, allowed=False)]
    assert spread_typed_amount(lines, D("1.00")) == [D("0.34"), D("0.33"), D("0.33"), D(0)]


def test_a_typed_amount_has_a_ceiling_and_needs_a_base():
    """At most what the lines that allow it come to; without such a line, nothing at all."""
    lines = [line("300.00"), line("50.00", allowed=False)]
    [problem] = check_typed_amount(lines, D("300.01"))
    assert problem.code == "E-INVD-MAX"
    assert "300.00" in problem.message
    assert check_typed_amount(lines, D("300.00")) == []
    assert codes(check_typed_amount([line("50.00", allowed=False)], D("1.00"))) == ["E-INVD-NOBASE"]
    assert check_typed_amount([], D(0)) == []


def test_steps_in_local_currency_serve_a_foreign_document():
    """600 at a factor of 0.5 is 1,200 in local currency; the charge of 10 is 5 in the foreign one."""
    steps = [DiscountRecord(D(1000), service_charge=D(10))]
    found = find_record(steps, D(600), currency="USD", factor=D("0.5"))
    assert (found.service_charge, found.currency) == (D("5.00"), "USD")
    assert find_record(steps, D(499), currency="USD", factor=D("0.5")) is None
    assert find_record(steps, D(600)) is None


def test_steps_in_the_currency_of_the_document_come_first():
    steps = [DiscountRecord(D(0), D(9)), DiscountRecord(D(100), D(3), currency="USD")]
    assert find_record(steps, D(150), currency="USD", factor=D(2)).discount_percent == 3
    assert find_record(steps, D(50), currency="USD", factor=D(2)).discount_percent == 9


def test_a_code_without_steps_leaves_the_discount_alone():
    kept = line("100.00")._replace(inv_discount_amount=D(7))
    result = calculate_invoice_discount([kept], [])
    assert (result.percent, result.line_discounts) == (None, [D(7)])


def test_a_code_whose_steps_are_not_reached_takes_the_discount_away():
    kept = line("100.00")._replace(inv_discount_amount=D(7))
    result = calculate_invoice_discount([kept], [DiscountRecord(D(500), D(5), D(25))])
    assert (result.percent, result.line_discounts, result.service_charge) == (0, [D(0)], 0)


def test_prices_including_vat_are_measured_without_it():
    """125.00 and 112.00 including VAT are 100.00 each; the charge of 10 becomes 12.50 with its VAT."""
    steps = [DiscountRecord(D(200), D(10), D(10)), DiscountRecord(D(201), D(20))]
    lines = [line("125.00", A), line("112.00", B)]
    result = calculate_invoice_discount(lines, steps, prices_including_vat=True, charge_vat=V25)
    assert result.charge_base == result.discount_base == D(200)
    assert (result.percent, result.service_charge) == (D(10), D("12.5"))
    assert result.line_discounts == [D("12.50"), D("11.20")]


def test_full_vat_lines_take_no_invoice_discount():
    full = line("250.00", FULL, line_no=20000)
    assert spread_percent([line("100.00"), full], D(10)) == [D("10.00"), D(0)]
    [problem] = check_full_vat_lines([line("100.00"), full._replace(inv_discount_amount=D(1))])
    assert (problem.code, problem.line_no) == ("E-INVD-FULLVAT", 20000)


def test_returns_on_an_order_lower_the_discount():
    """Sold for 100, returned for 20: the discount of each bears its sign."""
    lines = [line("100.00"), AmountLine(20000, D(-1), D(20), D("-20.00"), V25)]
    assert spread_percent(lines, D(10)) == [D("10.00"), D("-2.00")]
    assert spread_typed_amount(lines, D(8)) == [D("10.00"), D("-2.00")]
