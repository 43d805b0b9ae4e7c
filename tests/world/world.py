"""What a story can say. Everything is done by the routines themselves; only questions read tables."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db.models import Sum

from customers.models import Customer, PaymentTerms
from customers.routines.create import create_customer
from erp.kernel.invariants import run_all
from erp.kernel.models import BaseCalendar, User
from erp.setup_data import files
from erp.setup_data.roles import load_roles
from inventory.models import InventoryPostingSetup, Item, ItemCharge, Location, Resource, Stock
from posting.models import Currency, ExchangeRate, GeneralLedgerSetup, GLAccount, GLEntry, VATEntry
from posting.routines.post_journal import JournalLine, post_journal
from receivables.models import CustomerBalance, OpenItem
from sales.models import SalesDocument, SalesSetup
from tests.world.calendar import TODAY, nine_o_clock
from tests.world.goods import make_charge, make_item, make_resource, put_in_stock
from tests.world.money import receive
from tests.world.paper import Story

ZERO = Decimal(0)


class World:
    """The company: who works there, its customers and items, and what its ledgers say.

    today  the work date of everything that names none; a story moves it with `on=`, or by setting it
    clock  the moment at which things are posted, whatever day they are dated; None: at nine on that day
    """

    def __init__(self):
        self.today = TODAY
        self.clock: datetime | None = None
        self.by = self.user("world")

    # People

    def user(self, username: str, *, role: str = "", **values) -> User:
        """Somebody with a log-in and a role of the set-up, as "CLERK"; without a role one who may do everything."""
        user = User(username=username, is_staff=True, is_superuser=not role, **values)
        user.set_password(username)
        user.save()
        if role:
            if not Group.objects.filter(name=role).exists():
                load_roles([files.FOLDER / "common"], [])
            user.groups.add(Group.objects.get(name=role))
        return user

    def at(self, on: date | None = None) -> datetime:
        """The moment at which things happen on a day."""
        return self.clock or nine_o_clock(on or self.today)

    # Masters

    def customer(
        self,
        name: str = "Adatum",
        *,
        number: str = "",
        group: str = "DOMESTIC",
        terms: str = "30D",
        currency: str = "",
        **values,
    ) -> Customer:
        """A customer of a group ("DOMESTIC", "EU", "EXPORT"), which is the template that it starts from.

        number  without one the name in capitals, as far as it fits
        terms   code of payment terms: "30D", "1M(8D)" with 2 % within 8 days
        values  more fields of the card: blocked="all", credit_limit=D(1000)
        """
        return create_customer(
            name=name,
            number=number or name.upper().replace(" ", "-")[:20],
            template=group,
            payment_terms=PaymentTerms.objects.get(code=terms) if terms else None,
            currency=Currency.objects.get(code=currency) if currency else None,
            on=self.today,
            **values,
        )

    def item(
        self,
        number: str = "BICYCLE",
        *,
        stock: Decimal | int = 0,
        cost: Decimal | int | str = 0,
        price: Decimal | int | str = 0,
        group: str = "GOODS",
        location: str = "",
        on: date | None = None,
        units: Mapping[str, int] | None = None,
        **values,
    ) -> Item:
        """An item, and pieces of it in stock at its cost.

        group   general product group, as "REDUCED"; taxed as the group says
        units   besides pieces: {"BOX": 12}
        values  more fields of the card: costing_method="average", type="service"
        """
        item = make_item(
            number,
            cost=Decimal(cost),
            price=Decimal(price),
            group=group,
            units=units or {},
            on=self.today,
            by=self.by,
            **values,
        )
        if stock:
            self.receive(stock, item, at=cost, location=location, on=on)
        return item

    def resource(
        self,
        number: str = "MECHANIC",
        *,
        cost: Decimal | int | str = 0,
        price: Decimal | int | str = 0,
        group: str = "SERVICES",
        unit: str = "HOUR",
        **values,
    ) -> Resource:
        """A person or a machine whose hours are sold; taxed as the group says."""
        return make_resource(
            number, cost=Decimal(cost), price=Decimal(price), group=group, unit=unit, **values
        )

    def item_charge(self, number: str = "FREIGHT", *, group: str = "SERVICES", **values) -> ItemCharge:
        """Freight, an allowance: what is invoiced by itself and counts as revenue of goods."""
        return make_charge(number, group=group, **values)

    def receive(
        self, quantity, item: Item, *, at=0, location: str = "", variant: str = "", on: date | None = None
    ) -> int:
        """Put goods in stock at a cost per base unit; returns the number of their item ledger entry."""
        day = on or self.today
        return put_in_stock(
            item,
            quantity=Decimal(quantity),
            unit_cost=Decimal(at),
            location_code=location,
            variant_code=variant,
            on=day,
            by=self.by,
            at=self.at(day),
        )

    def location(self, code: str = "OSLO", *, calendar: str = "", **values) -> Location:
        """A place for stock; `calendar` as "WEEK" or "NO", more fields of the card as outbound_handling_time="1D"."""
        base_calendar = BaseCalendar.objects.get(code=calendar) if calendar else None
        location = Location.objects.create(
            code=code, name=code.capitalize(), base_calendar=base_calendar, **values
        )
        groups = InventoryPostingSetup.objects.filter(location=None)
        for row in groups:
            row.pk, row.location = None, location
        InventoryPostingSetup.objects.bulk_create(groups)
        return location

    def rate(self, currency: str, exchange, relational, *, on: date) -> ExchangeRate:
        """From this day on so much of the currency is worth so much local currency: ("USD", 100, 125)."""
        rate, _made = ExchangeRate.objects.update_or_create(
            currency=Currency.objects.get(code=currency),
            starting_date=on,
            defaults={"exchange_amount": Decimal(exchange), "relational_amount": Decimal(relational)},
        )
        return rate

    def ledger_setup(self, **values) -> None:
        """Change the general ledger set-up: payment_tolerance_percent=D("0.5")."""
        GeneralLedgerSetup.objects.update(**values)

    def sales_setup(self, **values) -> None:
        """Change the sales set-up: discount_posting="all_discounts"."""
        SalesSetup.objects.update(**values)

    # Sales papers

    def quote(self, customer: Customer, **given) -> Story:
        return self._draft(SalesDocument.Type.QUOTE, customer, given)

    def offer(self, name: str, *, template: str = "DOMESTIC", **given) -> Story:
        """A quote for somebody who is no customer yet, served as a template says."""
        return self._draft(
            SalesDocument.Type.QUOTE, None, {"template": template, "sell_to_name": name, **given}
        )

    def blanket_order(self, customer: Customer, **given) -> Story:
        return self._draft(SalesDocument.Type.BLANKET_ORDER, customer, given)

    def order(self, customer: Customer, **given) -> Story:
        """A sales order; `on=` is its day, other fields of the head as the routine `draft` takes them."""
        return self._draft(SalesDocument.Type.ORDER, customer, given)

    def sales_invoice(self, customer: Customer, **given) -> Story:
        return self._draft(SalesDocument.Type.INVOICE, customer, given)

    def credit_memo(self, customer: Customer, **given) -> Story:
        return self._draft(SalesDocument.Type.CREDIT_MEMO, customer, given)

    def return_order(self, customer: Customer, **given) -> Story:
        return self._draft(SalesDocument.Type.RETURN_ORDER, customer, given)

    def _draft(self, type: str, customer: Customer | None, given: dict) -> Story:
        return Story.begin(self, type, customer, on=given.pop("on", self.today), **given)

    # Money

    def pay(
        self,
        customer: Customer,
        amount: Decimal | int | str,
        *,
        on: date | None = None,
        apply: str | Sequence[str] | None = None,
        currency: str | None = None,
        **given,
    ):
        """The customer pays so much; `apply` names the invoice paid, several of them, or "oldest"."""
        day = on or self.today
        return receive(
            customer,
            Decimal(amount),
            on=day,
            apply=apply,
            currency_code=currency,
            by=self.by,
            at=self.at(day),
            **given,
        )

    def journal(
        self, *lines: tuple[str, Decimal | int | str], on: date | None = None, document_no: str = "GJ-1"
    ):
        """Post a general journal: ("6500", 80), ("1010", -80)."""
        day = on or self.today
        return post_journal(
            [
                JournalLine(place, day, document_no, account, Decimal(amount))
                for place, (account, amount) in enumerate(lines, start=1)
            ],
            by=self.by,
            at=self.at(day),
        )

    # What the ledgers say

    def ledger(self, document_no: str) -> dict[str, Decimal]:
        """What a document posted, by account number; accounts that come out even are left out."""
        return self._by_account(GLEntry.objects.filter(document_no=document_no))

    def accounts(self, *, until: date | None = None) -> dict[str, Decimal]:
        """The balance of every account that has one."""
        entries = GLEntry.objects.all()
        return self._by_account(entries.filter(posting_date__lte=until) if until else entries)

    def account(self, number: str) -> Decimal:
        """The balance of one account."""
        assert GLAccount.objects.filter(number=number).exists(), f"there is no account {number}"
        return self.accounts().get(number, ZERO)

    @staticmethod
    def _by_account(entries) -> dict[str, Decimal]:
        sums = entries.values("account__number").annotate(total=Sum("amount")).order_by("account__number")
        return {row["account__number"]: row["total"] for row in sums if row["total"]}

    def vat(self, document_no: str) -> list[tuple[str, Decimal, Decimal]]:
        """The VAT entries of a document: identifier, base, amount."""
        entries = VATEntry.objects.filter(document_no=document_no).order_by("entry_no")
        return list(entries.values_list("vat_identifier", "base", "amount"))

    def balance(self, customer: Customer) -> Decimal:
        """What a customer owes, in local currency."""
        rows = CustomerBalance.objects.filter(customer=customer)
        return rows.aggregate(total=Sum("amount_lcy"))["total"] or ZERO

    def open_items(self, customer: Customer) -> dict[str, Decimal]:
        """What is left of each document that is not settled, in its own currency."""
        items = OpenItem.objects.filter(customer=customer).order_by("entry_id")
        return dict(items.values_list("entry__document_no", "remaining_amount"))

    def stock(self, item: Item, *, location: str | None = None, variant: str | None = None) -> Decimal:
        """How much of an item is there, in base units."""
        rows = Stock.objects.filter(item=item)
        rows = rows if location is None else rows.filter(location_code=location)
        rows = rows if variant is None else rows.filter(variant_code=variant)
        return rows.aggregate(total=Sum("quantity"))["total"] or ZERO

    def stock_value(self, item: Item) -> Decimal:
        """What the stock of an item cost, expected cost included."""
        sums = Stock.objects.filter(item=item).aggregate(
            total=Sum("cost_amount_actual") + Sum("cost_amount_expected")
        )
        return sums["total"] or ZERO

    def check(self) -> None:
        """Every law of every ledger holds."""
        broken = [result for result in run_all() if not result.holds]
        assert not broken, "\n".join(f"{law.code} {law.text}: {law.finding.failures[:5]}" for law in broken)
