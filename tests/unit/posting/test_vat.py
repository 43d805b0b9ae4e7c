"""VAT of journal lines."""

import pytest

from posting.setup_values import PostingSetup, VATSetup
from posting.values import Line
from posting.vat import expand, vat_included, vat_on
from tests.unit.posting.builder import D

OUT, IN, OWED = 22, 13, 23
ROWS = {
    ("DOM", "V25"): VATSetup(
        "DOM", "V25", D(25), "V25", sales_vat_account_id=OUT, purchase_vat_account_id=IN
    ),
    ("DOM", "V0"): VATSetup("DOM", "V0", D(0), "V0"),
    ("DOM", "NOACC"): VATSetup("DOM", "NOACC", D(25), "V25"),
    ("DOM", "OLD"): VATSetup("DOM", "OLD", D(25), "V25", blocked=True),
    ("DOM", "FULL"): VATSetup("DOM", "FULL", D(100), "F", "full", OUT, IN),
    ("EU", "V25"): VATSetup("EU", "V25", D(25), "EU25", "reverse_charge", OUT, IN, OWED),
}
SETUP = PostingSetup(vat_rows=ROWS)


def lines_of(amount, kind="sale", bus="DOM", prod="V25", account=41, **values):
    problems = []
    line = Line(account, D(amount), gen_posting_type=kind, vat_bus=bus, vat_prod=prod, line_no=1, **values)
    return expand(line, setup=SETUP, problems=problems), [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("amount", "base", "vat"),
    [
        ("1250.00", "1000.00", "250.00"),
        ("99.99", "79.99", "20.00"),
        ("-99.99", "-79.99", "-20.00"),
        ("0.02", "0.02", "0.00"),
    ],
)
def test_an_amount_including_vat_is_split(amount, base, vat):
    assert vat_included(D(amount), D(25)) == (D(base), D(vat))


def test_vat_on_a_base_follows_the_rounding_type():
    assert vat_on(D("0.10"), D(25)) == D("0.03")
    assert vat_on(D("0.10"), D(25), direction="down") == D("0.02")


def test_a_sale_becomes_base_and_output_vat():
    (base, vat), problems = lines_of("-1250.00")
    assert (base.account_id, base.amount, base.vat_amount) == (41, D("-1000.00"), D("-250.00"))
    assert (vat.account_id, vat.amount, vat.system_created) == (OUT, D("-250.00"), True)
    assert (base.vat.base, base.vat.amount, base.vat.account_id) == (D("-1000.00"), D("-250.00"), OUT)
    assert (base.vat.type, base.vat.identifier, base.vat.vat_bus) == ("sale", "V25", "DOM")
    assert problems == []


def test_a_purchase_becomes_base_and_input_vat():
    (base, vat), _problems = lines_of("99.99", kind="purchase")
    assert (base.amount, vat.account_id, vat.amount) == (D("79.99"), IN, D("20.00"))


def test_without_vat_there_is_an_entry_and_no_line():
    (only,), problems = lines_of("-100.00", prod="V0")
    assert (only.amount, only.vat.base, only.vat.amount) == (D("-100.00"), D("-100.00"), D("0.00"))
    assert problems == []


def test_a_reverse_charge_sale_has_an_entry_with_the_base_alone():
    (only,), problems = lines_of("-1000.00", bus="EU")
    assert (only.amount, only.vat.base, only.vat.amount) == (D("-1000.00"), D("-1000.00"), 0)
    assert only.vat.calculation_type == "reverse_charge"
    assert problems == []


def test_a_reverse_charge_purchase_is_owed_and_deducted():
    (base, deducted, owed), _problems = lines_of("1000.00", kind="purchase", bus="EU")
    assert (base.amount, base.vat.amount) == (D("1000.00"), D("250.00"))
    assert [(line.account_id, line.amount) for line in (deducted, owed)] == [
        (IN, D("250.00")),
        (OWED, D("-250.00")),
    ]
    assert (base.vat.account_id, base.vat.reverse_charge_account_id) == (IN, OWED)


def test_full_vat_stands_on_the_vat_account():
    (only,), problems = lines_of("-250.00", prod="FULL", account=OUT)
    assert (only.amount, only.vat.base, only.vat.amount) == (D("-250.00"), 0, D("-250.00"))
    assert problems == []
    assert lines_of("-250.00", prod="FULL", account=41)[1] == ["E-VAT-FULLACC"]


def test_what_is_missing_is_named():
    assert lines_of("-125.00", prod="NONE")[1] == ["E-VAT-NOSETUP"]
    assert lines_of("-125.00", prod="OLD")[1] == ["E-VAT-NOSETUP"]
    assert lines_of("-125.00", prod="NOACC")[1] == ["E-PG-ACC"]
    assert lines_of("-125.00", kind="")[1] == ["E-VAT-TYPE"]
    assert lines_of("-125.00", kind="settlement")[1] == ["E-VAT-TYPE"]


def test_foreign_currency_is_split_with_it():
    (base, vat), _problems = lines_of("-100.00", currency_amount=D("-125.00"))
    assert (base.amount, vat.amount) == (D("-80.00"), D("-20.00"))
    assert (base.currency_amount, vat.currency_amount) == (D("-100.00"), D("-25.00"))


def test_vat_accounts_take_the_vat_of_typed_lines(books):
    from posting.models import VATEntry
    from posting.selectors import account_balance

    vat = {"gen_posting_type": "purchase", "vat_bus": "EU", "vat_prod": "V25"}
    books.post(("6500", "1000.00"), bal_account_no="1020", **vat)
    assert [account_balance(number) for number in ("6500", "1020", "1320", "2220")] == [
        D("1000.00"),
        D("-1000.00"),
        D("250.00"),
        D("-250.00"),
    ]
    full = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "FULL"}
    books.post(("2200", "-250.00"), bal_account_no="1020", document_no="G2", **full)
    assert account_balance("2200") == D("-250.00")
    assert VATEntry.objects.count() == 2
