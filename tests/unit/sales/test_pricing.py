"""Which price and which discount a line gets, and why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from sales.arithmetic.values import VATKey, VATType
from sales.pricing import (
    ALL_CUSTOMERS,
    ALL_ITEMS,
    AmountType,
    Asset,
    AssetType,
    Card,
    Demand,
    PriceLine,
    Reason,
    Source,
    SourceType,
    Status,
    check_picked_price,
    price_after_change,
    select_price,
)

BICYCLE = Asset(AssetType.ITEM, "1000")
CYCLES = Asset(AssetType.ITEM_DISCOUNT_GROUP, "CYCLES")
ADATUM = Source(SourceType.CUSTOMER, "C-ADATUM")
V25 = VATKey("V25", VATType.NORMAL, D(25))
V19 = VATKey("V19", VATType.NORMAL, D(19))
V7 = VATKey("V7", VATType.NORMAL, D(7))

DEMAND = Demand(
    on=date(2026, 3, 10),
    assets=frozenset({BICYCLE, CYCLES}),
    sources=frozenset({ALL_CUSTOMERS, ADATUM}),
    quantity=D(1),
    card=Card(D(10)),
    vat=V25,
    unit="PCS",
)
IN_X = replace(DEMAND, currency="X", factor=D("1.3"))


def price(amount, **fields):
    return PriceLine(ALL_CUSTOMERS, BICYCLE, D(amount), **fields)


def discount(percent, **fields):
    return PriceLine(
        fields.pop("source", ALL_CUSTOMERS),
        fields.pop("asset", BICYCLE),
        line_discount_percent=D(percent),
        amount_type=AmountType.DISCOUNT,
        **fields,
    )


def chosen(demand, *lines):
    return select_price(demand, lines).unit_price


def why(decision):
    return [(rejected.wanted, rejected.reason) for rejected in decision.rejected]


def codes(problems):
    return [problem.code for problem in problems]


def test_without_price_lines_the_card_is_converted():
    """10.00 per piece on the card, prices including 25 % VAT, a box of twelve: 150.00."""
    decision = select_price(replace(DEMAND, unit="BOX", per_unit=D(12), prices_including_vat=True), [])
    assert decision.unit_price == D("150.00")
    assert decision.from_card
    assert decision.rejected == ()


@pytest.mark.parametrize(
    ("including", "vat", "expected"),
    [(False, V19, "100.00"), (True, V7, "107.00"), (True, V19, "119.00"), (False, V25, "100.00")],
)
def test_a_price_including_vat_serves_every_document(including, vat, expected):
    """A price of 119.00 made for customers who pay 19 %."""
    line = price("119.00", includes_vat=True, vat=V19)
    assert chosen(replace(DEMAND, prices_including_vat=including, vat=vat), line) == D(expected)


def test_under_reverse_charge_no_vat_is_put_on_the_price():
    reverse = VATKey("EU", VATType.REVERSE_CHARGE, D(25))
    demand = replace(DEMAND, prices_including_vat=True, vat=reverse)
    assert chosen(demand, price("119.00", includes_vat=True, vat=V19)) == D("100.00")
    assert chosen(demand, price("100.00")) == D("100.00")


def test_a_price_on_the_card_may_include_vat_too():
    card = Card(D("11.90"), includes_vat=True, vat=V19)
    assert chosen(replace(DEMAND, card=card)) == D("10.00")


def test_a_price_in_the_documents_currency_goes_before_a_cheaper_one():
    """10 in local currency would be 13.00 in X, but there is a price in X."""
    decision = select_price(IN_X, [price("10"), price("15", currency="X")])
    assert decision.unit_price == D("15.00")
    assert why(decision) == [(AmountType.PRICE, Reason.LESS_SPECIFIC)]
    assert decision.rejected[0].value == D("13.00")


@pytest.mark.parametrize(("for_variant", "expected"), [("16", "15.00"), ("11", "14.30")])
def test_a_price_for_the_currency_and_one_for_the_variant_compete(for_variant, expected):
    """Each is specific in one respect, so the lower one wins."""
    lines = [price("15", currency="X"), price(for_variant, variant="A")]
    assert chosen(replace(IN_X, variant="A"), *lines) == D(expected)
    assert chosen(replace(IN_X, variant="A"), *reversed(lines)) == D(expected)


def test_a_price_for_currency_and_variant_wins_though_dearest():
    lines = [
        price("10"),
        price("15", currency="X"),
        price("14", variant="A"),
        price("20", currency="X", variant="A"),
    ]
    demand = replace(IN_X, variant="A")
    assert chosen(demand, *lines) == chosen(demand, *reversed(lines)) == D("20.00")
    assert {reason for _wanted, reason in why(select_price(demand, lines))} == {Reason.LESS_SPECIFIC}


def test_only_active_price_lists_count():
    lines = [
        price("15"),
        price("10"),
        price("9", status=Status.DRAFT),
        price("8", status=Status.INACTIVE),
    ]
    decision = select_price(DEMAND, lines)
    assert decision.unit_price == D("10.00")
    assert decision.price_line is lines[1]
    assert [(rejected.line, rejected.reason) for rejected in decision.rejected] == [
        (lines[2], Reason.STATUS),
        (lines[3], Reason.STATUS),
        (lines[0], Reason.DEARER),
    ]


def test_a_price_line_without_a_unit_counts_in_base_units():
    """9.00 a piece from 24 pieces: one box of twelve is too little, two are enough."""
    bulk = price("9.00", minimum_quantity=D(24))
    boxes = replace(DEMAND, unit="BOX", per_unit=D(12))
    one = select_price(boxes, [bulk])
    assert one.unit_price == D("120.00")
    assert one.from_card
    assert why(one) == [(AmountType.PRICE, Reason.MINIMUM_QUANTITY)]
    assert chosen(replace(boxes, quantity=D(2)), bulk) == D("108.00")
    assert chosen(replace(boxes, quantity=D(-2)), bulk) == D("108.00")


def test_the_card_does_not_compete_with_a_price_line():
    """11.00 a piece is dearer than the card, and it is the price all the same."""
    boxes = replace(DEMAND, unit="BOX", per_unit=D(12))
    assert chosen(boxes, price("9.00", minimum_quantity=D(24)), price("11.00")) == D("132.00")


def test_a_price_line_with_a_unit_counts_in_that_unit():
    boxes = replace(DEMAND, unit="BOX", per_unit=D(12), quantity=D(2))
    assert chosen(boxes, price("99.00", unit="BOX", minimum_quantity=D(2))) == D("99.00")
    assert chosen(boxes, price("99.00", unit="BOX", minimum_quantity=D(3))) == D("120.00")
    assert why(select_price(boxes, [price("9.00", unit="PCS")])) == [(AmountType.PRICE, Reason.UNIT)]


def test_a_price_is_compared_with_its_discount():
    """100.00 less the customer's 10 % beats 95.00 without any."""
    ten = discount("10", source=ADATUM)
    allowing, strict = price("100.00"), price("95.00", allow_line_discount=False)
    decision = select_price(DEMAND, [ten, allowing, strict])
    assert (decision.unit_price, decision.line_discount_percent) == (D("100.00"), D(10))
    assert (decision.price_line, decision.discount_line) == (allowing, ten)
    assert not decision.discount_refused


