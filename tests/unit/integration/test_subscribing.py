"""Subscribing to webhooks: who proves to listen, at an address of the public network, to what may be read."""

from datetime import timedelta

import pytest

from erp.kernel.errors import ProblemsFound
from integration.models import Subscription
from integration.webhooks import subscribe as subscribing
from integration.webhooks.resources import company_id
from integration.webhooks.subscribe import end, renew, subscribe
from tests.unit.integration.receiver import problem_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# Subscribing


def test_a_receiver_proves_that_it_listens(follow, receiver, clock, owner):
    subscription = follow(client_state="my secret word")
    assert len(receiver.handshakes) == 1
    assert subscription.resource == f"api/v2.0/companies({company_id()})/paymentMethods"
    assert (subscription.user, subscription.expires_at) == (owner, clock() + 3 * DAY)
    assert receiver.heard == []


@pytest.mark.parametrize(
    "echo",
    [
        lambda token: (200, "hello"),
        lambda token: (200, ""),
        lambda token: (201, token),
        lambda token: (500, ""),
    ],
    ids=["wrong body", "no body", "not 200", "broken"],
)
def test_without_the_token_there_is_no_subscription(follow, receiver, echo):
    receiver.echo = echo
    assert problem_of(follow) == ("E-WH-HANDSHAKE", "notification_url")
    assert not Subscription.objects.exists()


def test_a_receiver_that_sends_elsewhere_is_not_followed(follow, receiver):
    """What it leads to may be anywhere, also within our own network."""
    receiver.hear = lambda path, headers, body: (302, {"Location": receiver.url}, b"")
    assert problem_of(follow) == ("E-WH-HANDSHAKE", "notification_url")


def test_nobody_is_there(follow):
    assert problem_of(lambda: follow(notification_url="http://127.0.0.1:9/")) == (
        "E-WH-HANDSHAKE", "notification_url",
    )  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.1.2.3/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://2130706433/",
        "http://93.184.216.34/hook",
        "ftp://93.184.216.34/",
        "https://user:word@93.184.216.34/",
        "https://nowhere.invalid/",
        "https:///hook",
        "https://93.184.216.34:99999/",
        "https://93.184.216.34/a b",
        "hook",
        "",
    ],
)
def test_notices_go_to_the_public_network_only(follow, settings, url):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    assert problem_of(lambda: follow(notification_url=url)) == ("E-WH-URL", "notification_url")


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("salesInvoiceLines", "cannot be followed"),
        ("salesShipments", "format v2 only"),
        ("paymentMethods?$filter=code eq 'X'", "without options"),
        ("paymentMethods(1)", "no resource"),
        ("generalLedgerEntries(8d2f5f60-0000-4000-8000-000000000001)", "no record"),
        ("journals(8d2f5f60-0000-4000-8000-000000000001)", "no record"),
        ("accounts", "may not read"),
    ],
)
def test_what_cannot_be_followed_is_said(follow, resource, said):
    with pytest.raises(ProblemsFound, match=said) as caught:
        follow(resource)
    assert caught.value.problems[0].field == "resource"


def test_another_company_is_not_here(owner, receiver, clock):
    with pytest.raises(ProblemsFound, match="no company"):
        subscribe(
            resource="api/v2.0/companies(8d2f5f60-0000-4000-8000-000000000001)/customers",
            notification_url=receiver.url, by=owner, at=clock(),
        )  # fmt: skip


@pytest.mark.parametrize("start", ["", "/", "https://erp.example/"])
def test_a_resource_may_leave_out_what_is_clear(owner, receiver, clock, start):
    subscription = subscribe(
        resource=f"{start}api/v2.0/customers", notification_url=receiver.url, by=owner, at=clock()
    )
    assert subscription.resource == f"api/v2.0/companies({company_id()})/customers"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"client_state": "x" * 2049}, ("E-WH-STATE", "client_state")),
        ({"notification_format": "v3"}, ("E-WH-FORMAT", "notification_format")),
        ({"notification_url": "https://a.example/" + "x" * 2048}, ("E-WH-URL", "notification_url")),
        ({"notification_format": "v2", "secret": "short"}, ("E-WH-SECRET", "secret")),
        ({"secret": "a secret for the classic format"}, ("E-WH-SECRET", "secret")),
    ],
)
def test_what_is_refused(follow, given, expected):
    assert problem_of(lambda: follow(**given)) == expected


def test_an_expiry_is_in_the_future_and_not_too_far(follow, clock):
    assert problem_of(lambda: follow(expires_at=clock())) == ("E-WH-EXPIRY", "expires_at")
    assert follow(expires_at=clock() + DAY).expires_at == clock() + DAY
    assert follow(expires_at=clock() + 40 * DAY).expires_at == clock() + 3 * DAY
    assert follow(expires_at=clock() + 40 * DAY, notification_format="v2").expires_at == clock() + 30 * DAY


def test_a_company_has_room_for_so_many(follow, monkeypatch, clock):
    monkeypatch.setattr(subscribing, "MOST", 2)
    first, _second = follow(), follow()
    assert problem_of(follow) == ("E-WH-MANY", None)
    end(first, at=clock())
    follow()


def test_a_renewal_asks_the_receiver_again(follow, receiver, clock):
    subscription = follow()
    clock.goes(2 * DAY)
    renewed = renew(subscription, at=clock(), client_state="new")
    assert (renewed.expires_at, renewed.client_state) == (clock() + 3 * DAY, "new")
    assert len(receiver.handshakes) == 2
    receiver.echo = lambda token: (200, "no")
    clock.goes(DAY)
    assert problem_of(lambda: renew(subscription, at=clock())) == ("E-WH-HANDSHAKE", "notification_url")
    subscription.refresh_from_db()
    assert subscription.expires_at == clock() + 2 * DAY


def test_what_has_ended_is_not_renewed(follow, clock):
    ended, expired = follow(), follow()
    end(ended, at=clock())
    assert problem_of(lambda: renew(ended, at=clock())) == ("E-WH-ENDED", None)
    clock.goes(3 * DAY)
    assert problem_of(lambda: renew(expired, at=clock())) == ("E-WH-ENDED", None)
