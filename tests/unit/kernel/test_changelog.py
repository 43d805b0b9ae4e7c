"""The change log: who changed what, bulk changes included, secrets never."""

import json
from decimal import Decimal as D
from typing import NamedTuple

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from erp.kernel.bulk import COPY_FROM, insert_rows
from erp.kernel.changelog import ActingUserMiddleware, acting_as, acting_user_id
from erp.kernel.models import ChangeLogEntry, NumberSeries, NumberSeriesLine, User
from tests.support.models import Card

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return User.objects.create(username="clerk")


def changes(**of):
    log = ChangeLogEntry.objects.filter(table="testsupport_card", **of).order_by("id")
    return [(entry.record_key, entry.field, entry.before, entry.after) for entry in log]


def test_one_row_per_changed_field(clerk):
    card = Card.objects.create(code="A", name="Adatum")
    with acting_as(clerk):
        Card.objects.filter(pk=card.pk).update(name="Adatum AS", limit=D("500.00"), visits=3)
    assert changes(action="update") == [
        ("A", "limit", "0.00", "500.00"),
        ("A", "name", "Adatum", "Adatum AS"),
    ]
    entry = ChangeLogEntry.objects.filter(action="update").first()
    assert (entry.user, entry.record_id, entry.table) == (clerk, card.pk, "testsupport_card")
    assert entry.at is not None


def test_nothing_changed_nothing_logged():
    Card.objects.create(code="A", name="Adatum").save()
    Card.objects.update(visits=9)
    assert changes(action="update") == []


def test_insertions_and_deletions_keep_the_whole_record():
    Card.objects.create(code="A", name="Adatum").delete()
    (key, field, before, after), (_, _, gone, nothing) = changes()
    assert (key, field, before, nothing) == ("A", "", None, None)
    assert json.loads(after) == json.loads(gone)
    assert json.loads(after)["name"] == "Adatum"


def test_secrets_never_get_there():
    card = Card.objects.create(code="A", password="hush", api_token="hush")
    Card.objects.update(password="hush hush", api_token="hush hush")
    card.delete()
    assert len(changes()) == 2
    assert not any("hush" in str(change) or "password" in str(change) for change in changes())


def test_bulk_changes_show():
    """No save() is called, no signal is sent; the database sees them all the same."""
    Card.objects.bulk_create([Card(code=str(n)) for n in range(3)])
    Card.objects.update(name="all")
    assert [change[0] for change in changes(action="update")] == ["0", "1", "2"]
    assert len(changes(action="insert")) == 3


def test_nobody_in_particular():
    Card.objects.create(code="A")
    with acting_as(None), acting_as(AnonymousUser()):
        Card.objects.create(code="B")
        assert acting_user_id() is None
    assert set(ChangeLogEntry.objects.filter(table="testsupport_card").values_list("user", flat=True)) == {
        None
    }


def users():
    log = ChangeLogEntry.objects.filter(table="testsupport_card").order_by("id")
    return list(log.values_list("record_key", "user__username"))


def test_one_user_within_another(clerk):
    boss = User.objects.create(username="boss")
    with acting_as(clerk):
        Card.objects.create(code="A")
        with acting_as(boss):
            Card.objects.create(code="B")
            assert acting_user_id() == boss.pk
        Card.objects.create(code="C")
    Card.objects.create(code="D")
    assert users() == [("A", "clerk"), ("B", "boss"), ("C", "clerk"), ("D", None)]


def test_a_rollback_does_not_forget_who_acts(clerk):
    with acting_as(clerk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Card.objects.create(code="A")
            Card.objects.create(code="A")
        Card.objects.create(code="B")
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(clerk):
        Card.objects.create(code="B")
    Card.objects.create(code="C")
    assert users() == [("B", "clerk"), ("C", None)]


class CardRow(NamedTuple):
    code: str


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [1, COPY_FROM], ids=["values", "copy"])
@pytest.mark.parametrize("in_transaction", [True, False])
def test_the_user_is_known_in_every_transaction(clerk, rows, in_transaction):
    """Committed for real: the name is told at the start of each transaction and forgotten at its end."""

    def insert(code):
        if in_transaction or rows > 1:
            with transaction.atomic():
                insert_rows(Card, [CardRow(f"{code}{n}") for n in range(rows)])
        else:
            insert_rows(Card, [CardRow(f"{code}0")])

    with acting_as(clerk):
        insert("A")
        insert("B")
    insert("C")
    with transaction.atomic(), acting_as(clerk):
        insert("D")
    assert {(code[0], user) for code, user in users()} == {
        ("A", "clerk"), ("B", "clerk"), ("C", None), ("D", "clerk"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('handel.user', true)")
        assert not cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_single_statements_are_under_the_users_name_too(clerk):
    with acting_as(clerk):
        card = Card.objects.create(code="A")
        Card.objects.update(name="x")
        Card.objects.filter(pk=card.pk).delete()
        list(Card.objects.all())
    assert users() == [("A", "clerk")] * 3


def test_set_up_of_the_kernel_is_logged(clerk):
    """Who changed a number series; the numbers it gives out are no news."""
    with acting_as(clerk):
        series = NumberSeries.objects.create(code="SI")
        line = NumberSeriesLine.objects.create(series=series, starting_number="SI-1")
        NumberSeriesLine.objects.update(last_number_used="SI-5")
        NumberSeriesLine.objects.update(ending_number="SI-9")
    log = ChangeLogEntry.objects.filter(table="kernel_numberseriesline", action="update").get()
    assert (log.field, log.before, log.after, log.user) == ("ending_number", "", "SI-9", clerk)
    assert log.record_key == f"{series.pk} {line.line_no}"


def test_the_log_stays():
    Card.objects.create(code="A")
    for change in (
        lambda: ChangeLogEntry.objects.update(before="x"),
        lambda: ChangeLogEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            change()


@pytest.mark.parametrize(("method", "expected"), [("post", "clerk"), ("get", None)])
def test_requests_that_change_things_act_as_their_user(clerk, method, expected):
    def view(request):
        return User.objects.filter(pk=acting_user_id()).values_list("username", flat=True).first()

    request = getattr(RequestFactory(), method)("/")
    request.user = clerk
    assert ActingUserMiddleware(view)(request) == expected
    request.user = AnonymousUser()
    assert ActingUserMiddleware(view)(request) is None
