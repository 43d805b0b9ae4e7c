"""From the lines of an invoice to the general ledger: revenue and discounts by account, VAT entries, VAT. Pure."""

from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from posting.setup_values import VATSetup
from posting.values import Line, VATLine
from sales.arithmetic.lcy import convert, gather
from sales.arithmetic.revenue import split_revenue
from sales.arithmetic.values import ZERO, VATKey
from sales.arithmetic.vat import check_full_vat_account
from sales.models import SalesDocument
from sales.models.base import LineType
from sales.plans.invoice_values import InvoicePlan
from sales.plans.totals import vat_key
from sales.values import SalesValues


class Key(NamedTuple):
    """What general ledger lines are compressed by."""

    account_id: int | None
    gen_bus: str
    gen_prod: str
    vat_bus: str
    vat_prod: str
    vat: VATKey
    description: str


class Row(NamedTuple):
    """What one line brings to an account, in both currencies: amount, VAT base, VAT, VAT difference."""

    key: Key
    fcy: tuple[Decimal, Decimal, Decimal, Decimal]
    lcy: tuple[Decimal, Decimal, Decimal, Decimal]


def revenue_rows(
    document: SalesDocument, plan: InvoicePlan, values: SalesValues, account_numbers: dict[int, str]
) -> list[Row]:
    """Two or three rows a line: revenue, and the discounts that have accounts of their own."""
    rows: list[Row] = []
    posting = values.sales.discount_posting
    rules = values.total_rules(document)
    asked = {
        "posting": posting,
        "prices_including_vat": rules.prices_including_vat,
        "vat_base_discount": rules.vat_base_discount,
        "vat_direction": rules.vat_direction,
    }
    line_discounts = _discounts_lcy(plan, document, values, "line_discount_amount")
    inv_discounts = _discounts_lcy(plan, document, values, "inv_discount_amount")
    plan.inv_discount_lcy = sum(inv_discounts, ZERO)
    for invoiced, line_discount_lcy, inv_discount_lcy in zip(
        plan.lines, line_discounts, inv_discounts, strict=True
    ):
        line, figures = invoiced.part.line, invoiced.figures
        key = vat_key(line)
        fcy = split_revenue(
            invoiced.vat,
            vat=key,
            line_discount_amount=figures.line_discount_amount,
            inv_discount_amount=figures.inv_discount_amount,
            precision=rules.precision,
            **asked,
        )
        lcy = fcy
        if document.currency_code:
            lcy = split_revenue(
                invoiced.vat_lcy,
                vat=key,
                line_discount_amount=line_discount_lcy,
                inv_discount_amount=inv_discount_lcy,
                precision=values.posting.precision,
                **asked,
            )
        for name, in_fcy, in_lcy in zip(("sales", "line_discount", "inv_discount"), fcy, lcy, strict=True):
            if name != "sales" and not any(in_fcy) and not any(in_lcy):
                continue
            account_id = _revenue_account(document, plan, line, name, values)
            if key.is_full and name == "sales":
                plan.problems += _check_full(line, values, account_numbers)
            differences = ZERO, ZERO
            if name == "sales":
                differences = invoiced.vat.vat_difference, invoiced.vat_lcy.vat_difference
            amounts = (*in_fcy, differences[0]), (*in_lcy, differences[1])
            rows.append(Row(_key(account_id, line, key, values), *amounts))
    return rows


def _discounts_lcy(
    plan: InvoicePlan, document: SalesDocument, values: SalesValues, name: str
) -> list[Decimal]:
    amounts = [getattr(invoiced.figures, name) for invoiced in plan.lines]
    if not document.currency_code:
        return amounts
    return convert(amounts, document.currency_factor, precision=values.posting.precision)


