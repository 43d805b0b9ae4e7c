"""From documents and posted papers to what is printed."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from babel import Locale
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.pdf import Page, render_pdfs
from erp.kernel.templatetags.handel import amount, day, quantity
from posting.models import GeneralLedgerSetup, VATPostingSetup
from receivables.models import BankAccount
from receivables.selectors import entry
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.models.base import LineType, Paper
from sales.plans.paper_totals import totals_of
from sales.plans.pro_forma import ProForma
from sales.print import words
from sales.print.sheet import Bank, Sheet, SheetLine, SheetVAT
from sales.selectors import takes_back

TEMPLATE = "print/paper.html"
Printed = SalesDocument | SalesInvoice | SalesCreditMemo | SalesShipment | ReturnReceipt
KINDS = {
    SalesShipment: "shipment",
    SalesInvoice: "invoice",
    SalesCreditMemo: "credit_memo",
    ReturnReceipt: "return_receipt",
}
# What other systems call our languages.
NAMES = {"no": "nb", "nor": "nb", "nob": "nb", "nld": "nl", "dut": "nl", "nlb": "nl", "swe": "sv", "sve": "sv",
         "eng": "en", "enu": "en", "ena": "en"}  # fmt: skip


def print_papers(papers: Iterable[Printed], *, with_amounts: bool, user_language: str) -> bytes:
    """Documents and posted papers in one PDF, each in its customer's language and with pages of its own.

    with_amounts   whether whoever asks may see what things cost
    user_language  for customers without a language, or with one that Handel does not speak
    """
    pages = []
    for paper in papers:
        language = language_of(paper, user_language)
        with translation.override(language):
            sheet = sheet_of(paper, with_amounts=with_amounts)
        pages.append(page_of_sheet(sheet, language))
    return render_pdfs(pages)


def page_of_sheet(sheet: Sheet, language: str) -> Page:
    """A sheet as a page to be rendered, with the company's own facts around it."""
    context = {"sheet": sheet, "company": _company()}
    return Page(TEMPLATE, context, language)


def language_of(paper: Printed, user_language: str) -> str:
    """The language of a paper: its own, its customer's, else that of the user."""
    customer = paper.customer
    for code in (paper.language_code, customer.language_code if customer else ""):
        found = spoken(code)
        if found:
            return found
    return spoken(user_language) or settings.LANGUAGE_CODE


def spoken(code: str) -> str:
    """The language of ours that a code means: "nl", "NLD", "nl-BE"; blank for none."""
    plain = code.strip().lower().replace("_", "-")
    names = {name for name, _label in settings.LANGUAGES}
    for candidate in (plain, NAMES.get(plain, ""), plain.split("-")[0], NAMES.get(plain.split("-")[0], "")):
        if candidate in names:
            return candidate
    return ""


def variant_of(paper: Printed) -> words.Variant:
    if isinstance(paper, SalesDocument):
        return words.DOCUMENTS[paper.type]
    return words.POSTED[KINDS[type(paper)]]


def sheet_of(paper: Printed, *, with_amounts: bool = True) -> Sheet:
    """What stands on a working document or a posted paper, in the active language."""
    variant = variant_of(paper)
    is_posted = not isinstance(paper, SalesDocument)
    lines = _printed_lines(paper)
    reversed_ones = {line.vat_identifier for line in lines if _is_reversed(line)}
    shows_amounts = with_amounts and variant.has_amounts
    totals = totals_of(lines)
    company = _company()
    columns = _columns(paper, lines) | ({"price", "discount", "vat"} if shows_amounts else frozenset())
    if not any(line.line_discount_percent for line in lines):
        columns -= {"discount"}
    goes_to = "bill_to" if variant.mails_to == "bill_to" else "sell_to"
    sell_to, bill_to, ship_to = (
        address_of(paper, whose, home=company.country_code) for whose in ("sell_to", "bill_to", "ship_to")
    )
    to = bill_to if goes_to == "bill_to" else sell_to
    sheet = {
        "title": str(variant.title),
        "number": paper.number,
        "file_name": file_name(str(variant.title), paper.number),
        "to": to,
        "ship_to": ship_to if ship_to and ship_to != to else (),
        "invoice_to": bill_to if goes_to == "sell_to" and bill_to != sell_to and shows_amounts else (),
        "facts": _facts(paper, variant),
        "text": paper.work_description.strip(),
        "lines": tuple(_line(line, shows_amounts) for line in lines),
        "columns": frozenset(columns),
        "watermark": _watermark(paper),
        "signs": is_posted and not variant.has_amounts,
        "foot": _foot(paper, variant, lines, totals.gross) if shows_amounts else (),
    }
    weights = [line for line in lines if line.quantity_base > 0]
    if not variant.has_amounts:
        sheet["net_weight"] = _weight(weights, "net_weight")
        sheet["gross_weight"] = _weight(weights, "gross_weight")
    if shows_amounts:
        sheet |= {
            "currency": paper.currency_code or company.lcy_code,
            "lcy": company.lcy_code,
            "prices_including_vat": paper.prices_including_vat,
            "invoice_discount": totals.invoice_discount,
            "net": totals.net,
            "gross": totals.gross,
            "groups": tuple(_vat(group, paper, reversed_ones) for group in totals.groups),
            "paid": _paid(paper, totals.gross),
            "is_demand": variant.demands,
            "bank": _bank(paper.currency_code) if variant.demands else None,
        }
    return Sheet(**sheet)


