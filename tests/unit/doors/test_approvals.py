"""The pages of approvals: sending from a document, answering there and on the list, and who may do what."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalRun, Workflow
from erp.kernel.models import Notice
from tests.world.office import Office

MINE, SENT = reverse("approvals:mine"), reverse("approvals:sent")
MANY = reverse("approvals:decide-many")


@pytest.fixture
def office(world):
    office = Office(world)
    office.workflow()
    return office


@pytest.fixture
def open_as(office):
    """A browser in which one of the office is logged in."""

    def browser(name: str) -> Client:
        client = Client()
        client.force_login(office.user(name))
        return client

    return browser


def page_of(order) -> str:
    return reverse("sales:document", args=[order.document.type, order.number])


def send_address(order) -> str:
    return reverse("approvals:request", args=["sales.document", order.document.type, order.number])


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_clerk_sends_and_the_manager_approves_on_the_document(office, open_as):
    order = office.order(9_000)
    clara, mira = open_as("clara"), open_as("mira")
    assert "Send for approval" in text_of(clara.get(page_of(order)))
    sent = clara.post(send_address(order), {"idempotency_key": "k1"})
    assert (sent.status_code, sent.url) == (302, page_of(order))
    # A double click is the same request.
    assert clara.post(send_address(order), {"idempotency_key": "k1"}).status_code == 302
    run = ApprovalRun.objects.get()
    shown = text_of(clara.get(page_of(order)))
    assert "Cancel approval request" in shown and "Send for approval" not in shown

    shown = text_of(mira.get(page_of(order)))
    assert "Approve" in shown and "Cancel approval request" not in shown
    decide = reverse("approvals:decide", args=[office.entry(run, "mira").pk])
    done = mira.post(decide, {"do": "approve", "comment": "Fine", "idempotency_key": "k2"})
    assert (done.status_code, done.url) == (302, page_of(order))
    assert mira.post(decide, {"do": "approve", "comment": "Fine", "idempotency_key": "k2"}).status_code == 302
    assert order.document.status == "released"
    assert "Fine" in text_of(clara.get(reverse("approvals:run", args=[run.uuid])))


def test_a_refusal_is_shown_on_the_document(office, open_as):
    order = office.order(50_000)
    office.change("mira", approver="")
    answer = open_as("clara").post(send_address(order))
    assert answer.status_code == 422
    assert "E-APR-NOBODY" in text_of(answer)
    again = open_as("clara").get(send_address(order))
    assert (again.status_code, again.url) == (302, page_of(order))


def test_a_rejection_needs_its_reason_and_shows_it(office, open_as):
    order = office.order(9_000)
    run = office.send(order)
    mira, clara = open_as("mira"), open_as("clara")
    decide = reverse("approvals:decide", args=[office.entry(run, "mira").pk])
    assert mira.post(decide, {"do": "reject", "comment": ""}).status_code == 422
    assert mira.post(decide, {"do": "reject", "comment": "Margin too low"}).status_code == 302
    shown = text_of(clara.get(page_of(order)))
    assert "Rejected by mira" in shown and "Margin too low" in shown and "Send for approval" in shown
    answer = mira.post(decide, {"do": "approve"})
    assert answer.status_code == 409
    assert "E-APR-ENDED" in text_of(answer)


def test_many_are_answered_together_and_each_is_told_of(office, open_as):
    """Two are fine; the third cannot be released any more, and says so. The others are done."""
    orders = [office.order(9_000) for _place in range(3)]
    runs = [office.send(order) for order in orders]
    orders[1].document.lines.update(quantity=0)
    mira = open_as("mira")
    listed = text_of(mira.get(MINE))
    assert all(order.number in listed for order in orders)
    entries = [office.entry(run, "mira").pk for run in runs]
    answer = mira.post(MANY, {"chosen": entries, "do": "approve", "idempotency_key": "all"})
    told = {outcome.title: outcome.done for outcome in answer.context["outcomes"]}
    assert told == {run.title: place != 1 for place, run in enumerate(runs)}
    assert [order.document.status for order in orders] == ["released", "pending_approval", "released"]
    # Once more, by the back button: the same answer, and nothing done twice.
    again = mira.post(MANY, {"chosen": entries, "do": "approve", "idempotency_key": "all"})
    assert {outcome.title: outcome.done for outcome in again.context["outcomes"]} == told
    assert text_of(again).count("There is nothing to release") == 1


def test_nothing_chosen_is_said(office, open_as):
    answer = open_as("mira").post(MANY, {"do": "approve"})
    assert answer.status_code == 422
    assert "Choose the requests first" in text_of(answer)
    assert open_as("mira").post(MANY, {"do": "shred", "chosen": ["1"]}).status_code == 403
    odd = open_as("mira").post(MANY, {"do": "approve", "chosen": ["x", "²", "9" * 30]})
    assert odd.status_code == 422


def test_an_overdue_request_is_marked(office, open_as, world):
    office.send(office.order(9_000), on=date(2026, 2, 20))
    assert "Overdue" in text_of(open_as("mira").get(MINE))
    assert "Overdue" in text_of(open_as("clara").get(MINE))


def test_the_sender_takes_it_back_or_sends_it_on(office, open_as):
    order = office.order(9_000)
    run = office.send(order)
    clara = open_as("clara")
    delegated = clara.post(
        reverse("approvals:decide", args=[office.entry(run, "mira").pk]), {"do": "delegate"}
    )
    assert delegated.status_code == 302
    assert office.entry(run, "noor").status == "open"
    cancel = reverse("approvals:cancel", args=[run.uuid])
    assert open_as("noor").post(cancel).status_code == 403
    assert clara.post(cancel).status_code == 302
    assert order.document.status == "open"


def test_talking_about_a_request(office, open_as):
    run = office.send(office.order(9_000))
    say = reverse("approvals:comment", args=[run.uuid])
    page = reverse("approvals:run", args=[run.uuid])
    answer = open_as("mira").post(say, {"comment": "Which <margin>?", "next": page})
    assert answer.url == page
    assert "Which &lt;margin&gt;?" in text_of(open_as("clara").get(page))
    # Nobody is led away from here.
    away = open_as("mira").post(say, {"comment": "x", "next": "https://elsewhere.example/"})
    assert away.url.startswith("/sales/")
    assert open_as("zoe").post(say, {"comment": "Me too"}).status_code == 403


def test_rights(office, open_as, sign_in):
    """A clerk decides nothing, strangers and the warehouse see nothing, whoever is logged out is asked to log in."""
    order = office.order(9_000)
    run = office.send(order)
    decide = reverse("approvals:decide", args=[office.entry(run, "mira").pk])
    assert open_as("clara").post(decide, {"do": "approve"}).status_code == 403
    assert open_as("noor").post(decide, {"do": "approve"}).status_code == 403
    assert open_as("clara").post(MANY, {"do": "approve", "chosen": ["1"]}).status_code == 403
    warehouse = sign_in("WAREHOUSE")
    for address in (MINE, SENT, reverse("approvals:run", args=[run.uuid])):
        assert warehouse.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert warehouse.post(send_address(order)).status_code == 403
    assert open_as("agnes").get(MINE).status_code == 200
    assert open_as("clara").get(SENT).status_code == 200
    assert order.document.status == "pending_approval"


def test_an_approver_without_rights_in_sales_reads_the_request(office, open_as, world):
    """What is asked is shown through the request, and the last yes releases the order all the same."""
    office.workflow("LARGE", priority=1, amount_more_than=100_000, limit_type="specific", approver="ivan")
    order = office.order(200_000)
    run = office.send(order)
    ivan = open_as("ivan")
    page = reverse("approvals:run", args=[run.uuid])
    assert not office.user("ivan").has_perm("sales.view_salesdocument")
    assert "200,000.00" in text_of(ivan.get(page))
    assert page in text_of(ivan.get(MINE))
    answer = ivan.post(reverse("approvals:decide", args=[office.entry(run, "ivan").pk]), {"do": "approve"})
    assert answer.url == page
    assert order.document.status == "released"


def test_what_is_not_there(office, open_as):
    clara = open_as("clara")
    for address in (
        reverse("approvals:request", args=["sales.document", "order", "NONE"]),
        reverse("approvals:request", args=["sales.nothing", "order", "NONE"]),
        reverse("approvals:cancel", args=["11111111-1111-1111-1111-111111111111"]),
        reverse("approvals:decide", args=[987654]),
    ):
        assert clara.post(address, {"do": "approve"}).status_code == 404, address


def test_an_enabled_workflow_is_only_read_in_the_administration(office, browser):
    workflow = Workflow.objects.get()
    change = reverse("admin:approvals_workflow_change", args=[workflow.pk])
    assert 'name="_save"' not in text_of(browser.get(change))
    listing = reverse("admin:approvals_workflow_changelist")
    browser.post(listing, {"action": "disable", "_selected_action": [workflow.pk]})
    assert 'name="_save"' in text_of(browser.get(change))
    browser.post(listing, {"action": "enable", "_selected_action": [workflow.pk]})
    assert Workflow.objects.get().enabled


def test_the_bell_leads_to_the_document(office):
    order = office.order(9_000)
    office.send(order)
    assert Notice.objects.get().url == page_of(order)
