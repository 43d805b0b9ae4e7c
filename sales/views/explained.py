"""Why a line has its price, its VAT and its account, in words: what is kept on the line as JSON, made readable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posting.models import GeneralPostingSetup, VATPostingSetup
from sales.models import PriceListLine
from sales.models.base import LineType, PaperLine
from sales.pricing import Reason


@dataclass(frozen=True)
class Section:
    """One question and its answer.

    facts     term and text
    passed    rows of what was looked at and not taken, under their columns
    """

    key: str
    title: str
    facts: list[tuple[str, str]]
    columns: tuple[str, ...] = ()
    passed: list[tuple[str, ...]] = field(default_factory=list)


def explained(line: PaperLine) -> list[Section]:
    """All that is known of why a line is as it is; nothing for texts, and for what was written before it was kept."""
    return [*_price(line.price_explanation or {}), *_posting(line.posting_explanation or {})]


# --- price ---------------------------------------------------------------------------------------------------------
def _price(why: dict) -> Iterator[Section]:
    if not why:
        return
    facts = [(_("Unit price"), _price_source(why))]
    if offer := why.get("discount"):
        text = _("{percent} % from price list {list}, for {whom}")
        text = text.format(
            percent=_plain(offer["line_discount_percent"]),
            list=offer["price_list"],
            whom=_whom(offer["source"]),
        )
        if why.get("discount_refused"):
            text = _("None: the price allows no discount. On offer was {offer}.").format(offer=text)
        facts.append((_("Line discount"), text))
    columns = (_("Price list"), _("For"), _("From quantity"), _("Offer"), _("Not taken because"))
    passed = [
        (
            lost["price_list"],
            _whom(lost["source"]),
            _plain(lost["minimum_quantity"]),
            _offer(lost),
            _reason(lost),
        )
        for lost in why.get("rejected", ())
        if lost.get("source")
    ]
    yield Section("why-price", _("Why this price"), facts, columns, passed)


def _price_source(why: dict) -> str:
    if why.get("from") == "typed":
        return _("{price}, typed by hand").format(price=_plain(why["unit_price"], 2))
    if why.get("from") == "card":
        return _("{price} from the card: no price list offers a price").format(
            price=_plain(why["unit_price"], 2)
        )
    if offer := why.get("price"):
        text = _("{price} from price list {list}, for {whom}")
        facts = {
            "price": _plain(why["unit_price"], 2),
            "list": offer["price_list"],
            "whom": _whom(offer["source"]),
        }
        if Decimal(offer["minimum_quantity"]):
            text = _("{price} from price list {list}, for {whom}, from {minimum} on")
        return text.format(**facts, minimum=_plain(offer["minimum_quantity"]))
    return _plain(why["unit_price"], 2) if "unit_price" in why else ""


def _whom(source: list[str]) -> str:
    kind, number = source
    label = dict(PriceListLine.Source.choices).get(kind, kind)
    return f"{label} {number}".strip()


def _offer(lost: dict) -> str:
    if lost["wanted"] == "discount":
        return f"{_plain(lost['line_discount_percent'])} %"
    return _plain(lost["unit_price"], 2)


def _reason(lost: dict) -> str:
    known = lost["reason"] in Reason._value2member_map_
    return str(Reason(lost["reason"]).sentence) if known else lost["reason"]


# --- VAT and account -----------------------------------------------------------------------------------------------
def _posting(why: dict) -> Iterator[Section]:
    if vat := why.get("vat"):
        yield _vat(vat)
    if account := why.get("account"):
        yield _account(account)


def _vat(vat: dict) -> Section:
    origins = vat.get("from", {})
    facts = [
        (_("VAT"), _rate(vat)),
        (_("VAT business group"), _group(vat["vat_bus"], origins.get("vat_bus"))),
        (_("VAT product group"), _group(vat["vat_prod"], origins.get("vat_prod"))),
    ]
    if vat.get("clause"):
        facts.append((_("VAT clause"), f"{vat['clause']}: {vat.get('clause_text', '')}".rstrip(": ")))
    columns = (_("VAT business group"), _("VAT product group"), _("VAT"), _("Not taken because"))
    because = _("The line's VAT business group is {group}.").format(group=vat["vat_bus"] or _("blank"))
    passed = [
        (lost["vat_bus"] or _("blank"), vat["vat_prod"], _rate(lost), because)
        for lost in vat.get("rejected", ())
    ]
    return Section("why-vat", _("Why this VAT"), facts, columns, passed)


def _rate(row: dict) -> str:
    """ "25 %, Normal VAT, identifier V25" """
    if "percent" not in row:
        return ""
    kind = dict(VATPostingSetup.Calculation.choices).get(row["calculation"], row["calculation"])
    text = _("{percent} %, {kind}, identifier {identifier}")
    return text.format(percent=_plain(row["percent"]), kind=kind, identifier=row["identifier"])


_ORIGINS = {
    "head": gettext_lazy("typed into the head of {number}"),
    "customer": gettext_lazy("of customer {number}"),
    "bill_to_customer": gettext_lazy("of bill-to customer {number}"),
    "sell_to_customer": gettext_lazy("of sell-to customer {number}"),
    "customer_template": gettext_lazy("of customer template {number}"),
    "typed": gettext_lazy("typed by hand"),
    LineType.ITEM: gettext_lazy("of item {number}"),
    LineType.GL_ACCOUNT: gettext_lazy("of account {number}"),
    LineType.RESOURCE: gettext_lazy("of resource {number}"),
    LineType.CHARGE: gettext_lazy("of item charge {number}"),
}


def _group(code: str, origin: list[str] | None) -> str:
    if not origin or origin[0] not in _ORIGINS:
        return code
    return f"{code or _('blank')}, {str(_ORIGINS[origin[0]]).format(number=origin[1])}"


def _account(account: dict) -> Section:
    if account["from"] == "line":
        because = _("The line names the account.")
    else:
        text = _("General posting set-up {bus} × {prod}, {field}")
        because = text.format(
            bus=account["gen_bus"], prod=account["gen_prod"], field=_setup_field(account["field"])
        )
    named = f"{account['account']} {account['name']}".strip() or _("None: it is missing in the set-up.")
    reasons = {
        "line_names_account": _("The line names an account by itself."),
        "other_documents": _(
            "For the other kind of document: invoices have one account, credit memos another."
        ),
    }
    passed = [
        (f"{lost['account']} {lost['name']}", _setup_field(lost["field"]), reasons.get(lost["reason"], ""))
        for lost in account.get("rejected", ())
        if lost["account"] not in ("", account["account"])
    ]
    facts = [(_("Account"), named), (_("Comes from"), because)]
    columns = (_("Account"), _("Field"), _("Not taken because"))
    return Section("why-account", _("Why this account"), facts, columns, passed)


def _setup_field(name: str) -> str:
    return str(GeneralPostingSetup._meta.get_field(name).verbose_name)


def _plain(text: str, at_least: int = 0) -> str:
    """A figure kept as text, as the reader writes it and without idle zeros."""
    value = Decimal(text)
    places = max(at_least, -value.normalize().as_tuple().exponent)
    return number_format(value, places, force_grouping=True)
