"""What was taxed, and how."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.money import ZERO
from reporting.parameters import VATForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.columns import document_type, lcy, report_url
from reporting.selectors.moment import one_moment
from reporting.selectors.vat import VATGroup, vat_groups, vat_lines

KEY = "vat-entries"


def make(asked: Mapping[str, Any]) -> Outcome:
    span = {"start": asked["start"], "end": asked["end"], "type": asked["type"]}
    with one_moment():
        groups = vat_groups(**span)
    totals = {name: sum((getattr(group, name) for group in groups), ZERO) for name in ("base", "amount")}
    count = sum(group.entries for group in groups)
    base = Column("base", _("Base"), "amount", adds_up=True)
    amount = Column("amount", _("VAT amount"), "amount", adds_up=True)
    common = {
        "closing": _("All entries"),
        "notes": [
            _("Amounts in {currency}, by VAT date. Sales are negative, as the entries are.").format(
                currency=lcy()
            )
        ],
    }
    if not asked["detail"]:
        columns = (
            Column("type", _("Type")),
            Column("bus", _("VAT bus. group")),
            Column("prod", _("VAT prod. group")),
            Column("identifier", _("Identifier"), is_wide=True),
            Column("percent", _("VAT %"), "quantity"),
            Column("entries", _("Entries"), "count", adds_up=True, is_wide=True),
            base,
            amount,
        )
        rows = [_group_row(group, asked) for group in groups]
        return Outcome(columns, rows, expected=len(rows), **common)
    columns = (
        Column("document", _("Document"), stretches=True),
        Column("vat_date", _("VAT date"), "day"),
        Column("posting_date", _("Posting date"), "day", is_wide=True),
        Column("bill_to", _("Bill-to"), is_wide=True),
        Column("vat_no", _("VAT registration no."), is_wide=True),
        Column("percent", _("VAT %"), "quantity", is_wide=True),
        base,
        amount,
    )
    return Outcome(columns, _lines(span), totals=totals, expected=count, **common)


def _type(value: str) -> str:
    return {"sale": _("Sale"), "purchase": _("Purchase"), "settlement": _("Settlement")}.get(value, value)


def _group_row(group: VATGroup, asked: Mapping[str, Any]) -> Row:
    values = (_type(group.type), group.vat_bus_posting_group, group.vat_prod_posting_group, group.vat_identifier,
              group.vat_percent, group.entries, group.base, group.amount)  # fmt: skip
    entries = report_url(
        KEY, start=asked["start"].isoformat(), end=asked["end"].isoformat(), type=group.type, detail="on"
    )
    return Row(values, {"base": entries, "amount": entries})


def _lines(span: Mapping[str, Any]) -> Iterator[Row]:
    """Entries under their groups."""
    last = None
    for line in vat_lines(**span):
        group = (line.type, line.vat_bus_posting_group, line.vat_prod_posting_group)
        if group != last:
            last = group
            name = " · ".join(filter(None, (_type(line.type), *group[1:])))
            yield Row((name, *[None] * 7), kind="heading")
        values = (f"{document_type(line.document_type)} {line.document_no}".strip(), line.vat_date, line.posting_date,
                  line.bill_to_no, f"{line.country_code} {line.vat_registration_no}".strip(), line.vat_percent,
                  line.base, line.amount)  # fmt: skip
        yield Row(values, {"document": reverse("entries", args=[line.document_no])}, level=1)


REPORT = Report(
    key=KEY,
    title=gettext_lazy("VAT entries"),
    question=gettext_lazy("What was taxed in a period, and how much tax is on it?"),
    group=gettext_lazy("Books"),
    permissions=("posting.view_vatentry",),
    form=VATForm,
    make=make,
    lies=True,
)
