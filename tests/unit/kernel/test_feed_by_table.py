"""A database whose feed was one function for all tables."""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import PaymentMethod
from erp.kernel.models.change import Change
from erp.kernel.tracking import EVENTS

pytestmark = pytest.mark.django_db


def test_tables_that_were_followed_before_are_followed_on():
    """The one function for all tables gives way to one for each; what they say stays."""
    migration = import_module("erp.kernel.migrations.0012_lean_writing")
    with connection.cursor() as cursor:
        cursor.execute(import_module("erp.kernel.migrations.0006_changes").NOTE_CHANGES)
        for event, tables in EVENTS.items():
            trigger = f"customers_paymentmethod_feed_{event.lower()}"
            cursor.execute(f"DROP FUNCTION {trigger}() CASCADE")
            cursor.execute(
                f"CREATE TRIGGER {trigger} AFTER {event} ON customers_paymentmethod REFERENCING {tables}"
                " FOR EACH STATEMENT EXECUTE FUNCTION kernel_note_changes("
                "'''paymentMethods''', 'r.uuid', 'NULL::bigint', 'r.code', 'id', 'false')"
            )
    migration.give_each_its_own(None, connection.schema_editor())
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION kernel_note_changes()")  # nobody calls it any more
    since = Change.objects.count()
    cash = PaymentMethod.objects.create(code="CASH")
    PaymentMethod.objects.update(description="Notes and coins")
    cash.delete()
    PaymentMethod.objects.create(code="CARD")
    PaymentMethod.objects.update(modified_at=timezone.now())
    assert [change.kind for change in Change.objects.order_by("pk")[since:]] == ["", "created"]
