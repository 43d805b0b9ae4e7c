"""What people ask about customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers import errors, registry
from customers.models import Customer, VATNumberFormat
from erp.kernel.compiled import Compiled, Given
from erp.kernel.errors import Problem
from erp.kernel.money import ZERO, round_to
from posting.models import GeneralLedgerSetup

HUNDRED = Decimal(100)
NAMED_DUPLICATES = 10


LOCKED = Compiled(
    lambda: (
        Customer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer_posting_group", "payment_terms", "currency")
        .filter(pk=Given("key"))
    )
)


def locked(customer_id: int) -> Customer:
    """The customer, locked until the transaction ends: whoever settles or opens items waits here."""
    customer = LOCKED.first(key=customer_id)
    if customer is None:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}")
    return customer


@dataclass(frozen=True, slots=True)
class CreditSituation:
    """What a customer owes, what is under way, and how much more is agreed; in local currency.

    outstanding_invoices_from_shipments  the part of outstanding_invoices that stands in shipped_not_invoiced too
    """

    credit_limit: Decimal = ZERO
    balance: Decimal = ZERO
    balance_due: Decimal = ZERO
    overdue: Decimal = ZERO
    outstanding_orders: Decimal = ZERO
    shipped_not_invoiced: Decimal = ZERO
    outstanding_invoices: Decimal = ZERO
    outstanding_invoices_from_shipments: Decimal = ZERO
    invoiced_prepayments: Decimal = ZERO
    returned_not_credited: Decimal = ZERO
    outstanding_returns: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Everything that the customer owes or is about to."""
        return (
            self.balance
            + self.outstanding_orders
            + self.shipped_not_invoiced
            + self.outstanding_invoices
            - self.outstanding_invoices_from_shipments
            - self.invoiced_prepayments
            - self.returned_not_credited
        )

    @property
    def available_credit(self) -> Decimal:
        """What is left of the limit, below zero when it is exceeded; 0 without a limit."""
        return self.credit_limit - self.total if self.credit_limit else ZERO

    @property
    def expended_percent(self) -> Decimal:
        """How much of the limit the balance uses up, between 0 and 100."""
        if not self.credit_limit:
            return ZERO
        return min(max(round_to(HUNDRED * self.balance / self.credit_limit), ZERO), HUNDRED)

    def credit_amount(self, added: Decimal = ZERO) -> Decimal:
        """What counts against the limit; `added` is what the document at hand adds to what is stored of it."""
        return self.total - self.outstanding_returns + added

    def credit_left(self, added: Decimal = ZERO) -> Decimal | None:
        """What of the limit is not used, below zero when it is exceeded; None without a limit."""
        return self.credit_limit - self.credit_amount(added) if self.credit_limit else None


def credit_situation(customer: Customer, *, on: date) -> CreditSituation:
    """The figures of one bill-to customer as of a day."""
    return credit_situations([customer], on=on)[customer.pk]


def credit_situations(customers: Iterable[Customer], *, on: date) -> dict[int, CreditSituation]:
    """The figures of many, by id; as many queries as there are figures."""
    limits = {customer.pk: customer.credit_limit for customer in customers}
    figures = registry.figures(list(limits), on=on)
    return {pk: CreditSituation(credit_limit=limit, **figures[pk]) for pk, limit in limits.items()}


def credit_warnings(
    customer: Customer, *, on: date, added: Decimal = ZERO, limit: bool = True, overdue: bool = True
) -> list[Problem]:
    """W-CREDIT, W-OVERDUE: they tell, they never stop.

    on              the work date; what is due on the day itself is not overdue
    limit, overdue  which of the two the sales set-up wants to know about
    Source: Business Central, credit warnings.
    """
    if not (limit or overdue):
        return []
    situation = credit_situation(customer, on=on)
    found = []
    amount = situation.credit_amount(added)
    if limit and customer.credit_limit and amount > customer.credit_limit:
        found.append(errors.over_credit_limit(customer.number, amount, customer.credit_limit))
    if overdue and situation.overdue > 0:
        found.append(errors.has_overdue(customer.number, situation.overdue))
    return found


def vat_formats(country_code: str) -> list[str]:
    """The forms of a country's VAT numbers; of the company's own country when none is given."""
    country = (
        country_code or GeneralLedgerSetup.objects.filter(pk=1).values_list("country_code", flat=True).first()
    )
    rows = VATNumberFormat.objects.filter(country_code=country or "").order_by("format")
    return list(rows.values_list("format", flat=True))


def same_vat_number(customer: Customer) -> list[Problem]:
    """A warning that names up to ten other customers with the same VAT number."""
    if not customer.vat_registration_no:
        return []
    others = Customer.objects.filter(vat_registration_no=customer.vat_registration_no).exclude(pk=customer.pk)
    names = [
        f"{number} {name}"
        for number, name in others.order_by("number").values_list("number", "name")[:NAMED_DUPLICATES]
    ]
    return [errors.same_vat_number(customer.vat_registration_no, ", ".join(names))] if names else []