def sheet_of_pro_forma(document: SalesDocument, made: ProForma, *, is_draft: bool) -> Sheet:
    """What stands on a pro forma invoice, or on the draft of an invoice as posting would write it."""
    variant, company = words.DOCUMENTS["invoice"] if is_draft else words.PRO_FORMA, _company()
    columns = {"price", "vat"} | (set() if is_draft else {"origin"})
    if any(line.line_discount_percent for line in made.lines):
        columns.add("discount")
    names = ("number", "description", "quantity", "country_of_origin", "tariff_no", "net_weight", "unit_price",
             "line_discount_percent")  # fmt: skip
    stored = list(document.lines.all())
    reverse = [line for line in stored if _is_reversed(line)]
    without = {line.line_no for line in reverse}
    lines = tuple(
        SheetLine(
            unit=line.unit_code,
            amount=line.line_amount,
            vat_percent=ZERO if line.line_no in without else line.vat_percent,
            **{name: getattr(line, name) for name in names},
        )
        for line in made.lines
    )
    return Sheet(
        title=str(variant.title),
        number=document.number,
        file_name=file_name(str(variant.title), document.number),
        to=made.bill_to,
        ship_to=made.ship_to if made.ship_to != made.bill_to else (),
        facts=_facts(document, variant),
        lines=lines,
        columns=frozenset(columns),
        currency=made.currency_code or company.lcy_code,
        lcy=company.lcy_code,
        prices_including_vat=made.prices_including_vat,
        invoice_discount=made.invoice_discount,
        net=made.net,
        gross=made.gross,
        groups=tuple(
            _vat(group, document, {line.vat_identifier for line in reverse}) for group in made.groups
        ),
        net_weight=ZERO if is_draft else made.net_weight,
        gross_weight=ZERO if is_draft else made.gross_weight,
        foot=_foot(document, variant, stored, made.gross),
        bank=_bank(document.currency_code) if is_draft else None,
        watermark=_watermark(document),
        declares=not is_draft,
        is_demand=is_draft,
    )


def file_name(title: str, number: str) -> str:
    """As it is attached and saved: "Order confirmation 1001.pdf"."""
    kept = "".join(letter if letter not in '\\/:*?"<>|' else "-" for letter in f"{title} {number}")
    return f"{kept}.pdf"


def address_of(paper: Paper, whose: str, *, home: str) -> tuple[str, ...]:
    """The lines of an address that say something; the country only where it is not our own, `home`."""

    def said(name: str) -> str:
        return getattr(paper, f"{whose}_{name}").strip()

    country = "" if said("country_code") == home else country_name(said("country_code"))
    place = " ".join(filter(None, [said("post_code"), said("city")]))
    rows = [said("name"), said("name_2"), said("contact"), said("address"), said("address_2"), place,
            said("county"), country]  # fmt: skip
    return tuple(row for row in rows if row)


def country_name(code: str) -> str:
    """The name of a country in the active language."""
    language = (translation.get_language() or "en").split("-")[0]
    return Locale(language).territories.get(code.upper(), code) if code else ""


def _printed_lines(paper: Printed) -> list:
    """The lines worth a row: those with a quantity, and texts; undone goods are not there any more."""
    lines = list(paper.lines.order_by("line_no"))
    undone = {line.undoes_line_no for line in lines if getattr(line, "undoes_line_no", 0)}
    shown = []
    for line in lines:
        if line.type == LineType.COMMENT:
            if line.description:
                shown.append(line)
        elif line.quantity and line.line_no not in undone and not getattr(line, "undoes_line_no", 0):
            shown.append(line)
    return shown


def _columns(paper: Printed, lines: Sequence) -> set[str]:
    found = set()
    if any(line.item_reference_no for line in lines):
        found.add("reference")
    if isinstance(paper, SalesDocument) and paper.type in ("order", "blanket_order"):
        dates = {line.shipment_date for line in lines if line.type != LineType.COMMENT}
        if len(dates) > 1 or dates - {paper.shipment_date, None}:
            found.add("date")
    if isinstance(paper, ReturnReceipt) or (
        isinstance(paper, SalesDocument) and paper.type == "return_order"
    ):
        found.add("reason")
    return found


def _line(line, with_amounts: bool) -> SheetLine:
    if line.type == LineType.COMMENT:
        return SheetLine(description=line.description, is_text=True)
    plain = ("number", "description", "description_2", "variant_code", "quantity", "shipment_date")
    money = ("unit_price", "line_discount_percent") if with_amounts else ()
    return SheetLine(
        vat_percent=ZERO if not with_amounts or _is_reversed(line) else line.vat_percent,
        unit=line.unit_code,
        reference_no=line.item_reference_no,
        return_reason=line.return_reason_code,
        amount=line.line_amount if with_amounts else ZERO,
        **{name: getattr(line, name) for name in (*plain, *money)},
    )


