"""# Approvals

What a clerk may not promise alone is sent to somebody who may. Who that is, is set up: each user has a limit and an
approver, and a workflow says which documents need approval. While somebody is asked, nobody changes the document;
the last yes releases it, and a no gives it back with the reason.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from approvals.models import ApprovalDecision, ApprovalRun, ApprovalSetup, ApprovalUser, Workflow
from approvals.routines.comment import comment
from approvals.routines.delegate import delegate_late
from approvals.routines.enable import disable, enable
from approvals.routines.remind import remind
from approvals.selectors import approval_of_run, sent_by, waiting_for
from customers.models import Customer, Salesperson
from erp.kernel.errors import ErpError
from erp.kernel.models import Notice
from erp.kernel.workflow import history_of
from sales.errors import AwaitsApproval
from sales.models import CustomerInvoiceDiscount, SalesDocument, SalesInvoice, UserSalesSetup
from sales.routines.delete import delete
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from tests.world.office import Office


@pytest.fixture
def office(world):
    return Office(world)


def codes(step, *args, **values) -> list[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return [problem.code for problem in caught.value.problems]


def told(office, name: str) -> list[str]:
    """What stands under somebody's bell, oldest first."""
    return list(
        Notice.objects.filter(user=office.user(name)).order_by("id").values_list("message", flat=True)
    )


# Who is asked


def test_an_order_within_the_own_limit_is_released_at_once(office):
    """Clara may sell for 5,000, and 5,000 is what the order comes to: her own yes is enough, and is written down."""
    office.workflow()
    order = office.order("5000.00")
    run = office.send(order)

    assert office.asked(run) == [("clara", "approved")]
    assert (run.status, order.document.status) == ("approved", "released")
    assert Notice.objects.count() == 0


def test_one_cent_more_waits_for_the_manager(office):
    """Over 5,000.01 Mira is asked. She has until Wednesday; until then nobody may touch the order."""
    office.workflow()
    order = office.order("5000.01")
    run = office.send(order)

    assert office.asked(run) == [("clara", "approved"), ("mira", "open")]
    assert order.document.status == "pending_approval"
    assert office.entry(run, "mira").due_date == date(2026, 3, 4)
    assert told(office, "mira") == [f"clara asks you to approve Order {order.number}, Adatum."]

    # She says yes, the order is released under her name, and Clara hears of it.
    office.approve(run, "mira")
    assert order.document.status == "released"
    assert [(move.verb, move.by.username) for move in history_of(order.document)][-1] == (
        "release_approved",
        "mira",
    )
    assert told(office, "clara") == [f"Order {order.number}, Adatum, is approved."]


def test_a_large_order_goes_up_the_chain(office):
    """75,000 is too much for Mira and enough for Dane. Dane is asked when Mira has said yes, not before."""
    office.workflow()
    order = office.order(75_000)
    run = office.send(order)
    assert office.asked(run) == [("clara", "approved"), ("mira", "open"), ("dane", "created")]
    assert told(office, "dane") == []

    # Dane's two days begin when he is asked.
    office.approve(run, "mira", on=date(2026, 3, 4))
    assert office.asked(run) == [("clara", "approved"), ("mira", "approved"), ("dane", "open")]
    dane = office.entry(run, "dane")
    assert (dane.requested_due_date, dane.due_date) == (date(2026, 3, 4), date(2026, 3, 6))
    assert order.document.status == "pending_approval"

    office.approve(run, "dane", on=date(2026, 3, 5))
    assert order.document.status == "released"


def test_the_chain_ends_with_whoever_has_no_limit(office):
    """250,000 is over everybody's limit but Caro's."""
    office.workflow()
    run = office.send(office.order(250_000))
    assert [name for name, _status in office.asked(run)] == ["clara", "mira", "dane", "caro"]


