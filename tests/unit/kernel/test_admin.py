"""The kernel's pages in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.models import NumberSeries, NumberSeriesLine, OutboxMessage, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client):
    client.force_login(User.objects.create_superuser("admin", password="x"))
    return client


@pytest.mark.parametrize(
    "model",
    [
        "user",
        "numberseries",
        "outboxmessage",
        "changelogentry",
        "transitionlog",
        "idempotencykey",
        "ledgerhead",
    ],
)
def test_every_list_opens(browser, model):
    assert browser.get(reverse(f"admin:kernel_{model}_changelist")).status_code == 200


@pytest.mark.parametrize(
    "model", ["outboxmessage", "changelogentry", "transitionlog", "idempotencykey", "ledgerhead"]
)
def test_what_the_machine_writes_is_only_read(browser, model):
    assert browser.get(reverse(f"admin:kernel_{model}_add")).status_code == 403


def line_form(**values) -> dict:
    empty = {
        f"{prefix}-{name}_FORMS": 0 for prefix in ("lines", "relationships") for name in ("INITIAL", "TOTAL")
    }
    line = {"line_no": 10000, "starting_number": "SI-0001", "increment_by": 1, "implementation": "sequence"}
    lines = {f"lines-0-{name}": value for name, value in (line | values).items()}
    return {
        "code": "SI",
        "default_numbers": "on",
        **empty,
        "lines-TOTAL_FORMS": 1,
        **lines,
        "lines-0-is_open": "on",
    }


def test_a_series_is_set_up(browser):
    answer = browser.post(reverse("admin:kernel_numberseries_add"), line_form(ending_number="SI-9999"))
    assert answer.status_code == 302
    series = NumberSeries.objects.get()
    assert series.lines.get().ending_number == "SI-9999"
    page = browser.get(reverse("admin:kernel_numberseries_change", args=[series.pk]))
    assert b"SI-9999" in page.content


def test_a_line_that_makes_no_sense_is_refused(browser):
    answer = browser.post(reverse("admin:kernel_numberseries_add"), line_form(ending_number="XX-9999"))
    assert b"Numbers of a line must share one pattern" in answer.content
    assert not NumberSeriesLine.objects.exists()


def test_dead_messages_are_retried(browser):
    message = outbox.put("paper.released", key="1001")
    OutboxMessage.objects.update(dead_at=timezone.now(), attempts=12)
    answer = browser.post(
        reverse("admin:kernel_outboxmessage_changelist"),
        {"action": "retry", "_selected_action": [message.pk]},
        follow=True,
    )
    assert b"1 messages are due again" in answer.content
    message.refresh_from_db()
    assert (message.dead_at, message.attempts) == (None, 0)