def _revenue_account(
    document: SalesDocument, plan: InvoicePlan, line, name: str, values: SalesValues
) -> int | None:
    """The account of a row: the line's own, or what the general posting set-up says.

    What takes an invoice back is no return of goods: revenue goes where the invoice had it.
    """
    if name == "sales" and line.type == LineType.GL_ACCOUNT:
        return line.gl_account_id
    returns = document.traits.receives and not plan.takes_back
    account = {
        "sales": "sales_credit_memo_account" if returns else "sales_account",
        "line_discount": "sales_line_discount_account",
        "inv_discount": "sales_invoice_discount_account",
    }[name]
    return values.posting.account(
        line.gen_bus_posting_group,
        line.gen_prod_posting_group,
        account,
        problems=plan.problems,
        line_no=line.line_no,
    )


def _check_full(line, values: SalesValues, account_numbers: dict[int, str]) -> list[Problem]:
    row = values.posting.vat(line.vat_bus_posting_group, line.vat_prod_posting_group, problems=[])
    wanted = account_numbers.get(row.sales_vat_account_id, "") if row else ""
    return check_full_vat_account(vat_key(line), line.number, sales_vat_account=wanted, line_no=line.line_no)


def _key(account_id: int | None, line, vat: VATKey, values: SalesValues) -> Key:
    return Key(
        account_id,
        line.gen_bus_posting_group,
        line.gen_prod_posting_group,
        line.vat_bus_posting_group,
        line.vat_prod_posting_group,
        vat,
        line.description if values.sales.copy_line_description_to_gl_entry else "",
    )


def compress_rows(document: SalesDocument, plan: InvoicePlan, rows: list[Row], values: SalesValues) -> None:
    """Compress the rows into journal lines with their VAT entries, and the VAT into one line per VAT account."""
    sign = -document.traits.sign  # a sale is a credit
    vat_totals: dict[tuple, list[Decimal]] = {}
    foreign = bool(document.currency_code)
    for key, (fcy, lcy) in gather(rows).items():
        amount, _base, vat, _difference = lcy
        plan.amount_lcy += amount
        plan.amount_including_vat_lcy += amount + vat
        if key.account_id is None:
            continue
        row = values.posting.vat(key.vat_bus, key.vat_prod, problems=[])
        if row is None:
            continue
        plan.journal.append(
            Line(
                account_id=key.account_id,
                amount=sign * amount,
                description=key.description,
                correction=document.correction,
                gen_posting_type="sale",
                gen_bus=key.gen_bus,
                gen_prod=key.gen_prod,
                vat_bus=key.vat_bus,
                vat_prod=key.vat_prod,
                vat_amount=sign * vat,
                currency_amount=sign * fcy[0] if foreign else ZERO,
                vat=_vat_entry(document, key, row, sign, lcy),
            )
        )
        if vat:
            total = vat_totals.setdefault((row, key.vat_bus, key.vat_prod), [ZERO, ZERO])
            total[0] += vat
            total[1] += fcy[2]
    for (row, vat_bus, vat_prod), (vat, vat_fcy) in vat_totals.items():
        account_id = row.account("sales_vat_account", problems=plan.problems)
        if account_id is None or not vat:
            continue
        plan.journal.append(
            Line(
                account_id=account_id,
                amount=sign * vat,
                correction=document.correction,
                vat_bus=vat_bus,
                vat_prod=vat_prod,
                currency_amount=sign * vat_fcy if foreign else ZERO,
            )
        )


def _vat_entry(
    document: SalesDocument,
    key: Key,
    row: VATSetup,
    sign: int,
    lcy: tuple[Decimal, ...],
) -> VATLine:
    amount, base, vat, difference = lcy
    return VATLine(
        type="sale",
        base=sign * base,
        amount=sign * vat,
        percent=row.percent,
        identifier=row.identifier,
        calculation_type=row.calculation_type,
        account_id=row.sales_vat_account_id,
        vat_bus=key.vat_bus,
        vat_prod=key.vat_prod,
        gen_bus=key.gen_bus,
        gen_prod=key.gen_prod,
        tax_category=row.tax_category,
        bill_to_no=document.bill_to_customer.number if document.bill_to_customer else "",
        country_code=document.vat_country_code,
        vat_registration_no=document.vat_registration_no,
        eu_3_party_trade=document.eu_3_party_trade,
        eu_service=row.eu_service,
        difference=sign * difference,
        base_before_discount=sign * amount if base != amount else None,
    )
