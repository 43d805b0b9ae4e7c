"""# Registering payments

The bank statement lists what came in. Whoever registers it ticks the invoices that were paid; what is left blank is
taken as suggested: the work date, and what remains less the discount while it is in time. Each tick becomes a payment
by itself, or all ticks of a customer become one payment.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from receivables import selectors
from receivables.models import BankAccount
from receivables.plans.registration import Received, suggested, takes_discount, worth_knowing
from receivables.routines.register_payments import register_lump, register_payments

MARCH_1, MARCH_9 = date(2026, 3, 1), date(2026, 3, 9)


def march(number: int) -> date:
    return date(2026, 3, number)


def invoice_of(world, customer, amount, *, on=MARCH_1):
    """An invoice over a net amount plus 25 % VAT; the goods are of no concern here."""
    return world.sales_invoice(customer, on=on).charges("4520", amount).post()


def entry_of(paper):
    return selectors.entries_named(paper.number)[0]


def paid(paper, amount=None, *, on=MARCH_9, reference=""):
    """What was received for a paper; without an amount what is suggested."""
    entry = entry_of(paper)
    return Received(entry, on, suggested(entry, on) if amount is None else D(amount), reference)


def register(world, *received, key="", lump=False):
    bank = BankAccount.objects.get(number="OPERATING")
    routine = register_lump if lump else register_payments
    return routine(received, bank=bank, by=world.by, at=world.at(MARCH_9), key=key)


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


def test_two_invoices_are_ticked_and_posted_one_by_one(world):
    """Adatum pays in time and deducts its discount; Tailspin pays in full."""
    adatum, tailspin = world.customer("Adatum", terms="1M(8D)"), world.customer("Tailspin")
    one, two = invoice_of(world, adatum, 1000), invoice_of(world, tailspin, 400)
    assert suggested(entry_of(one), MARCH_9) == 1225 and suggested(entry_of(two), MARCH_9) == 500

    outcomes = register(world, paid(one, reference="STM 12/3"), paid(two))
    first, second = (outcome.receipt for outcome in outcomes)
    assert world.ledger(first.document_no) == {"1020": D(1225), "1100": D(-1250), "4420": D(25)}
    assert world.ledger(second.document_no) == {"1020": D(500), "1100": D(-500)}
    assert selectors.entry(first.entry_no).external_document_no == "STM 12/3"
    assert world.open_items(adatum) == {} and world.open_items(tailspin) == {}
    world.check()


def test_what_is_refused_keeps_nothing_else_back(world):
    """One invoice was paid by somebody else's hand a moment ago: it is told, and the others are posted."""
    adatum, tailspin = world.customer("Adatum"), world.customer("Tailspin")
    one, two = invoice_of(world, adatum, 1000), invoice_of(world, tailspin, 400)
    both = (paid(one), paid(two))
    world.pay(adatum, 1250, on=MARCH_9, apply=one.number)

    refused, posted = register(world, *both)
    assert refused.receipt is None and codes(refused.problems) == ["E-AP-NOTOPEN"]
    assert posted.receipt is not None
    assert world.balance(adatum) == 0 and world.balance(tailspin) == 0
    world.check()


def test_asked_twice_it_posts_once(world):
    adatum = world.customer("Adatum")
    tick = paid(invoice_of(world, adatum, 1000))
    [first], [second] = register(world, tick, key="k"), register(world, tick, key="k")
    assert first.receipt == second.receipt
    assert world.balance(adatum) == 0 and world.account("1020") == 1250


def test_what_is_worth_knowing_is_told_and_stops_nothing(world):
    """Too late for the discount, too little, too much, on hold."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    invoice = invoice_of(world, adatum, 1000)
    assert worth_knowing(paid(invoice)) == [] and takes_discount(paid(invoice)) == 25
    assert codes(worth_knowing(paid(invoice, on=march(10)))) == ["W-PR-DISCOUNT"]
    assert codes(worth_knowing(paid(invoice, 1000))) == ["W-PR-PART"]
    assert codes(worth_knowing(paid(invoice, 1300))) == ["W-PR-OVER"]
    assert codes(worth_knowing(paid(invoice, on=date(2026, 4, 2)))) == ["W-PR-DISCOUNT", "W-PR-LATE"]

    [outcome] = register(world, paid(invoice, 1300))
    assert outcome.receipt.remaining < 0
    assert world.balance(adatum) == D("-75.00")
    world.check()


def test_a_credit_memo_is_paid_out(world):
    """Where we owe the customer, the tick posts a refund: money leaves the bank."""
    adatum = world.customer("Adatum")
    memo = world.credit_memo(adatum, on=march(2)).charges("4520", 200).post()
    [outcome] = register(world, paid(memo))
    assert outcome.received.signed == -250
    assert world.ledger(outcome.receipt.document_no) == {"1020": D(-250), "1100": D(250)}
    assert world.open_items(adatum) == {}
    world.check()


def test_one_payment_for_several_documents(world):
    """Adatum transfers 1,000 for two invoices less a credit memo: one payment on the statement, one in the ledger."""
    adatum = world.customer("Adatum")
    one, two = invoice_of(world, adatum, 400), invoice_of(world, adatum, 600)
    memo = world.credit_memo(adatum, on=march(2)).charges("4520", 200).post()
    receipt = register(world, paid(one), paid(two), paid(memo), lump=True)
    assert world.ledger(receipt.document_no) == {"1020": D(1000), "1100": D(-1000)}
    assert world.open_items(adatum) == {} and receipt.remaining == 0
    world.check()


def test_a_part_of_a_lump(world):
    adatum = world.customer("Adatum")
    one, two = invoice_of(world, adatum, 400), invoice_of(world, adatum, 600)
    register(world, paid(one), paid(two, 100), lump=True)
    assert world.open_items(adatum) == {two.number: D("650.00")}
    world.check()


def test_one_payment_has_one_customer_and_one_date(world):
    one = invoice_of(world, world.customer("Adatum"), 400)
    two = invoice_of(world, world.customer("Tailspin"), 600)
    with pytest.raises(ErpError) as refused:
        register(world, paid(one), paid(two, on=march(8)), lump=True)
    assert codes(refused.value.problems) == ["E-PR-LUMPCUST", "E-PR-LUMPDATE"]
    with pytest.raises(ErpError, match="Mark at least one"):
        register(world)


def test_the_document_is_found_by_what_came_in(world):
    """A statement often names nothing but an amount, and not even that exactly."""
    adatum, tailspin = world.customer("Adatum", terms="1M(8D)"), world.customer("Tailspin Toys")
    one, two = invoice_of(world, adatum, 1000), invoice_of(world, tailspin, 400)

    def found(**asked):
        return [entry.document_no for entry in selectors.to_be_paid(**asked)]

    assert found() == [two.number, one.number] or found() == [one.number, two.number]
    assert found(amount=D(1250)) == found(amount=D(1225)) == [one.number]
    assert found(amount=D(1200)) == [] and found(amount=D(1200), tolerance=D(5)) == [one.number]
    assert found(text="toys tail") == [two.number] and found(text=one.number) == [one.number]
    assert found(text="ADATUM") == [one.number]
    assert found(text="nobody", entry_nos=[entry_of(two).entry_no]) == [two.number]