def test_a_limit_of_zero_approves_nothing(office):
    """Zoe is a trainee: even one euro goes to Clara."""
    office.workflow()
    run = office.send(office.order("1.00"), "zoe")
    assert office.asked(run) == [("zoe", "approved"), ("clara", "open")]


def test_the_amount_is_without_vat_after_discount_and_at_full_quantity(office, world):
    """Three orders: 4,900 net are 6,125 with VAT; 21,000 less 5 % invoice discount are 19,950; of a hundred pieces
    over 30,000 only ten leave first."""
    office.workflow()
    assert office.asked(office.send(office.order(4_900))) == [("clara", "approved")]

    world.sales_setup(calc_invoice_discount=True)
    fabrikam = world.customer("Fabrikam", invoice_discount_code="FIVE")
    CustomerInvoiceDiscount.objects.create(code="FIVE", discount_percent=D(5))
    discounted = world.order(fabrikam).sells(210, world.item(price=100))
    run = office.send(discounted)
    assert run.amount == D("19950.00")
    assert [name for name, _status in office.asked(run)] == ["clara", "mira"]

    world.sales_setup(calc_invoice_discount=False)
    many = (
        world.order(world.customer("Contoso"))
        .sells(100, world.item("SADDLE", price=300))
        .changes(qty_to_ship=D(10))
    )
    run = office.send(many)
    assert run.amount == D("30000.00")
    assert [name for name, _status in office.asked(run)] == ["clara", "mira", "dane"]


def test_limits_are_in_local_currency(office, world):
    """6,000 dollars are 4,800 euros on the day, within Clara's limit; 7,000 dollars are not."""
    office.workflow()
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    abroad = world.customer("Northwind", group="EXPORT", currency="USD")
    run = office.send(office.order(6_000, customer=abroad))
    assert (run.currency_code, run.amount, run.amount_lcy) == ("USD", D("6000.00"), D("4800.00"))
    assert run.status == "approved"
    assert office.send(office.order(7_000, customer=abroad)).status == "pending"


def test_the_direct_approver_is_enough_whatever_the_limit(office):
    """With Direct Approver one yes of Mira is enough for 250,000. Somebody without an approver cannot send."""
    office.workflow(limit_type="direct")
    order = office.order(250_000)
    run = office.send(order)
    assert office.asked(run) == [("mira", "open")]
    office.approve(run, "mira")
    assert order.document.status == "released"
    assert codes(office.send, office.order(10), "agnes") == ["E-APR-NOBODY"]
    # But for the approval administrator, who needs nobody above.
    assert office.asked(office.send(office.order(10), "ivan")) == [("ivan", "approved")]


def test_the_first_qualified_approver_is_asked_alone(office):
    """For 75,000 Mira is left out, for 250,000 Dane as well."""
    office.workflow(limit_type="first_qualified")
    assert office.asked(office.send(office.order(75_000))) == [("clara", "approved"), ("dane", "open")]
    assert office.asked(office.send(office.order(250_000)))[1:] == [("caro", "open")]


def test_a_salesperson_is_asked_about_their_sales(office):
    """Zoe types an order for Clara's customer. Clara is asked up to her limit, beyond it whoever above her is the
    first to be enough. An order of nobody's cannot be sent."""
    office.workflow(approver_type="salesperson", limit_type="first_qualified")
    seller = Salesperson.objects.create(code="CL", name="Clara")
    UserSalesSetup.objects.create(user=office.user("clara"), salesperson=seller)
    assert office.asked(office.send(office.order(200, salesperson_code="CL"), "zoe")) == [("clara", "open")]
    assert office.asked(office.send(office.order(8_000, salesperson_code="CL"), "zoe")) == [("mira", "open")]

    of_nobody = office.order(200, salesperson_code="")
    assert codes(office.send, of_nobody, "zoe") == ["E-APR-NOSALESPERSON"]
    Salesperson.objects.create(code="XX", name="Nobody's")
    of_a_stranger = office.order(200, salesperson_code="XX")
    assert codes(office.send, of_a_stranger, "zoe") == ["E-APR-SALESPERSON"]
    assert {of_nobody.document.status, of_a_stranger.document.status} == {"open"}


