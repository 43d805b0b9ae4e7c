"""A customer's account, as the customer is to see it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from erp.kernel.money import ZERO
from posting.as_of import known_at
from receivables.selectors import aged_receivables
from reporting.parameters import StatementForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.aged_receivables import headings
from reporting.reports.columns import document_type, lcy
from reporting.selectors.moment import one_moment
from reporting.selectors.statement import CurrencyStatement, StatementLine, statement


def make(asked: Mapping[str, Any]) -> Outcome:
    customer: Customer = asked["customer"]
    open_items = asked["style"] == "open"
    with one_moment():
        known = known_at(asked["known_at"])
        found = statement(
            customer,
            start=asked["start"],
            end=asked["end"],
            open_items=open_items,
            undone=asked["undone"],
            known=known,
        )
        ageing = aged_receivables(
            on=asked["end"], period=asked["period"], in_lcy=False, customer=customer, known=known
        )
    buckets = {row.currency_code: row.buckets for row in ageing.rows}
    columns = (
        Column("on", _("Posting date"), "day"),
        Column("document", _("Document")),
        Column("description", _("Description"), stretches=True),
        Column("due_date", _("Due date"), "day", is_wide=True),
        Column("entry_amount", _("Original") if open_items else _("Remaining"), "amount", is_wide=True),
        Column("amount", _("Amount"), "amount"),
        Column("balance", _("Balance"), "amount"),
    )
    own = lcy()
    address = [customer.name, customer.name_2, customer.address, customer.address_2,
               f"{customer.post_code} {customer.city}".strip()]  # fmt: skip
    facts = [
        (_("Customer"), f"{customer.number} {customer.name}"),
        (_("Address"), ", ".join(filter(None, address[2:]))),
    ]
    for one in found:
        facts.append((_("Closing balance"), _money(one.closing, one.currency_code or own)))
        if asked["overdue"]:
            facts.append((_("Overdue"), _money(one.total_overdue, one.currency_code or own)))
    rows = [
        row
        for one in found
        for row in _part(
            one, own, asked, dict(zip(headings(ageing), buckets.get(one.currency_code, ()), strict=False))
        )
    ]
    return Outcome(columns, rows, facts=facts, expected=len(rows))


def _money(amount: Decimal, code: str) -> str:
    from erp.kernel.templatetags.handel import amount as shown

    return f"{shown(amount)} {code}"


def _part(
    one: CurrencyStatement, own: str, asked: Mapping[str, Any], buckets: dict[str, Decimal]
) -> Iterator[Row]:
    """One currency: what was there, what happened, what is there; then what is overdue, and how old it is."""
    code = one.currency_code or own
    yield _said(_("Account in {currency}").format(currency=code), kind="heading")
    balance = one.opening
    yield _said(_("Opening balance"), on=asked["start"], balance=balance)
    for line in one.lines:
        balance += line.amount
        yield _line(line, balance, is_open=asked["style"] == "open")
    yield _said(_("Closing balance"), on=asked["end"], balance=balance, kind="total")
    if asked["overdue"] and one.overdue:
        yield _said(_("Overdue on the last day"), kind="heading")
        late = ZERO
        for line in one.overdue:
            late += line.remaining
            yield _line(line, late, is_open=True)
        yield _said(_("Overdue"), balance=late, kind="total")
    if any(buckets.values()):
        yield _said(_("By age, in days after the due date"), kind="heading")
        for heading, amount in buckets.items():
            yield _said(heading, amount=amount)


def _line(line: StatementLine, balance: Decimal, *, is_open: bool) -> Row:
    """An open entry says what it was once, a movement what is left of its entry."""
    document = f"{document_type(line.document_type)} {line.document_no}".strip()
    of_entry = line.original if is_open else line.remaining
    values = (line.on, document, line.description, line.due_date, of_entry or None, line.amount, balance)
    return Row(values, {"document": reverse("receivables:entry", args=[line.entry_no])})


def _said(text: str, *, on=None, amount=None, balance=None, kind: str = "row") -> Row:
    """A line that is none of an entry's."""
    if kind == "heading":
        return Row((text, *[None] * 6), kind="heading")
    return Row((on, None, text, None, None, amount, balance), kind=kind)


REPORT = Report(
    key="customer-statement",
    title=gettext_lazy("Customer statement"),
    question=gettext_lazy("What has a customer to pay, and what happened on the account?"),
    group=gettext_lazy("Receivables"),
    permissions=("receivables.view_detailedcustomerledgerentry",),
    form=StatementForm,
    make=make,
)