def test_a_price_that_allows_no_discount_drops_it():
    """89.00 net beats 90.00, and the 10 % are refused."""
    ten = discount("10", source=ADATUM)
    decision = select_price(DEMAND, [ten, price("100.00"), price("89.00", allow_line_discount=False)])
    assert (decision.unit_price, decision.line_discount_percent) == (D("89.00"), 0)
    assert not decision.allow_line_discount
    assert decision.discount_refused
    assert decision.discount_line is ten


@pytest.mark.parametrize(("day", "expected"), [(31, "8.00"), (1, "8.00")])
def test_a_price_is_valid_through_its_last_day(day, expected):
    march = price("8.00", starting_date=date(2026, 3, 1), ending_date=date(2026, 3, 31))
    assert chosen(replace(DEMAND, on=date(2026, 3, day)), march) == D(expected)


def test_an_order_of_april_does_not_get_the_price_of_march():
    """Orders are priced by their order date, invoices by their posting date: the caller says which day counts."""
    march = price("8.00", starting_date=date(2026, 3, 1), ending_date=date(2026, 3, 31))
    decision = select_price(replace(DEMAND, on=date(2026, 4, 1)), [march])
    assert decision.unit_price == D("10.00")
    assert why(decision) == [(AmountType.PRICE, Reason.DATE)]
    assert why(select_price(replace(DEMAND, on=date(2026, 2, 28)), [march])) == [
        (AmountType.PRICE, Reason.DATE)
    ]


def test_a_typed_price_survives_a_new_quantity_where_no_price_line_exists():
    """88.00 was agreed on the phone: five instead of one is still 88.00, unless a price list says 90.00."""
    free = select_price(replace(DEMAND, quantity=D(5)), [])
    assert price_after_change(free, D(88), only_quantity=True) == D(88)
    assert price_after_change(free, D(88), only_quantity=False) == D(10)
    listed = select_price(replace(DEMAND, quantity=D(5)), [price("90.00")])
    assert price_after_change(listed, D(88), only_quantity=True) == D(90)


def test_a_price_line_whose_minimum_is_not_met_still_replaces_a_typed_price():
    listed = select_price(DEMAND, [price("9.00", minimum_quantity=D(24))])
    assert price_after_change(listed, D(88), only_quantity=True) == D(10)


def test_prices_for_all_items_count_only_where_the_item_has_none():
    general = PriceLine(ALL_CUSTOMERS, ALL_ITEMS, D(5))
    assert chosen(DEMAND, general) == D(5)
    decision = select_price(DEMAND, [general, price("7")])
    assert decision.unit_price == D(7)
    assert why(decision) == [(AmountType.PRICE, Reason.LESS_SPECIFIC_ASSET)]