def test_a_group_is_asked_in_its_order(office):
    """Agnes and Mira are asked at the same time, Caro when both have said yes; limits are not looked at."""
    office.workflow(group={"agnes": 1, "mira": 1, "caro": 2})
    order = office.order(9_000)
    run = office.send(order)
    assert office.asked(run) == [("agnes", "open"), ("mira", "open"), ("caro", "created")]
    office.approve(run, "agnes")
    assert office.asked(run)[1:] == [("mira", "open"), ("caro", "created")]
    office.approve(run, "mira")
    office.approve(run, "caro")
    assert order.document.status == "released"


def test_one_of_a_group_may_be_enough(office):
    """Where one of those who are asked together is enough, the others are let off."""
    office.workflow(group={"agnes": 1, "mira": 1, "caro": 2}, quorum="any")
    run = office.send(office.order(9_000))
    office.approve(run, "agnes")
    assert office.asked(run) == [("agnes", "approved"), ("mira", "not_needed"), ("caro", "open")]


def test_where_nobody_can_be_asked_nothing_is_sent(office):
    """Mira has nobody above her; then Dane and Mira are above each other. Both times the order stays open."""
    office.workflow()
    order = office.order(50_000)
    office.change("mira", approver="")
    assert codes(office.send, order) == ["E-APR-NOBODY"]
    office.change("mira", approver="dane")
    office.change("dane", approver="mira")
    assert codes(office.send, office.order(500_000)) == ["E-APR-LOOP"]
    stranger = office.world.user("otto", role="CLERK")
    ApprovalUser.objects.filter(user=stranger).delete()
    office.rows["otto"] = ApprovalUser(user=stranger)
    assert codes(office.send, order, "otto") == ["E-APR-USER"]
    assert order.document.status == "open"
    assert not ApprovalRun.objects.exists()


def test_somebody_who_left_is_not_asked(office):
    """Mira cannot log in any more: the request says so instead of waiting for her."""
    office.workflow()
    mira = office.user("mira")
    mira.is_active = False
    mira.save()
    assert codes(office.send, office.order(9_000)) == ["E-APR-INACTIVE"]


def test_an_empty_document_and_one_that_needs_no_approval_are_not_sent(office, world):
    """There must be something to say yes to, and a rule that wants it said."""
    office.workflow(amount_more_than=D(1000))
    assert codes(office.send, world.order(world.customer())) == ["E-REL-NOTHING"]
    assert codes(office.send, office.order(1_000)) == ["E-APR-NOWORKFLOW"]


# Which documents


def test_large_sales_to_certain_customers_need_the_accountant(office, world):
    """Orders of C1010 over 50,000 go to Agnes alone; everything else goes up the chain."""
    customers = {number: world.customer(number, number=number) for number in ("C1010", "C2000")}
    large = {
        "amount_more_than": D(50_000),
        "customers": ["C1010"],
        "limit_type": "specific",
        "approver": "agnes",
    }
    office.workflow("SO-LARGE", priority=10, **large)
    office.workflow("SO-STD", priority=20)

    over = office.send(office.order("50000.01", customer=customers["C1010"]))
    assert (over.workflow_code, office.asked(over)) == ("SO-LARGE", [("agnes", "open")])
    on_the_dot = office.send(office.order(50_000, customer=customers["C1010"]))
    assert (on_the_dot.workflow_code, len(office.asked(on_the_dot))) == ("SO-STD", 3)
    other = office.send(office.order(90_000, customer=customers["C2000"]))
    assert other.workflow_code == "SO-STD"


