"""# Journals

A journal is a pad: lines are written, changed and removed as one likes, wrong values may stand, and nothing is posted.
Then all lines are posted at once, or none of them, and the pad is empty again. Cash receipt journals take what
customers pay, sales and general journals anything else, item journals what comes into stock and leaves it.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from erp.kernel.numbering import peek_number
from inventory.journals import item_batch_named, item_lines_of, on_hand
from inventory.routines.post_item_journal_batch import (
    check_item_batch,
    post_item_journal_batch,
    preview_item_journal_batch,
)
from inventory.routines.write_item_journal import draft_item_line
from posting.models import Register
from posting.routines.reverse import reverse_register
from receivables import selectors
from receivables.journals import batch_named, credit_exceeded, journal_balance, lines_of, numbers_to_come
from receivables.models import JournalLine
from receivables.plans.journal_draft import Kind
from receivables.routines.post_journal_batch import check_batch, post_journal_batch, preview_journal_batch
from receivables.routines.write_journal import (
    change_line,
    choose_entries,
    draft_batch,
    draft_line,
    remove_line,
)

MARCH_1, MARCH_9 = date(2026, 3, 1), date(2026, 3, 9)


def march(number: int) -> date:
    return date(2026, 3, number)


def invoice_of(world, customer, amount, *, on=MARCH_1):
    """An invoice over a net amount plus 25 % VAT; the goods are of no concern here."""
    return world.sales_invoice(customer, on=on).charges("4520", amount).post()


def receipts():
    """The cash receipt journal that is there before anybody wrote in it."""
    return batch_named(Kind.CASH_RECEIPTS, "DEFAULT")


def write(batch, *, on=MARCH_9, **typed):
    return draft_line(batch, on=on, typed=typed)


def post(world, batch, *, on=MARCH_9):
    return post_journal_batch(batch, by=world.by, at=world.at(on))


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


def test_two_receipts_are_typed_and_posted_together(world):
    """Adatum pays its invoice of 1,250 less 2 % in time; Tailspin pays 100 on account."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    tailspin = world.customer("Tailspin")
    invoice = invoice_of(world, adatum, 1000)

    # The document that is paid brings everything else: whose it is, and what is due on the day.
    first = write(receipts(), applies_to_document_no=invoice.number)
    assert (first.account_no, first.description) == ("ADATUM", "Adatum")
    assert (first.document_type, first.amount) == ("payment", D("-1225.00"))
    assert (first.bal_account_type, first.bal_account_no) == ("bank", "OPERATING")

    # A customer is found by name; a payment is negative, as in the ledgers.
    second = write(receipts(), account_no="tailspin", amount=D(-100))
    assert second.account_no == "TAILSPIN" and second.posting_date == MARCH_9

    # Numbers are shown and not drawn yet; each line has the bank on its other side, so all is in balance.
    batch = receipts()
    number = peek_number("PAYMENT", on=MARCH_9)
    assert list(numbers_to_come(batch, lines_of(batch)).values()) == [number, number[:-1] + "2"]
    balance = journal_balance(batch, lines_of(batch))
    assert (balance.lines, balance.debit, balance.credit, balance.total) == (2, D(1325), D(1325), 0)

    posted = post(world, batch)
    assert posted.lines == 2 and lines_of(batch) == []
    assert world.ledger(number) == {"1020": D("1225.00"), "1100": D("-1250.00"), "4420": D("25.00")}
    assert world.open_items(adatum) == {}
    assert world.open_items(tailspin) == {number[:-1] + "2": D("-100.00")}
    register = Register.objects.get(pk=posted.register_no)
    assert (register.source_code, register.journal_batch) == ("CASHRECJNL", "DEFAULT")
    world.check()


def test_one_receipt_settles_several_documents(world):
    """A payment of 1,000 is for two invoices and a credit memo; the clerk ticks them, and the amount follows."""
    adatum = world.customer("Adatum")
    one, two = invoice_of(world, adatum, 400), invoice_of(world, adatum, 600)
    credit = world.credit_memo(adatum, on=march(2)).charges("4520", 200).post()
    numbers = {row.document_no: row.entry_no for row in selectors.open_entries(adatum)}
    line = write(receipts(), account_no="ADATUM")

    line = choose_entries(
        receipts(),
        line.line_no,
        chosen=[(entry_no, None) for entry_no in numbers.values()],
        by=world.by,
        at=world.at(MARCH_9),
    )
    assert line.amount == D("-1000.00")
    marked = selectors.marked_entries(line.applies_to_id)
    assert {row.document_no for row in marked} == {one.number, two.number, credit.number}

    post(world, receipts())
    assert world.open_items(adatum) == {} and world.balance(adatum) == 0
    world.check()


def test_a_part_of_an_invoice_is_chosen(world):
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    line = write(receipts(), account_no="ADATUM")
    entry_no = selectors.entries_named(invoice.number)[0].entry_no
    line = choose_entries(
        receipts(), line.line_no, chosen=[(entry_no, D(300))], by=world.by, at=world.at(MARCH_9)
    )
    assert line.amount == D("-300.00")
    post(world, receipts())
    assert world.open_items(adatum) == {invoice.number: D("950.00")}


