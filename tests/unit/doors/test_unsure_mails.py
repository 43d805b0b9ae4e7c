"""A mail of which nobody knows whether it arrived: counted, shown, and settled by a person."""

from django.urls import reverse

from erp.kernel import mail
from erp.kernel.models import OutboxMessage, OutgoingMail


def unsure(world) -> OutgoingMail:
    row = mail.queue(("customer", "C1"), to="anna@adatum.example", title="Hello", by=None, at=world.at())
    OutboxMessage.objects.all().delete()
    OutgoingMail.objects.update(status="unsure")
    return row


def test_it_is_counted_and_said_to_have_arrived(world, browser):
    row = unsure(world)
    page = browser.get(reverse("mail", args=[row.uuid])).content.decode()
    assert "Nobody knows whether it arrived" in page and "Send again" in page and "Do not send" not in page
    assert "Hello" in browser.get(reverse("mails"), {"status": "unsure"}).content.decode()

    answer = browser.post(reverse("mail-confirm", args=[row.uuid]))
    assert answer.status_code == 302
    page = browser.get(answer.url).content.decode()
    assert "Noted as arrived" in page and "It arrived" not in page
    row.refresh_from_db()
    assert row.status == "sent" and not OutboxMessage.objects.exists()
    assert browser.post(reverse("mail-confirm", args=[row.uuid])).status_code == 409


def test_it_is_sent_again(world, browser):
    row = unsure(world)
    browser.post(reverse("mail-send-again", args=[row.uuid]))
    row.refresh_from_db()
    assert row.status == "queued" and OutboxMessage.objects.filter(key=str(row.uuid)).exists()


def test_it_is_somebody_elses_mail(world, sign_in):
    row = unsure(world)
    assert sign_in("CLERK").post(reverse("mail-confirm", args=[row.uuid])).status_code in (403, 404)
    row.refresh_from_db()
    assert row.status == "unsure"