def test_customer_groups_can_be_meant(office, world):
    """Only customers of the discount group RETAIL need approval."""
    office.workflow(customer_groups=["RETAIL"])
    retail = office.order(9_000, customer=world.customer("Fabrikam", discount_group_code="RETAIL"))
    assert office.send(retail).status == "pending"
    assert office.order(9_000).release().document.status == "released"


def test_only_what_goes_over_the_credit_limit_is_asked_about(office, world):
    """Adatum may owe 1,000. An order of 700 plus VAT fits and is released; with a second one it does not fit."""
    office.workflow(over_credit_limit=True)
    adatum = world.customer("Adatum", credit_limit=D(1000))
    assert office.order(700, customer=adatum).release().document.status == "released"
    second = office.order(700, customer=adatum)
    assert codes(second.release) == ["E-REL-APPROVAL"]
    assert office.send(second).available_credit == D("-750.00")

    # Without a limit nothing goes over it.
    Customer.objects.filter(pk=adatum.pk).update(credit_limit=0)
    assert office.order(9_000, customer=adatum).release().document.status == "released"


def test_a_workflow_is_enabled_when_somebody_can_be_asked(office):
    """An empty group, the same conditions twice: refused. Conditions that overlap are told."""
    group = Workflow.objects.create(code="GROUP", document_types=["order"], approver_type="group")
    assert codes(enable, group) == ["E-APR-GROUP"]
    office.workflow("FIRST")
    same = office.workflow("SECOND", enabled=False)
    assert codes(enable, same) == ["E-APR-SAME"]
    larger = office.workflow("LARGER", enabled=False, amount_more_than=D(100))
    assert [warning.code for warning in enable(larger)] == ["W-APR-OVERLAP"]


# Without approval nothing goes on


def test_what_must_be_approved_is_neither_released_nor_posted(office, world):
    """Release, post, and a posting run: each says that the order must be approved first, and nothing happens."""
    office.workflow()
    order = office.order(9_000)
    assert codes(order.release) == ["E-REL-APPROVAL"]
    assert codes(order.post) == ["E-POST-APPROVAL"]
    run = schedule(
        [order.document, office.order(1, type="invoice").document],
        in_background=False,
        by=world.by,
        at=world.at(),
    )
    while post_next_job(at=world.at(), run=run):
        pass
    assert list(run.jobs.order_by("place").values_list("status", flat=True)) == ["failed", "posted"]
    assert order.document.status == "open"

    # While it is pending it is no different.
    office.send(order)
    assert codes(order.post) == ["E-POST-APPROVAL"]
    assert codes(order.reopen) == ["E-STATUS"]
    assert codes(delete, order.document, by=world.by, at=world.at()) == ["E-HDR-RELEASED"]
    assert SalesInvoice.objects.count() == 1


def test_conditions_are_looked_at_again(office):
    """Over 50,000 needs approval. Cut to 49,000 the order is released by itself; grown to 51,000 it is not."""
    office.workflow(amount_more_than=D(50_000))
    order = office.order(60_000)
    assert codes(order.release) == ["E-REL-APPROVAL"]
    order.changes(unit_price=D(49_000)).release()
    order.reopen().changes(unit_price=D(51_000))
    assert codes(order.release) == ["E-REL-APPROVAL"]


def test_a_quote_is_approved_before_it_becomes_an_order(office, world):
    """And the order needs its own approval: what was offered is not what was ordered."""
    office.workflow("QUOTES", document_types=["quote"])
    office.workflow("ORDERS")
    quote = office.order(9_000, type="quote")
    assert codes(quote.becomes_order) == ["E-QUO-APPROVAL"]
    office.approve(office.send(quote), "mira")
    order = quote.becomes_order()
    assert order.document.status == "open"
    assert codes(order.release) == ["E-REL-APPROVAL"]


