"""Line amounts and line discounts: what a clerk types, and what one invoice takes of a line."""

from decimal import Decimal as D

import pytest

from sales.arithmetic.amounts import (
    OrderedLine,
    amounts_from_discount,
    amounts_from_line_amount,
    amounts_from_percent,
    check_line_amount,
    check_line_discount_amount,
    check_line_discount_percent,
    inv_discount_to_invoice,
    part_to_invoice,
)


def codes(problems):
    return [problem.code for problem in problems]


def invoices_of(line, *quantities):
    """Invoice a line in parts, remembering after each what has been invoiced."""
    parts = []
    for quantity in quantities:
        part = part_to_invoice(line, D(quantity))
        parts.append(part)
        line = line._replace(
            quantity_invoiced=line.quantity_invoiced + part.quantity,
            inv_discount_invoiced=line.inv_discount_invoiced + part.inv_discount_amount,
        )
    return parts


def test_a_line_amount_is_rounded_to_the_cent():
    """Three pieces at 33.333 come to 99.999, which is 100.00."""
    assert amounts_from_percent(D(3), D("33.333"), D(0)).line_amount == D("100.00")


def test_gross_and_discount_are_each_rounded():
    """Seven at 12.345 is 86.415, half up 86.42; 5 % of that is 4.32."""
    assert amounts_from_percent(D(7), D("12.345"), D(5)) == (D("86.42"), D(5), D("4.32"), D("82.10"))


def test_halves_go_away_from_zero_on_both_sides():
    """A returned piece at 0.125 takes back 0.13, exactly what its sale brought."""
    assert amounts_from_percent(D(-1), D("0.125"), D(0)).line_amount == D("-0.13")
    assert amounts_from_percent(D(1), D("0.125"), D(0)).line_amount == D("0.13")


def test_a_typed_line_amount_becomes_a_discount():
    """Three at 100 for 250 is a discount of 50, about 16.67 %."""
    amounts = amounts_from_line_amount(D(3), D(100), D(250))
    assert amounts == (D(300), D("16.66667"), D("50.00"), D("250.00"))


def test_a_line_amount_above_the_gross_is_refused():
    """A line cannot be made dearer by a negative discount: the unit price has to be raised."""
    assert codes(check_line_amount(D(3), D(100), D(350), line_no=10000)) == ["E-LINEAMT-HIGH"]
    assert check_line_amount(D(3), D(100), D(350), line_no=10000)[0].line_no == 10000
    assert codes(check_line_amount(D(-3), D(100), D(-350))) == ["E-LINEAMT-HIGH"]
    assert codes(check_line_amount(D(3), D(100), D(-1))) == ["E-DISC-RANGE"]
    assert check_line_amount(D(3), D(100), D(300)) == []
    assert check_line_amount(D(-3), D(100), D(-250)) == []


def test_a_typed_discount_amount_stays_as_typed():
    """One cent in a hundred thousand: recomputing from the rounded percentage would double the discount."""
    amounts = amounts_from_discount(D(1), D(20_000_000), D("1.00"))
    assert amounts.line_discount_percent == D("0.00001")
    assert amounts.line_discount_amount == D("1.00")
    assert amounts.line_amount == D("19999999.00")


def test_a_typed_line_amount_is_met_to_the_cent():
    """19.625 at 1,192.00 is 23,393.00; typing 16,559.33 gives 6,833.67 off, 29.21246 %."""
    amounts = amounts_from_line_amount(D("19.625"), D(1192), D("16559.33"))
    assert amounts == (D("23393.00"), D("29.21246"), D("6833.67"), D("16559.33"))


@pytest.mark.parametrize("percent", ["100.5", "-1"])
def test_a_discount_percentage_lies_between_nothing_and_everything(percent):
    assert codes(check_line_discount_percent(D(percent))) == ["E-DISC-RANGE"]


def test_the_ends_of_the_discount_range_are_allowed():
    assert check_line_discount_percent(D(0)) == check_line_discount_percent(D(100)) == []


