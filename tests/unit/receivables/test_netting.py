"""Which of several entries is settled, and in which order; without a database."""

from decimal import Decimal as D

from receivables.plans.application import settle
from receivables.plans.selection import choose
from receivables.plans.values import ApplyRequest, Chosen, OpenItems
from tests.unit.receivables.plain import DOMESTIC, EU, RULES, accounts, amounts, day, item, left, run


def test_a_payment_and_a_credit_memo_settle_an_invoice_together():
    invoice, memo, payment = item(1, "1000.00"), item(2, "-200.00", "credit_memo"), item(3, "-800.00")
    effects = run(payment, invoice, memo)
    assert left(effects, invoice) == left(effects, memo) == left(effects, payment) == 0
    applied = [detail for detail in effects.details if detail.type == "application"]
    assert [(detail.item.key, detail.amount) for detail in applied] == [
        (2, D("200.00")), (3, D("-200.00")), (1, D("-1000.00")), (3, D("1000.00")),
    ]  # fmt: skip


def test_with_too_much_money_the_credit_memo_keeps_the_rest():
    invoice, memo, payment = item(1, "1000.00"), item(2, "-200.00", "credit_memo"), item(3, "-900.00")
    effects = run(payment, invoice, memo)
    assert left(effects, invoice) == left(effects, payment) == 0
    assert left(effects, memo) == D("-100.00")


def test_money_that_two_invoices_do_not_use_up_stays_on_the_payment():
    invoice, memo, payment = item(1, "700.00"), item(2, "-200.00", "credit_memo"), item(3, "-800.00")
    effects = run(payment, invoice, memo)
    assert (left(effects, invoice), left(effects, payment), left(effects, memo)) == (
        0,
        D("-100.00"),
        D("-200.00"),
    )


def test_netting_counts_discounts():
    invoice = item(1, "1250.00", discount=D("25.00"), discount_date=day(9))
    memo = item(2, "-250.00", "credit_memo", discount=D("-5.00"), discount_date=day(9))
    payment = item(3, "-980.00", on=day(9))
    effects = run(payment, invoice, memo)
    assert amounts(effects, "payment_discount") == [D("5.00"), D("-25.00")]
    assert left(effects, invoice) == left(effects, memo) == left(effects, payment) == 0


def test_an_invoice_that_takes_in_another_invoice():
    new, payment, other = item(3, "100.00", on=day(9)), item(1, "-200.00"), item(2, "30.00")
    effects = run(new, payment, other)
    assert (left(effects, new), left(effects, other), left(effects, payment)) == (0, 0, D("-70.00"))


def test_the_earliest_due_date_goes_first_and_then_the_entry_number():
    late, early, same = (
        item(1, "100.00", due=day(9)),
        item(3, "100.00", due=day(5)),
        item(2, "100.00", due=day(5)),
    )
    effects = run(item(4, "-250.00", on=day(9)), late, early, same)
    assert [left(effects, each) for each in (same, early, late)] == [0, 0, D("50.00")]


def test_entries_of_different_groups_move_the_amount_between_their_accounts():
    invoice = item(1, "500.00", group=EU)
    payment = item(2, "-500.00", group=DOMESTIC)
    effects = run(payment, invoice)
    assert accounts(effects) == {1100: D("500.00"), 1110: D("-500.00")}


def test_a_missing_account_is_named():
    invoice = item(1, "1250.00", discount=D("25.00"), discount_date=day(9))
    payment = item(2, "-1225.00", on=day(9), group=DOMESTIC._replace(discount_debit=None))
    effects = settle(payment, [Chosen(invoice, invoice.remaining)], rules=RULES, answers=ApplyRequest())
    assert [(problem.code, problem.field) for problem in effects.problems] == [
        ("E-PG-ACC", "payment_discount_debit_account")
    ]


def ask(new, request, *items, **values):
    chosen, problems = choose(new, request, OpenItems(items, RULES), **values)
    return [choice.item.key for choice in chosen], [problem.code for problem in problems]


def test_oldest_first_takes_what_is_free_and_not_later():
    payment = item(9, "-100.00", on=day(9))
    items = [
        item(1, "10.00"),
        item(2, "10.00", on=day(10)),
        item(3, "10.00", applies_to_id="JIM"),
        item(4, "-10.00"),
        item(5, "10.00", currency_code="USD"),
    ]
    assert ask(payment, ApplyRequest.oldest(), *items) == ([1], [])


def test_nothing_chosen():
    assert ask(item(9, "-100.00"), ApplyRequest.by_id("JIM"), item(1, "10.00")) == ([], ["E-AP-NONE"])


def test_an_id_picks_its_entries_with_their_amounts():
    payment = item(9, "-100.00", on=day(9))
    marked = item(1, "10.00", applies_to_id="JIM", amount_to_apply=D("4.00"))
    left_out = item(2, "10.00", applies_to_id="JIM")
    chosen, problems = choose(payment, ApplyRequest.by_id("JIM"), OpenItems([marked, left_out], RULES))
    assert not problems
    assert [(choice.item.key, choice.to_apply, choice.is_lowered) for choice in chosen] == [
        (1, D("4.00"), True)
    ]


def test_a_payment_does_not_settle_an_invoice_of_a_later_day():
    payment, invoice = item(9, "-100.00", on=day(1)), item(1, "10.00", on=day(2))
    request = ApplyRequest.to_entries([(1, None)])
    assert ask(payment, request, invoice)[1] == ["E-AP-EARLY"]
    assert ask(payment, request, invoice, is_posted=True)[1] == []


def test_an_amount_to_apply_fits_what_remains():
    payment, invoice = item(9, "-100.00", on=day(2)), item(1, "10.00")
    assert ask(payment, ApplyRequest.to_entries([(1, D("11.00"))]), invoice)[1] == ["E-AR-TOOBIG"]
    assert ask(payment, ApplyRequest.to_entries([(1, D("-1.00"))]), invoice)[1] == ["E-AR-SIGN"]


def test_entries_of_the_same_sign_do_not_settle_one_another():
    refund, invoice = item(9, "100.00", "refund", on=day(2)), item(1, "10.00")
    assert ask(refund, ApplyRequest.to_entries([(1, None)]), invoice)[1] == ["E-AP-SIGN"]


def test_currencies_do_not_mix_unless_allowed():
    payment, invoice = item(9, "-100.00", on=day(2)), item(1, "10.00", currency_code="USD")
    assert ask(payment, ApplyRequest.to_entries([(1, None)]), invoice)[1] == ["E-AP-CURR"]


def test_entries_of_another_customer_are_refused():
    payment, invoice = item(9, "-100.00", on=day(2)), item(1, "10.00", customer_id=2)
    assert ask(payment, ApplyRequest.to_entries([(1, None)]), invoice)[1] == ["E-AP-OTHERCUST"]


def test_a_hold_is_taken_away_by_a_payment_with_the_same_text():
    invoice = item(1, "100.00", on_hold="ABC")
    effects = run(item(2, "-40.00", on=day(2), on_hold="ABC"), invoice)
    assert effects.after[1].on_hold == ""
    assert run(item(2, "-40.00", on=day(2)), invoice).after[1].on_hold == "ABC"


def test_a_discount_larger_than_the_rest_counts_for_the_rest():
    invoice = item(
        1,
        "1250.00",
        remaining=D("10.00"),
        remaining_lcy=D("10.00"),
        discount=D("25.00"),
        discount_date=day(9),
    )
    effects = run(item(2, "-5.00", on=day(9)), invoice)
    assert amounts(effects, "payment_discount") == [D("-10.00")]
    assert left(effects, invoice) == 0