def test_the_highest_discount_wins():
    """Customer, customer discount group and item discount group compete on one level."""
    group = Source(SourceType.DISCOUNT_GROUP, "RETAIL")
    demand = replace(DEMAND, sources=DEMAND.sources | {group})
    lines = [discount("5", source=ADATUM), discount("12", asset=CYCLES), discount("8", source=group)]
    decision = select_price(demand, lines)
    assert decision.line_discount_percent == 12
    assert decision.discount_line is lines[1]
    assert why(decision) == [(AmountType.DISCOUNT, Reason.LOWER_DISCOUNT)] * 2


def test_a_more_specific_discount_goes_before_a_higher_one():
    decision = select_price(IN_X, [discount("20"), discount("5", currency="X")])
    assert decision.line_discount_percent == 5
    assert why(decision) == [(AmountType.DISCOUNT, Reason.LESS_SPECIFIC)]


def test_a_line_with_price_and_discount_serves_both():
    both = price("9.00", amount_type=AmountType.BOTH, line_discount_percent=D(3))
    decision = select_price(DEMAND, [both])
    assert (decision.unit_price, decision.line_discount_percent) == (D(9), D(3))
    assert decision.price_line is decision.discount_line is both


def test_a_line_with_price_and_no_discount_says_nothing_about_discounts():
    specific = price("9.00", amount_type=AmountType.BOTH, currency="X")
    decision = select_price(IN_X, [specific, discount("10")])
    assert decision.line_discount_percent == 10


def test_price_groups_give_prices_and_discount_groups_give_discounts():
    prices = Source(SourceType.PRICE_GROUP, "GOLD")
    discounts = Source(SourceType.DISCOUNT_GROUP, "GOLD")
    demand = replace(DEMAND, sources=frozenset({prices, discounts}))
    decision = select_price(
        demand,
        [
            replace(price("7"), source=prices),
            replace(price("6"), source=discounts),
            discount("5", source=discounts),
            discount("9", source=prices),
        ],
    )
    assert (decision.unit_price, decision.line_discount_percent) == (D(7), D(5))
    assert [reason for _wanted, reason in why(decision)] == [Reason.SOURCE] * 2


def test_lines_for_others_are_told_apart():
    """Every reason why a line is out of the question has a sentence for people."""
    stranger = replace(price("1"), source=Source(SourceType.CUSTOMER, "C-OTHER"))
    other_item = replace(price("1"), asset=Asset(AssetType.ITEM, "2000"))
    lines = [stranger, other_item, price("1", currency="X"), price("1", variant="A")]
    decision = select_price(DEMAND, lines)
    assert [rejected.reason for rejected in decision.rejected] == [
        Reason.SOURCE,
        Reason.ASSET,
        Reason.CURRENCY,
        Reason.VARIANT,
    ]
    assert all(str(reason.sentence) for reason in Reason)


def test_of_equal_prices_the_first_wins():
    lines = [price("9", key=1), price("9", key=2)]
    decision = select_price(DEMAND, lines)
    assert decision.price_line.key == 1
    assert why(decision) == [(AmountType.PRICE, Reason.EQUAL)]


def test_a_document_that_allows_no_line_discount_gets_none():
    decision = select_price(replace(DEMAND, allow_line_discount=False), [discount("10"), price("9")])
    assert (decision.line_discount_percent, decision.discount_line) == (0, None)
    assert not decision.allow_line_discount
    assert not decision.discount_refused


def test_the_winner_says_whether_invoice_discount_is_allowed():
    assert not select_price(DEMAND, [price("9", allow_invoice_discount=False)]).allow_invoice_discount
    assert select_price(DEMAND, []).allow_invoice_discount
    assert not select_price(
        replace(DEMAND, card=Card(D(10), allow_invoice_discount=False)), []
    ).allow_invoice_discount


def test_a_converted_price_is_rounded_once():
    """A third of 10 in X, per box: unit and currency first, rounding last."""
    demand = replace(IN_X, factor=D("0.333333333333333"), unit="BOX", per_unit=D(7))
    assert chosen(demand) == D("23.33333")


def test_a_price_picked_by_hand_must_fit_the_line():
    assert check_picked_price(DEMAND, price("9")) == []
    assert codes(check_picked_price(DEMAND, price("9", minimum_quantity=D(2)))) == ["E-PRC-MINQTY"]
    assert codes(check_picked_price(DEMAND, price("9", starting_date=date(2026, 3, 11)))) == ["E-PRC-DATE"]
    wrong = price("9", currency="X", unit="BOX", ending_date=date(2026, 3, 9))
    assert codes(check_picked_price(DEMAND, wrong)) == ["E-PRC-DATE", "E-PRC-MISMATCH", "E-PRC-MISMATCH"]