def test_a_discount_amount_lies_between_nothing_and_the_line():
    """Also on returns, whose lines and discounts are negative, and on lines that cost nothing."""
    assert check_line_discount_amount(D(3), D(100), D(300)) == []
    assert codes(check_line_discount_amount(D(3), D(100), D("300.01"))) == ["E-DISC-RANGE"]
    assert codes(check_line_discount_amount(D(3), D(100), D("-0.01"))) == ["E-DISC-RANGE"]
    assert check_line_discount_amount(D(-3), D(100), D(-5)) == []
    assert codes(check_line_discount_amount(D(-3), D(100), D(5))) == ["E-DISC-RANGE"]
    assert codes(check_line_discount_amount(D(3), D(0), D(1))) == ["E-DISC-RANGE"]
    assert amounts_from_discount(D(3), D(0), D(0)).line_discount_percent == 0


def test_a_line_given_away_is_invoiced_in_parts_without_a_remainder():
    """15 at 9.0909 with 100 % discount, invoiced 9 and 6: the discounts add up, the customer never pays."""
    gross = D("136.36")
    line = OrderedLine(D(15), D("9.0909"), D(100), gross)
    nine, six = invoices_of(line, 9, 6)
    assert (nine.line_discount_amount, six.line_discount_amount) == (D("81.82"), D("54.54"))
    assert nine.line_amount == six.line_amount == 0
    assert nine.gross + six.gross == gross


def test_an_order_with_a_line_discount_is_invoiced_in_two_parts():
    """Ten at 9.99 less 10 % is 89.91; three and then seven come to the same."""
    line = OrderedLine(D(10), D("9.99"), D(10), D("9.99"))
    three, seven = invoices_of(line, 3, 7)
    assert (three.line_amount, three.line_discount_amount) == (D("26.97"), D("3.00"))
    assert (seven.line_amount, seven.line_discount_amount) == (D("62.94"), D("6.99"))
    assert three.line_amount + seven.line_amount == D("89.91")


def test_a_whole_line_keeps_its_typed_discount():
    """The percentage of a typed discount is rounded: only parts are reckoned from it."""
    line = OrderedLine(D(1), D(20_000_000), D("0.00001"), D("1.00"))
    assert part_to_invoice(line, D(1)).line_amount == D("19999999.00")


def test_a_price_changed_between_two_invoices_counts_for_the_rest():
    """Five of ten invoiced at 10 % of 100.00; then the price doubles, and with it the discount of the other five."""
    line = OrderedLine(D(10), D(20), D(10), D("20.00"), quantity_invoiced=D(5))
    assert part_to_invoice(line, D(5)) == (D(5), D("90.00"), D("10.00"), D("0.00"), D(0))


def test_the_invoice_discount_follows_the_quantity_to_invoice():
    """Of 333.33, 333.34 and 333.33 on three lines of ten, invoicing 0, 5 and 10 takes 500.00 in all."""
    shares = zip([D("333.33"), D("333.34"), D("333.33")], [0, 5, 10], strict=True)
    taken = [
        inv_discount_to_invoice(OrderedLine(D(10), D(1000), inv_discount_amount=share), D(quantity))
        for share, quantity in shares
    ]
    assert taken == [D(0), D("166.67"), D("333.33")]
    assert sum(taken) == D("500.00")


def test_the_last_invoice_takes_what_is_left_of_the_invoice_discount():
    """Five cents on ten pieces, one by one: rounding each share up would give a discount of ten cents."""
    line = OrderedLine(D(10), D(1), inv_discount_amount=D("0.05"))
    parts = invoices_of(line, *[1] * 10)
    assert sum(part.inv_discount_amount for part in parts) == D("0.05")
    assert all(part.inv_discount_amount >= 0 for part in parts)


def test_nothing_is_taken_from_a_line_without_quantity():
    assert part_to_invoice(OrderedLine(D(0), D(5)), D(0)) == (0, 0, 0, 0, 0)


def test_amounts_follow_the_precision_of_the_currency():
    """A currency without decimals: three at 33.4 is 100."""
    assert amounts_from_percent(D(3), D("33.4"), D(0), precision=D(1)).line_amount == D(100)