def test_a_line_that_goes_lets_its_entries_go(world):
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    line = write(receipts(), account_no="ADATUM")
    entry_no = selectors.entries_named(invoice.number)[0].entry_no
    at = {"by": world.by, "at": world.at(MARCH_9)}
    line = choose_entries(receipts(), line.line_no, chosen=[(entry_no, None)], **at)
    assert selectors.entry(entry_no).applies_to_id == line.applies_to_id

    remove_line(receipts(), line.line_no, **at)
    assert selectors.entry(entry_no).applies_to_id == ""
    assert not JournalLine.objects.exists()


def test_wrong_values_stand_until_they_are_put_right(world):
    """Whatever is typed is kept. Checks say what is wrong; posting refuses all lines and draws no number."""
    adatum = world.customer("Adatum")
    number = peek_number("PAYMENT", on=MARCH_9)
    write(receipts(), account_no="ADATUM", amount=D(100))
    write(receipts(), account_no="Nobody", amount=D(-5))
    write(receipts(), account_no="ADATUM", amount=D(-7), applies_to_document_no="NO-SUCH")
    batch = receipts()
    found = check_batch(batch, lines_of(batch), by=world.by)
    assert [(problem.line_no, problem.code, problem.field) for problem in found] == [
        (10000, "E-GL-SIGN", "amount"),
        (20000, "E-CU-NONE", "account_no"),
        (30000, "E-AP-NOTOPEN", "applies_to_document_no"),
    ]
    with pytest.raises(ErpError) as refused:
        post(world, batch)
    assert codes(refused.value.problems) == ["E-GL-SIGN", "E-CU-NONE", "E-AP-NOTOPEN"]
    assert len(lines_of(batch)) == 3 and peek_number("PAYMENT", on=MARCH_9) == number

    at = {"by": world.by, "at": world.at(MARCH_9)}
    change_line(batch, 10000, typed={"amount": D(-100)}, **at)
    remove_line(batch, 20000, **at)
    change_line(batch, 30000, typed={"applies_to_document_no": ""}, **at)
    post(world, batch)
    assert world.balance(adatum) == -107


def test_the_preview_is_the_posting_and_leaves_no_trace(world):
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    write(receipts(), applies_to_document_no=invoice.number)
    plan = preview_journal_batch(receipts(), by=world.by)
    assert not plan.problems
    assert sorted(line.amount for each in plan.transactions for line in each.lines) == [D(-1250), D(1250)]
    assert {each.facts.document_no for each in plan.transactions} == {peek_number("PAYMENT", on=MARCH_9)}
    assert world.balance(adatum) == 1250 and len(lines_of(receipts())) == 1


def test_a_journal_is_posted_once(world):
    """Two accountants at the same pad: the second hears who was faster."""
    world.customer("Adatum")
    write(receipts(), account_no="ADATUM", amount=D(-10))
    batch = receipts()
    posted = post(world, batch)
    with pytest.raises(ErpError) as refused:
        post(world, batch)
    assert refused.value.code == "E-JB-EMPTY"
    assert refused.value.message.endswith(f"world posted it as register {posted.register_no}.")


def test_lines_without_a_balancing_account_balance_by_document(world):
    """A general journal: rent of 80 and postage of 20 are paid in cash with one document."""
    batch = batch_named(Kind.GENERAL, "DEFAULT")
    write(batch, account_no="6500", amount=D(80), description="Rent")
    write(batch, account_no="6500", amount=D(20), description="Postage")
    half = journal_balance(
        batch_named(Kind.GENERAL, "DEFAULT"), lines_of(batch_named(Kind.GENERAL, "DEFAULT"))
    )
    assert half.total == 100 and [document.balance for document in half.documents] == [100]

    batch = batch_named(Kind.GENERAL, "DEFAULT")
    plan = preview_journal_batch(batch, by=world.by)
    assert "E-GL-DOCBAL" in codes(plan.problems)

    write(batch, account_no="1010", amount=D(-100))
    assert journal_balance(batch, lines_of(batch)).documents == ()
    number = peek_number("GENERAL-JOURNAL", on=MARCH_9)
    assert set(numbers_to_come(batch, lines_of(batch)).values()) == {number}
    post(world, batch)
    assert world.ledger(number) == {"6500": D(100), "1010": D(-100)}
    world.check()


def test_what_is_typed_tells_what_it_is(world):
    """The account type follows the number where only one kind of account has it."""
    world.customer("Adatum")
    batch = batch_named(Kind.SALES, "DEFAULT")
    line = write(batch, account_no="6500", amount=D(5))
    assert (line.account_type, line.description) == ("gl", "Office and other expenses")
    line = write(batch, account_no="ADATUM", amount=D(5), bal_account_no="OPERATING")
    assert (line.account_type, line.bal_account_type) == ("customer", "bank")


