"""The demo company, with a user and a token for every client, and stock that lasts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction

from customers.models import Customer
from erp.demo.load import load_demo
from erp.kernel.access_tokens import issue
from erp.kernel.models import AccessToken, User
from erp.kernel.numbering import next_number
from inventory.models import EntryType, Item
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from sales.models import UserSalesSetup

ROLE = "SALES-MANAGER"
PRICE_FROM, PRICE_TO = 1, 50  # small orders need nobody's approval
PIECES = 100_000  # of each item, whenever a company is made; a minute sells a few thousand
SCOPES = ["API.ReadWrite.All"]


def prepare(*, users: int, on: date, at: datetime) -> dict[str, list[str]]:
    """Migrate and fill the database where it is empty.

    returns  what the clients are told: a token for each, and numbers of customers and of items
    """
    call_command("migrate", verbosity=0, interactive=False)
    if not User.objects.exists():
        load_demo(on=on, at=at, scale=0.05)
    staff = _hire(users)
    items = _goods()
    if not AccessToken.objects.filter(user__in=staff).exists():
        _stock(items, by=staff[0], on=on, at=at)
    AccessToken.objects.filter(user__in=staff).delete()
    buyers = Customer.objects.sellable().filter(currency=None)
    buyers.update(credit_limit=0)  # nobody is to reach a limit while we measure
    return {
        "tokens": [
            issue(user, "Load", SCOPES, expires_at=at + timedelta(days=1), at=at)[1] for user in staff
        ],
        "customers": list(buyers.order_by("number").values_list("number", flat=True)),
        "items": [item.number for item in items],
    }


def _hire(users: int) -> list[User]:
    """One user for each client: limits count by user."""
    role = Group.objects.get(name=ROLE)
    staff = []
    for place in range(1, users + 1):
        user, is_new = User.objects.get_or_create(username=f"load-{place:03}")
        if is_new:
            user.groups.add(role)
            UserSalesSetup.objects.create(
                user=user, invoice_posting_policy=UserSalesSetup.PostingPolicy.ALLOWED
            )
        staff.append(user)
    return staff


def _goods() -> list[Item]:
    """Things of one kind only, at small prices."""
    kept = Item.objects.sellable().filter(type=Item.Type.INVENTORY, variants=None)
    return list(kept.filter(unit_price__range=(PRICE_FROM, PRICE_TO)).order_by("number"))


@transaction.atomic
def _stock(items: Sequence[Item], *, by: User, on: date, at: datetime) -> None:
    """A delivery to every location from which customers are served."""
    locations = Customer.objects.order_by("location_code").values_list("location_code", flat=True).distinct()
    number = next_number("ITEM-JOURNAL", on=on)
    lines = [
        JournalLine(
            line_no=place * 10000,
            posting_date=on,
            document_no=number,
            entry_type=EntryType.PURCHASE,
            item=item.number,
            quantity=Decimal(PIECES),
            unit_amount=item.unit_cost,
            location_code=location,
        )
        for place, (item, location) in enumerate(
            ((item, location) for item in items for location in locations), start=1
        )
    ]
    post_item_journal(lines, by=by, at=at)
