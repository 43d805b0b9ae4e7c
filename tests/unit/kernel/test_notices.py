"""Notices and what was opened last: each user's own, the newest first, and not more than is of use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from erp.kernel.models.workplace import RecentRecord
from erp.kernel.notices import mark_read, tell, unread
from erp.kernel.recent import MOST, recent, remember

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def ingrid():
    return get_user_model().objects.create_user("ingrid")


@pytest.fixture
def jonas():
    return get_user_model().objects.create_user("jonas")


def test_a_notice_is_told_to_one_user_and_read_by_them(ingrid, jonas):
    run = tell(ingrid, "The run has ended.", url="/sales/runs/", level="success", at=NINE)
    tell(ingrid, "SO-1001 wants your approval.", at=NINE + timedelta(minutes=1))
    tell(jonas, "Your order was approved.", at=NINE)
    assert [notice.message for notice in unread(ingrid)] == [
        "SO-1001 wants your approval.",
        "The run has ended.",
    ]
    assert mark_read(ingrid, at=NINE, only=[run.pk]) == 1
    assert unread(ingrid).count() == 1
    assert mark_read(ingrid, at=NINE) == 1
    assert not unread(ingrid).exists()
    assert unread(jonas).count() == 1


def test_a_notice_that_is_too_long_ends_in_dots(ingrid):
    notice = tell(ingrid, "x" * 400, at=NINE)
    notice.refresh_from_db()
    assert len(notice.message) == 300
    assert notice.message.endswith("x…")


def test_a_record_is_remembered_once_and_the_newest_comes_first(ingrid, jonas):
    order = {"kind": "sales.order", "number": "SO-1001", "url": "/sales/order/SO-1001/"}
    remember(ingrid, **order, title="Adatum", at=NINE)
    remember(
        ingrid,
        kind="customer",
        number="C1",
        title="Adatum",
        url="/customers/C1/",
        at=NINE + timedelta(minutes=1),
    )
    remember(jonas, **order, title="Adatum", at=NINE)
    assert [row.number for row in recent(ingrid)] == ["C1", "SO-1001"]
    remember(ingrid, **order, title="Adatum Ltd", at=NINE + timedelta(minutes=2))
    assert [(row.number, row.title) for row in recent(ingrid)] == [
        ("SO-1001", "Adatum Ltd"),
        ("C1", "Adatum"),
    ]
    assert [row.title for row in recent(jonas)] == ["Adatum"]


def test_the_newest_fifty_are_kept(ingrid):
    for place in range(MOST + 3):
        number = f"I{place}"
        remember(
            ingrid, kind="item", number=number, url=f"/items/{number}/", at=NINE + timedelta(minutes=place)
        )
    kept = set(RecentRecord.objects.filter(user=ingrid).values_list("number", flat=True))
    assert kept == {f"I{place}" for place in range(3, MOST + 3)}