def _is_reversed(line) -> bool:
    """The customer accounts for the VAT: none of it stands on our paper, whatever its rate."""
    return line.vat_calculation_type == VATPostingSetup.Calculation.REVERSE_CHARGE


def _facts(paper: Printed, variant: words.Variant) -> tuple[tuple[str, str], ...]:
    is_document = isinstance(paper, SalesDocument)
    kind = paper.type if is_document else KINDS[type(paper)]
    quote_no = getattr(paper, "quote_no", "")
    shipments = ""
    if isinstance(paper, SalesInvoice):
        numbers = sorted(set(paper.lines.exclude(shipment_no="").values_list("shipment_no", flat=True)))
        shipments = ", ".join(numbers[:5]) + (" …" if len(numbers) > 5 else "")
    is_quote = is_document and kind == "quote"
    moves_goods = kind in ("shipment", "order", "blanket_order")
    rows = (
        (_("Date"), day(paper.document_date or paper.posting_date or paper.order_date)),
        (_("Valid until"), day(paper.valid_until) if is_quote else ""),
        (_("Due date"), day(paper.due_date) if variant.demands else ""),
        (_("Customer no."), paper.customer.number if paper.customer else ""),
        (_("VAT registration no."), paper.vat_registration_no if variant.has_amounts else ""),
        (_("Your reference"), paper.your_reference),
        (_("Your order no."), paper.external_document_no),
        (_("Our order no."), "" if is_document else paper.order_no),
        (_("Quote no."), quote_no),
        (_("Shipment no."), shipments),
        (_("Credits invoice no."), _credits(paper)),
        (_("Our contact"), words.salesperson(paper.salesperson_code)),
        (_("Payment terms"), words.payment_terms(paper.payment_terms_code) if variant.has_amounts else ""),
        (_("Payment method"), words.payment_method(paper.payment_method_code) if variant.demands else ""),
        (_("Shipment date"), day(paper.shipment_date) if moves_goods else ""),
        (_("Shipment method"), words.shipment_method(paper.shipment_method_code)),
        (_("Shipping agent"), words.shipping_agent(paper.shipping_agent_code) if moves_goods else ""),
        (_("Package tracking no."), paper.package_tracking_no if moves_goods else ""),
    )
    return tuple((label, text) for label, text in rows if text)


def _credits(paper: Printed) -> str:
    """The invoice that a credit memo takes back, where it says so."""
    if isinstance(paper, SalesDocument):
        return paper.applies_to_document_no if paper.type == "credit_memo" else ""
    return takes_back(paper) if isinstance(paper, SalesCreditMemo) else ""


def _foot(paper: Printed, variant: words.Variant, lines: Sequence, gross: Decimal) -> tuple[str, ...]:
    found = []
    if variant.demands and paper.payment_discount_percent and paper.payment_discount_date:
        off = round_to(WIDE.multiply(gross, paper.payment_discount_percent) / 100)
        said = _("Paid by {day}, {percent} % may be deducted: {amount}.")
        found.append(
            said.format(
                day=day(paper.payment_discount_date),
                percent=quantity(paper.payment_discount_percent),
                amount=amount(off),
            )
        )
    return (*found, *words.vat_clauses(line.vat_clause_code for line in lines))


def _watermark(paper: Printed) -> str:
    if not isinstance(paper, SalesDocument):
        return ""
    if paper.status == SalesDocument.Status.PENDING_APPROVAL:
        return _("Not approved")
    return _("Draft") if paper.type in words.DRAFTS else ""


def _vat(group, paper: Paper, reversed_ones: Collection[str]) -> SheetVAT:
    lcy = None
    if paper.currency_code:
        lcy = round_to(WIDE.divide(group.amount, paper.currency_factor))
    percent = ZERO if group.identifier in reversed_ones and not group.amount else group.percent
    return SheetVAT(percent, group.base, group.amount, lcy)


def _paid(paper: Printed, gross: Decimal) -> Decimal | None:
    """What of a posted invoice is paid; None while that is nothing."""
    if not isinstance(paper, SalesInvoice):
        return None
    row = entry(paper.customer_entry_no)
    paid = gross - row.remaining if row else ZERO
    return paid or None


def _weight(lines: Sequence, column: str) -> Decimal:
    return sum((WIDE.multiply(getattr(line, column), line.quantity_base) for line in lines), ZERO)


def _bank(currency_code: str) -> Bank | None:
    """The first account of ours that takes the currency; else one in local currency."""
    accounts = BankAccount.objects.filter(blocked=False).select_related("currency").order_by("number")
    usable = [row for row in accounts if row.iban or row.bank_account_no]
    own = [row for row in usable if row.currency and row.currency.code == currency_code and currency_code]
    row = next(iter(own or [row for row in usable if row.currency is None]), None)
    return Bank(row.name, row.iban, row.bank_account_no, row.swift_code) if row else None


def _company() -> GeneralLedgerSetup:
    return GeneralLedgerSetup.objects.filter(pk=1).first() or GeneralLedgerSetup()