def test_a_pending_document_does_not_change(office):
    """Neither lines nor head, neither by whoever sent it nor by whoever is asked."""
    office.workflow()
    order = office.order(9_000)
    office.send(order)
    for change in (
        lambda: order.changes(unit_price=D(1)),
        lambda: order.edits(payment_terms_code="1M(8D)"),
        lambda: order.charges("4520", 1),
    ):
        with pytest.raises(AwaitsApproval):
            change()
    assert codes(office.send, order) == ["E-APR-PENDING"]


def test_after_reopening_it_is_asked_anew(office):
    """The approved order is reopened and grows by 5,000: a new request over 80,000; the old one stays to be read."""
    office.workflow()
    order = office.order(75_000)
    first = office.send(order)
    office.approve(first, "mira")
    office.approve(first, "dane")
    order.reopen().changes(unit_price=D(80_000))
    assert codes(order.release) == ["E-REL-APPROVAL"]
    second = office.send(order)
    assert (second.amount, second.status) == (D("80000.00"), "pending")
    first.refresh_from_db()
    assert (first.amount, first.status) == (D("75000.00"), "approved")


def test_what_was_approved_is_not_changed_behind_the_approvers_back(office):
    """Mira agreed to thirty days. On the released order nobody gives more time: it is reopened and sent again."""
    office.workflow()
    order = office.order(9_000)
    office.approve(office.send(order), "mira")
    for typed in (
        {"due_date": date(2026, 6, 1)},
        {"ship_to_city": "Elsewhere"},
        {"payment_terms_code": "1M(8D)"},
    ):
        assert codes(order.edits, **typed) == ["E-LINE-STATUS"]
    order.edits(external_document_no="PO-7")
    order.reopen().edits(due_date=date(2026, 6, 1))
    assert codes(order.release) == ["E-REL-APPROVAL"]


# The answers


def test_a_rejected_order_comes_back_with_the_reason(office):
    """Mira had said yes when Dane says no: every question is rejected, and the decisions still tell who said what.
    The order can be edited; it is not released as it is."""
    office.workflow()
    order = office.order(75_000)
    run = office.send(order)
    office.approve(run, "mira", comment="Fine with me")
    office.reject(run, "dane", "Margin too low")

    assert {status for _name, status in office.asked(run)} == {"rejected"}
    assert order.document.status == "open"
    decisions = ApprovalDecision.objects.filter(run=run).order_by("id")
    assert [(row.verb, row.by.username) for row in decisions] == [
        ("sent", "clara"), ("approved", "clara"), ("approved", "mira"), ("rejected", "dane"),
    ]  # fmt: skip
    assert told(office, "clara") == [f"dane rejected Order {order.number}, Adatum: Margin too low"]
    assert codes(order.post) == ["E-POST-APPROVAL"]

    # Cut to 4,000 she sends it again, and her own limit is enough.
    order.changes(unit_price=D(4_000))
    assert office.send(order).status == "approved"
    assert order.document.status == "released"


def test_a_rejection_outlives_the_workflow(office):
    """The workflow is disabled the next day. What was rejected is still not released, until it is less than that."""
    workflow = office.workflow()
    order = office.order(9_000)
    office.reject(office.send(order), "mira")
    disable(workflow)
    assert codes(order.release) == ["E-REL-APPROVAL"]
    assert order.changes(unit_price=D(8_000)).release().document.status == "released"


def test_who_rejects_says_why(office):
    """Three characters at the least, or as the set-up says."""
    office.workflow()
    run = office.send(office.order(9_000))
    assert codes(office.reject, run, "mira", " no ") == ["E-APR-COMMENT"]
    ApprovalSetup.objects.create(id=1, reject_comment_length=0)
    assert office.reject(run, "mira", "").status == "rejected"