def test_a_journal_tells_whose_credit_it_exceeds(world):
    """Adatum may owe 1,000 and owes 500. A sales journal with 600 more says so, and can be posted all the same."""
    adatum = world.customer("Adatum", credit_limit=D(1000))
    invoice_of(world, adatum, 400)
    batch = batch_named(Kind.SALES, "DEFAULT")
    write(batch, account_no="ADATUM", amount=D(600), bal_account_no="4520", document_no="OLD-1")
    batch = batch_named(Kind.SALES, "DEFAULT")
    [credit] = credit_exceeded(lines_of(batch), on=MARCH_9)
    assert (credit.customer, credit.added, credit.amount, credit.excess) == (adatum, 600, 1100, 100)

    post(world, batch)
    assert world.balance(adatum) == 1100
    assert world.ledger("OLD-1")["1100"] == D("600.00")
    world.check()


def test_journals_have_names_numbers_and_banks_of_their_own(world):
    """Money in US dollars comes in on another account: a journal of its own has it on every line."""
    world.customer("Coho", currency="USD", group="EXPORT")
    world.rate("USD", 100, 125, on=MARCH_1)
    dollars = draft_batch(
        kind=Kind.CASH_RECEIPTS,
        name="dollars",
        number_series="PAYMENT",
        bal_account_type="bank",
        bal_account_no="USD",
    )
    assert dollars.name == "DOLLARS"
    with pytest.raises(ErpError, match="exists already"):
        draft_batch(kind=Kind.CASH_RECEIPTS, name="DOLLARS")

    line = write(dollars, account_no="COHO", amount=D(-80))
    assert line.currency_code == "USD" and line.bal_account_no == "USD"
    assert journal_balance(dollars, lines_of(dollars)).debit == 100
    post(world, dollars)
    assert world.account("1030") == 100
    world.check()


def test_a_register_is_reversed(world):
    """Money on account was entered for the wrong customer: the whole register is undone, and typed again."""
    adatum, tailspin = world.customer("Adatum"), world.customer("Tailspin")
    write(receipts(), account_no="ADATUM", amount=D(-100))
    posted = post(world, receipts())
    reverse_register(posted.register_no, by=world.by, at=world.at(MARCH_9))
    assert world.balance(adatum) == 0 and world.account("1020") == 0

    write(receipts(), account_no="TAILSPIN", amount=D(-100))
    post(world, receipts())
    assert world.balance(tailspin) == -100
    world.check()


def test_goods_come_and_go_by_item_journal(world):
    """Ten bicycles are found at 240, two are scrapped. Both lines get the number of the day when they are posted."""
    bicycle = world.item("BICYCLE", cost=240, price=400)
    batch = item_batch_named("DEFAULT")
    found = draft_item_line(batch, on=MARCH_9, typed={"item_no": "bicycle", "quantity": D(10)})
    assert (found.item_no, found.description, found.unit_code) == ("BICYCLE", "Bicycle", "PCS")
    scrapped = draft_item_line(
        batch,
        on=MARCH_9,
        typed={"item_no": "BICYCLE", "quantity": D(2), "entry_type": "negative_adjustment"},
    )
    batch = item_batch_named("DEFAULT")
    assert on_hand([found]) == {10000: 0}
    assert check_item_batch(batch, item_lines_of(batch), by=world.by) == []
    plan = preview_item_journal_batch(batch, item_lines_of(batch), by=world.by)
    assert not plan.problems and world.stock(bicycle) == 0
    assert [cost.actual for cost in plan.plan.movement_costs] == [D(2400), D(-480)]

    number = peek_number("ITEM-JOURNAL", on=MARCH_9)
    posted = post_item_journal_batch(batch, by=world.by, at=world.at(MARCH_9))
    assert posted.lines == 2 and scrapped.line_no == 20000
    assert world.stock(bicycle) == 8 and world.stock_value(bicycle) == 1920
    assert world.ledger(number)
    assert item_lines_of(item_batch_named("DEFAULT")) == []
    world.check()


def test_an_item_journal_says_what_is_wrong_line_by_line(world):
    world.item("BICYCLE", cost=240, price=400)
    batch = item_batch_named("DEFAULT")
    draft_item_line(batch, on=MARCH_9, typed={"item_no": "BICYCLE"})
    draft_item_line(batch, on=MARCH_9, typed={"item_no": "NO-SUCH", "quantity": D(1)})
    draft_item_line(batch, on=MARCH_9)
    batch = item_batch_named("DEFAULT")
    problems = check_item_batch(batch, item_lines_of(batch), by=world.by)
    assert [(problem.line_no, problem.code) for problem in problems] == [
        (10000, "E-QTY"),
        (20000, "E-ITEM-NONE"),
        (30000, "W-JNL-ZERO"),
    ]
    with pytest.raises(ErpError):
        post_item_journal_batch(batch, by=world.by, at=world.at(MARCH_9))
    assert len(item_lines_of(batch)) == 3
