"""A pro forma invoice: what the invoice will say, worked out as posting would, without a number. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import QTY
from sales.arithmetic.values import ONE, ZERO
from sales.models import SalesDocument
from sales.models.base import LineType
from sales.plans.invoice_values import InvoicedLine, InvoicePlan
from sales.plans.posting import PostingPlan


@dataclass(frozen=True)
class ProFormaLine:
    """One line: goods with what customs ask about them. Amounts as the prices are, with or without VAT."""

    line_no: int
    number: str
    description: str
    country_of_origin: str
    tariff_no: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    line_discount_percent: Decimal
    line_amount: Decimal
    vat_percent: Decimal
    vat_amount: Decimal
    net_weight: Decimal
    gross_weight: Decimal


@dataclass(frozen=True)
class ProFormaVAT:
    """One group of VAT, rounded as the invoice will round it."""

    identifier: str
    percent: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class ProForma:
    """Head, lines and totals; two made of an unchanged document are equal.

    source    the document that it is made of, in words
    problems  why posting would be refused as things stand; they don't change a figure
    """

    source: str
    bill_to: tuple[str, ...]
    ship_to: tuple[str, ...]
    vat_registration_no: str
    your_reference: str
    external_document_no: str
    document_date: date | None
    due_date: date | None
    payment_terms_code: str
    shipment_method_code: str
    currency_code: str
    prices_including_vat: bool
    lines: tuple[ProFormaLine, ...]
    groups: tuple[ProFormaVAT, ...]
    invoice_discount: Decimal
    net: Decimal
    gross: Decimal
    net_weight: Decimal
    gross_weight: Decimal
    problems: tuple[Problem, ...] = ()

    @property
    def vat(self) -> Decimal:
        return self.gross - self.net


def pro_forma_of(plan: PostingPlan) -> ProForma:
    """What a planned invoice says; its lines are all that is invoiced, goods or not."""
    document, invoice = plan.document, plan.invoice
    lines = tuple(_line(row) for row in invoice.lines)
    if invoice.rounding is not None:
        lines += (_rounding(plan, lines),)
    return ProForma(
        source=str(document),
        bill_to=_address(document, "bill_to"),
        ship_to=_address(document, "ship_to"),
        vat_registration_no=document.vat_registration_no,
        your_reference=document.your_reference,
        external_document_no=document.external_document_no,
        document_date=document.document_date,
        due_date=document.due_date,
        payment_terms_code=document.payment_terms_code,
        shipment_method_code=document.shipment_method_code,
        currency_code=document.currency_code,
        prices_including_vat=document.prices_including_vat,
        lines=lines,
        groups=_groups(invoice),
        invoice_discount=invoice.inv_discount_amount,
        net=invoice.amount,
        gross=invoice.amount_including_vat,
        net_weight=sum((line.net_weight for line in lines), ZERO),
        gross_weight=sum((line.gross_weight for line in lines), ZERO),
        problems=tuple(plan.problems),
    )


def _line(row: InvoicedLine) -> ProFormaLine:
    line, part = row.part.line, row.part
    item = line.item if line.type == LineType.ITEM else None
    base = part.base(part.invoice, after=line.quantity_invoiced)
    return ProFormaLine(
        line_no=line.line_no,
        number=line.number,
        description=line.description,
        country_of_origin=item.country_of_origin_code if item else "",
        tariff_no=item.tariff_no if item else "",
        quantity=part.invoice,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        line_discount_percent=line.line_discount_percent,
        line_amount=row.figures.line_amount,
        vat_percent=line.vat_percent,
        vat_amount=row.vat.amount_including_vat - row.vat.amount,
        net_weight=_weight(line.net_weight or (item.net_weight if item else ZERO), base),
        gross_weight=_weight(line.gross_weight or (item.gross_weight if item else ZERO), base),
    )


def _weight(of_one: Decimal, base: Decimal) -> Decimal:
    return round_to(WIDE.multiply(of_one, base), QTY)


def _rounding(plan: PostingPlan, lines: tuple[ProFormaLine, ...]) -> ProFormaLine:
    """The line that makes the total payable."""
    invoice = plan.invoice
    return ProFormaLine(
        line_no=lines[-1].line_no + 1,
        number=invoice.rounding_account.number,
        description=_("Invoice Rounding"),
        country_of_origin="",
        tariff_no="",
        quantity=ONE,
        unit_code="",
        unit_price=invoice.rounding.unit_price,
        line_discount_percent=ZERO,
        line_amount=invoice.rounding.unit_price,
        vat_percent=invoice.rounding_vat.percent,
        vat_amount=invoice.rounding.vat_amount,
        net_weight=ZERO,
        gross_weight=ZERO,
    )


def _groups(invoice: InvoicePlan) -> tuple[ProFormaVAT, ...]:
    """VAT by rate, lowest first; the rounding line is taxed as its account says."""
    sums: dict[tuple[Decimal, str], list[Decimal]] = {}
    for row in invoice.lines:
        key = (row.part.line.vat_percent, row.part.line.vat_identifier)
        group = sums.setdefault(key, [ZERO, ZERO])
        group[0] += row.vat.amount
        group[1] += row.vat.amount_including_vat - row.vat.amount
    if invoice.rounding is not None:
        key = (invoice.rounding_vat.percent, invoice.rounding_vat.identifier)
        group = sums.setdefault(key, [ZERO, ZERO])
        group[0] += invoice.rounding.amount
        group[1] += invoice.rounding.vat_amount
    return tuple(
        ProFormaVAT(identifier, percent, *sums[percent, identifier]) for percent, identifier in sorted(sums)
    )


def _address(document: SalesDocument, whose: str) -> tuple[str, ...]:
    """The lines of an address that say something."""

    def said(name: str) -> str:
        return getattr(document, f"{whose}_{name}").strip()

    place = " ".join(filter(None, [said("post_code"), said("city")]))
    rows = [said("name"), said("name_2"), said("contact"), said("address"), said("address_2"), place,
            said("county"), said("country_code")]  # fmt: skip
    return tuple(row for row in rows if row)