def test_a_request_is_taken_back_by_its_sender(office):
    """Noor may not, Clara may: everything is cancelled, the order is open as before, and Mira is told."""
    office.workflow()
    order = office.order(9_000)
    run = office.send(order)
    assert codes(office.cancel, run, "noor") == ["E-APR-NOTSENDER"]
    office.cancel(run, "clara")
    assert office.asked(run) == [("clara", "canceled"), ("mira", "canceled")]
    assert order.document.status == "open"
    assert told(office, "mira")[-1] == f"clara took the request for Order {order.number}, Adatum, back."
    assert codes(office.approve, run, "mira") == ["E-APR-ENDED"]
    assert codes(office.cancel, run, "clara") == ["E-APR-ENDED"]


def test_only_who_is_asked_answers(office):
    """Noor may not answer for Mira, Ivan, the administrator, may. Then there is nothing left for Mira to answer; and
    Dane does not answer before his turn."""
    office.workflow()
    run = office.send(office.order(75_000))
    assert codes(office.approve, run, "noor", of="mira") == ["E-APR-NOTASKED"]
    assert codes(office.approve, run, "dane") == ["E-APR-NOTOPEN"]
    office.approve(run, "ivan", of="mira")
    mira = office.entry(run, "mira")
    assert (mira.status, mira.changed_by.username) == ("approved", "ivan")
    assert codes(office.approve, run, "mira") == ["E-APR-NOTOPEN"]


def test_nobody_approves_what_they_sent(office):
    """Ivan sends an order himself: not even the administrator answers instead of who is asked. A specific approver
    does not send documents to himself, and a member of the group does not count."""
    office.workflow("ORDERS")
    office.change("ivan", approver="mira")
    run = office.send(office.order(9_000), "ivan")
    assert codes(office.approve, run, "ivan", of="mira") == ["E-APR-OWN"]

    office.workflow("QUOTES", document_types=["quote"], limit_type="specific", approver="agnes")
    assert codes(office.send, office.order(10, type="quote"), "agnes") == ["E-APR-OWN"]
    office.workflow("BLANKETS", document_types=["blanket_order"], group={"clara": 1, "mira": 1})
    run = office.send(office.order(10, type="blanket_order"))
    assert office.asked(run) == [("clara", "not_counted"), ("mira", "open")]


def test_the_company_may_want_four_eyes_always(office):
    """Then not even the own limit is enough: Clara's order over 100 goes to Mira."""
    ApprovalSetup.objects.create(id=1, forbid_self_approval=True)
    office.workflow()
    run = office.send(office.order(100))
    assert office.asked(run) == [("clara", "approved"), ("mira", "open")]


def test_what_cannot_be_released_is_not_approved(office, world):
    """The item is to be sold in variants from now on. Mira's yes is refused with that, and she is still asked."""
    office.workflow()
    order = office.order(9_000)
    run = office.send(order)
    SalesDocument.objects.get(pk=order.key).lines.update(quantity=0)
    assert codes(office.approve, run, "mira") == ["E-REL-NOTHING"]
    assert office.asked(run)[-1] == ("mira", "open")
    assert order.document.status == "pending_approval"


# Standing in


def test_a_request_is_delegated_to_the_substitute(office):
    """Mira's is Noor. Without a substitute it goes to her approver Dane, without one to the administrator. Place and
    due date stay."""
    office.workflow()
    run = office.send(office.order(9_000))
    before = office.entry(run, "mira")
    assert office.delegate(run, "mira") == "noor"
    after = office.entry(run, "noor")
    assert (after.pk, after.status, after.due_date) == (before.pk, "open", before.due_date)
    assert told(office, "noor")[0].startswith("clara asks you to approve")

    # Clara, who sent it, may move it on as well, and Noor is told; Zoe may not.
    assert office.delegate(run, "clara", of="noor") == "dane"
    assert told(office, "noor")[-1].endswith("is now for dane to approve.")
    assert codes(office.delegate, run, "zoe", of="dane") == ["E-APR-DELEGATE"]
    office.change("dane", approver="")
    assert office.delegate(run, "dane") == "ivan"


