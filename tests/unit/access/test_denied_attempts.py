"""Every denied attempt is kept: from whichever door, though what was tried is undone, and for good."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from erp.kernel.denied import KEPT_A_MINUTE
from erp.kernel.models import DeniedAttempt
from sales.models import PostingJob, SalesDocument
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from tests.world.api import Api, company_url

__all__ = ["company_url"]

SHIPS = "sales.ship_salesdocument"


@pytest.fixture
def order(world) -> SalesDocument:
    item = world.item(stock=5, cost=10, price=20)
    return world.order(world.customer("Adatum")).sells(1, item).document


@pytest.fixture
def clerk(world):
    return world.user("clerk", role="CLERK")


def kept() -> list[tuple[str, str, str]]:
    rows = DeniedAttempt.objects.order_by("id")
    return [(row.user.username if row.user else "", row.channel, row.wanted) for row in rows]


def test_a_routine_refuses_before_anything_is_written_and_the_door_notes_it(order, clerk):
    with pytest.raises(CommandError, match=r"(?s)clerk may not do this .*Can post shipments.*\[E-PERM\]"):
        call_command("post_document", order.number, "--ship", "--user", "clerk")
    assert kept() == [("clerk", "command", SHIPS)]
    attempt = DeniedAttempt.objects.get()
    assert attempt.place == "sales.routines.post.post" and order.number in attempt.record
    assert not order.lines.exclude(quantity_shipped=0).exists()


def test_a_page_and_the_api_note_what_they_refuse_themselves(order, clerk, company_url):
    browser = Client()
    browser.force_login(clerk)
    assert browser.get(reverse("change-log")).status_code == 403
    answer = Api(clerk, company_url).post(
        f"salesOrders({order.uuid})/Microsoft.NAV.ship", client_request_id="r-1"
    )
    assert (answer.status_code, answer.code) == (403, "Authorization_RequestDenied")
    page, api = DeniedAttempt.objects.order_by("id")
    assert (page.channel, page.wanted, page.place) == (
        "page",
        "kernel.view_changelogentry",
        "GET /setup/changes/",
    )
    assert (api.channel, api.request_id) == ("api", "r-1") and SHIPS in api.wanted


def test_an_attempt_outlives_the_group_of_requests_that_was_undone_with_it(order, clerk, company_url):
    def part(id: str, verb: str, address: str, body: dict) -> dict:
        headers = {"Content-Type": "application/json", "If-Match": "*"}
        return {
            "id": id,
            "method": verb,
            "url": address,
            "atomicityGroup": "g",
            "headers": headers,
            "body": body,
        }

    address = f"salesOrders({order.uuid})"
    change = part("1", "PATCH", address, {"externalDocumentNumber": "PO-1"})
    ship = part("2", "POST", f"{address}/Microsoft.NAV.ship", {})
    answer = Api(clerk, company_url).post("$batch", {"requests": [change, ship]})
    assert [each["status"] for each in answer.body["responses"]] == [424, 403]
    order.refresh_from_db()
    assert order.external_document_no == ""
    assert [channel for _user, channel, _wanted in kept()] == ["api"]


def test_a_job_runs_with_the_rights_of_who_asked_for_it_when_it_runs(world, order):
    packer = world.user("packer", role="WAREHOUSE")
    run = schedule([order], by=packer, at=world.at(), invoice=False, in_background=False)
    packer.groups.clear()
    job = post_next_job(at=world.at(), run=run)
    assert job.status == PostingJob.Status.FAILED
    assert [problem["code"] for problem in job.problems] == ["E-PERM"]
    assert kept() == [("packer", "job", SHIPS)]


def test_who_decides_what_others_are_asked_is_noted_as_well(world, clerk):
    """Not the permission is missing: they are somebody else."""
    from approvals.errors import NotAsked
    from erp.kernel.access import needs
    from erp.kernel.denied import Channel, noting

    @needs()
    def decide(document, *, by):
        raise NotAsked(document="Order 1", approver="Mira")

    with noting(Channel.PAGE), pytest.raises(NotAsked):
        decide(None, by=clerk)
    assert kept() == [("clerk", "page", "E-APR-NOTASKED")]


def test_a_wrong_password_is_noted_and_an_unknown_name_is_not_kept(world, clerk):
    browser = Client()
    for name in ("clerk", "my-secret-password"):
        browser.post(reverse("account_login"), {"login": name, "password": "wrong"})
    assert kept() == [("clerk", "sign_in", "sign in"), ("", "sign_in", "sign in")]
    texts = DeniedAttempt.objects.values_list("wanted", "place", "record")
    assert not any("secret" in text for row in texts for text in row)


def test_whoever_hammers_fills_no_table(clerk):
    browser = Client()
    browser.force_login(clerk)
    for _again in range(KEPT_A_MINUTE + 3):
        assert browser.get(reverse("change-log")).status_code == 403
    assert len(kept()) == KEPT_A_MINUTE


@pytest.mark.parametrize(
    "statement", ["UPDATE kernel_deniedattempt SET wanted = ''", "DELETE FROM kernel_deniedattempt"]
)
def test_a_row_stays_as_it_was_written(clerk, statement):
    from django.db import connection

    browser = Client()
    browser.force_login(clerk)
    browser.get(reverse("change-log"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert len(kept()) == 1


def test_the_list_names_them_for_administrators_and_auditors(world, clerk):
    browser = Client()
    browser.force_login(clerk)
    browser.get(reverse("change-log"))
    for role in ("ADMINISTRATOR", "AUDITOR"):
        browser.force_login(world.user(role.lower(), role=role))
        page = browser.get(reverse("denied-attempts")).content.decode()
        assert "clerk" in page and "/setup/changes/" in page
