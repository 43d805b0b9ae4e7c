"""From the document's currency to local currency."""

from decimal import Decimal as D

from sales.arithmetic.lcy import convert, convert_rows, gather


def post(rows, factor):
    """Convert lines (account, foreign amount) and gather them by account."""
    local = convert([amount for _account, amount in rows], factor)
    triples = [(account, [fcy], [lcy]) for (account, fcy), lcy in zip(rows, local, strict=True)]
    return {account: both.lcy[0] for account, both in gather(triples).items()}


def test_lines_are_worth_what_the_running_total_grows_by():
    """Three times 10.00 at 1.23456 is 37.04 in all, not three times 12.35."""
    posted = post([("A", D(10)), ("B", D(10)), ("C", D(10))], 1 / D("1.23456"))
    assert posted == {"A": D("12.35"), "B": D("12.34"), "C": D("12.35")}
    assert sum(posted.values()) == D("37.04")


def test_an_account_that_comes_to_nothing_keeps_no_cent():
    """Sold, returned and sold again: C ends at nothing in foreign currency, and so it does in local currency."""
    sold = {"A": D(5075), "B": D(2590), "C": D(1415)}
    back = [(account, -amount) for account, amount in sold.items()]
    rows = [*sold.items(), *back, ("A", D(5075)), ("B", D(2590)), ("D", D(1415))]
    posted = post(rows, D("0.25833118"))
    assert posted == {"A": D("19645.33"), "B": D("10025.89"), "C": D("0.00"), "D": D("5477.46")}
    assert sum(posted.values()) == D("35148.68")


def test_a_residue_without_a_successor_goes_to_the_last_account_with_an_amount():
    rows = [("A", [D(1)], [D("3.33")]), ("B", [D(2)], [D("6.67")]), ("B", [D(-2)], [D("-6.66")])]
    assert {key: both.lcy for key, both in gather(rows).items()} == {"A": (D("3.34"),), "B": (D(0),)}


def test_cents_stay_where_they_arose_when_nothing_else_was_posted():
    rows = [("A", [D(1)], [D("3.33")]), ("A", [D(-1)], [D("-3.34")])]
    assert gather(rows)["A"].lcy == (D("-0.01"),)


def test_local_documents_are_not_converted():
    assert convert([D("1.11"), D("2.22")], D(1)) == convert([D("1.11"), D("2.22")], D(0))
    assert convert([D("1.11")], D(1)) == [D("1.11")]


def test_revenue_and_vat_come_to_what_the_customer_owes():
    """Amount and amount including VAT are converted side by side; VAT is what lies between."""
    factor = 1 / D("1.23456")
    rows = [(D(10), D("12.50")), (D(10), D("12.50")), (D(10), D("12.50"))]
    local = convert_rows(rows, factor)
    assert sum(including for _amount, including in local) == D("46.30")
    assert sum(amount for amount, _including in local) == D("37.04")
    assert convert_rows([], factor) == []


def test_columns_are_gathered_apart():
    """Amount and VAT of one account: the one cancels out, the other stays."""
    rows = [
        ("A", (D(10), D(2)), (D("12.35"), D("2.47"))),
        ("A", (D(-10), D(1)), (D("-12.34"), D("1.23"))),
        ("B", (D(5), D(1)), (D("6.17"), D("1.24"))),
    ]
    gathered = gather(rows)
    assert gathered["A"] == ((D(0), D(3)), (D(0), D("3.70")))
    assert gathered["B"] == ((D(5), D(1)), (D("6.18"), D("1.24")))