def test_the_sender_never_gets_the_own_request(office):
    """Mira's substitute is Clara, who sent the order: she is passed over, and Dane is asked."""
    office.change("mira", substitute="clara")
    office.workflow()
    assert office.delegate(office.send(office.order(9_000)), "mira") == "dane"


def test_a_substitute_may_have_to_have_the_limit(office):
    """Noor's 20,000 are not enough for 75,000: where the set-up wants it, Dane's own approver Caro is asked."""
    ApprovalSetup.objects.create(id=1, substitute_must_suffice=True)
    office.change("dane", substitute="noor")
    office.workflow(limit_type="first_qualified")
    assert office.delegate(office.send(office.order(75_000)), "dane") == "caro"


def test_what_nobody_answers_moves_on_by_itself(office, world):
    """After two days, from when somebody was asked or got it: on Wednesday to Noor, on Friday to Dane, on Sunday to
    Caro; after three times to the administrator, where it stays."""
    office.workflow(delegate_after=2)
    run = office.send(office.order(9_000))
    who = {}
    for day in range(3, 14):
        delegate_late(at=world.at(date(2026, 3, day)))
        who[day] = run.entries.get(status="open").approver.username
    assert [who[day] for day in (3, 4, 5, 6, 7, 8, 9, 10, 13)] == [
        "mira", "noor", "noor", "dane", "dane", "caro", "caro", "ivan", "ivan",
    ]  # fmt: skip


def test_overdue_requests_are_called_to_mind(office, world):
    """Due on Wednesday: nobody is reminded on the day itself, Mira is on Thursday; from Saturday on Dane and Clara
    hear of it as well."""
    office.workflow()
    run = office.send(office.order(9_000))
    days = {day: date(2026, 3, day) for day in (4, 5, 7)}
    assert remind(at=world.at(days[4]), on=days[4]) == 0
    assert remind(at=world.at(days[5]), on=days[5]) == 1
    assert (len(told(office, "mira")), told(office, "dane"), told(office, "clara")) == (2, [], [])
    assert remind(at=world.at(days[7]), on=days[7]) == 1
    assert [len(told(office, name)) for name in ("mira", "dane", "clara")] == [3, 1, 1]
    assert waiting_for(office.user("mira"), on=days[4])[0].is_overdue is False
    assert waiting_for(office.user("mira"), on=days[5])[0].is_overdue is True
    assert run.title in told(office, "dane")[0]


# What people see


def test_everybody_sees_what_waits_for_them(office, django_assert_num_queries):
    """Two orders of Clara's wait for Mira; Clara sees both among what she sent, with who is asked."""
    office.workflow()
    small, large = office.order(9_000), office.order(75_000)
    run = office.send(small, comment="They pay on Friday")
    office.approve(office.send(large), "mira")
    mira, clara, dane = office.user("mira"), office.user("clara"), office.user("dane")
    with django_assert_num_queries(1):
        (waiting,) = waiting_for(mira)
    assert (waiting.document_no, waiting.amount, waiting.sender) == (small.number, D("9000.00"), "clara")
    assert waiting.comments == 1
    with django_assert_num_queries(1):
        rows = sent_by(clara)
    assert [(row.document_no, row.waits_for) for row in rows] == [
        (large.number, ("dane",)),
        (small.number, ("mira",)),
    ]
    assert [row.document_no for row in waiting_for(dane)] == [large.number]

    # All that was done and said stands on the request; strangers say nothing.
    assert codes(comment, run, "May I?", by=office.user("zoe"), at=office.world.at()) == ["E-APR-NOTASKED"]
    comment(run, "Really?", by=mira, at=office.world.at(date(2026, 3, 3)))
    remarks = approval_of_run(run, user=mira).remarks
    assert [(remark.by, remark.what, remark.text) for remark in remarks] == [
        ("clara", "Sent", "They pay on Friday"), ("clara", "Approved", ""), ("mira", "approval comment", "Really?"),
    ]  # fmt: skip
