"""What the accounts stood at, moved, and stand at."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posting.as_of import known_at
from posting.selectors import TrialBalanceRow, trial_balance
from reporting.parameters import TrialBalanceForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.columns import lcy

HEADINGS = ("heading", "begin_total")


def make(asked: Mapping[str, Any]) -> Outcome:
    found = trial_balance(
        start=asked["start"],
        on=asked["end"],
        with_closing=asked["closing"],
        only_with_amounts=not asked["all"],
        known=known_at(asked["known_at"]),
    )
    columns = (
        Column("number", _("Account")),
        Column("name", _("Name"), stretches=True),
        Column("opening", _("Opening"), "amount", adds_up=True, is_wide=True),
        Column("debit", _("Debit"), "amount", adds_up=True, is_wide=True),
        Column("credit", _("Credit"), "amount", adds_up=True, is_wide=True),
        Column("net", _("Net change"), "amount", adds_up=True, is_wide=True),
        Column("closing", _("Closing"), "amount", adds_up=True),
    )
    span = urlencode({"start": asked["start"].isoformat(), "on": asked["end"].isoformat()})
    return Outcome(
        columns,
        [_row(row, span) for row in found],
        closing=_("All accounts"),
        notes=[_("Amounts in {currency}, debit positive.").format(currency=lcy())],
        expected=len(found),
    )


def _row(row: TrialBalanceRow, span: str) -> Row:
    if row.type in HEADINGS:
        return Row(
            (row.number, row.name, None, None, None, None, None), kind="heading", level=row.indentation
        )
    amounts = (row.opening, row.debit, row.credit, row.net_change, row.closing)
    if not row.is_account:
        return Row((row.number, row.name, *amounts), kind="total", level=row.indentation)
    card = f"{reverse('posting:account', args=[row.number])}?{span}"
    return Row((row.number, row.name, *amounts), {"number": card}, level=row.indentation)


REPORT = Report(
    key="trial-balance",
    title=gettext_lazy("Trial balance"),
    question=gettext_lazy("What did every account move, and where does it stand?"),
    group=gettext_lazy("Books"),
    permissions=("posting.view_glaccount", "posting.view_glentry"),
    form=TrialBalanceForm,
    make=make,
)
