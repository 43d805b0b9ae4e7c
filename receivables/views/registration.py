"""Payment registration: tick what the bank statement says was paid, compare the totals, post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.money import ZERO
from erp.kernel.preferences import preference, remember_preference
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from erp.kernel.views.json import problems_json, read_json
from posting.currency import factor_on, to_lcy
from receivables import selectors
from receivables.forms import PaidForm, RegistrationForm
from receivables.models import BankAccount, ReceivablesSetup
from receivables.plans.registration import Received, suggested, takes_discount, worth_knowing
from receivables.routines.register_payments import Outcome, register_lump, register_payments
from receivables.selectors import EntryRow

RIGHTS = ("receivables.post_payment", "receivables.view_customerledgerentry")
BANK = "payments.bank"  # the bank account that a user registered on last
MOST = 500


@dataclass
class Row:
    """One open entry with its fields, what was made of them, and what is worth knowing."""

    entry: EntryRow
    form: PaidForm
    suggestion: Decimal
    received: Received | None = None
    warnings: Sequence[Problem] = ()
    problems: Sequence[Problem] = ()
    discount: Decimal = ZERO


@dataclass(frozen=True)
class Totals:
    """What is ticked, beside what the statement says; in the currency of the bank account."""

    count: int
    amount: Decimal
    statement: Decimal | None
    balance: Decimal
    currency: str
    without_rate: int = 0

    @property
    def difference(self) -> Decimal | None:
        return None if self.statement is None else self.statement - self.amount

    @property
    def after(self) -> Decimal:
        return self.balance + self.amount


class Sheet:
    """The page as it was sent: what was searched, what was ticked and typed."""

    def __init__(self, request: HttpRequest, data: Mapping[str, str] | None):
        self.on = work_date(request)
        known = preference(request.user, BANK, "")
        self.form = RegistrationForm(data, initial={"bank": _bank(str(known)), "on": self.on})
        self.form.is_valid()
        asked = self.form.cleaned_data if self.form.is_bound else {}
        self.bank: BankAccount | None = asked.get("bank") or self.form.initial["bank"]
        self.day: date = asked.get("on") or self.on
        self.statement: Decimal | None = asked.get("statement")
        ticked = _ticked(data or {})
        entries = selectors.to_be_paid(
            text=asked.get("q", ""),
            amount=asked.get("find"),
            tolerance=asked.get("tolerance") or ZERO,
            entry_nos=ticked,
        )
        self.gone = sorted(set(ticked) - {entry.entry_no for entry in entries})
        self.rows = [self._row(entry, data) for entry in entries]

    def _row(self, entry: EntryRow, data: Mapping[str, str] | None) -> Row:
        form = PaidForm(data, prefix=str(entry.entry_no), entry=entry)
        row = Row(entry, form, suggested(entry, self.day))
        form.suggest(row.suggestion)
        if data is None or not form.is_valid():
            row.problems = refusal_of(form).problems if form.is_bound else ()
            return row
        typed = form.cleaned_data
        if not (typed["made"] or typed["amount"] or typed["on"]):
            return row
        on = typed["on"] or self.day
        amount = suggested(entry, on) if typed["amount"] is None else typed["amount"]
        row.received = Received(entry, on, amount, typed["reference"])
        row.warnings = worth_knowing(row.received)
        row.discount = takes_discount(row.received)
        form.tick()
        return row

    @property
    def received(self) -> list[Received]:
        return [row.received for row in self.rows if row.received is not None and row.received.amount]

    def problems(self) -> list[Problem]:
        """What cannot be read, of the page and of its rows."""
        found = [] if self.form.is_valid() else list(refusal_of(self.form).problems)
        for row in self.rows:
            found += [
                Problem(each.code, f"{row.entry.document_no}: {each.message}", field=each.field)
                for each in row.problems
            ]
        return found

    def totals(self) -> Totals:
        own = self.bank.currency.code if self.bank and self.bank.currency_id else ""
        amount, without = ZERO, 0
        for received in self.received:
            value = _in(received, own)
            without += value is None
            amount += value or ZERO
        return Totals(
            count=len(self.received),
            amount=amount,
            statement=self.statement,
            balance=selectors.bank_balance(self.bank.pk) if self.bank else ZERO,
            currency=own,
            without_rate=without,
        )


@may(*RIGHTS)
def payment_registration(request: HttpRequest) -> HttpResponse:
    """Open invoices to tick; each ticked one is posted as a payment, or all of a customer as one."""
    if request.method != "POST":
        return _show(request, Sheet(request, None))
    sheet = Sheet(request, request.POST)
    do = request.POST.get("do", "search")
    if do not in ("post", "lump"):
        return _show(request, sheet)
    try:
        if found := sheet.problems():
            raise ProblemsFound(found)
        if sheet.bank is None:
            raise ProblemsFound([Problem("E-PR-SETUP", _("Choose the bank account."), field="bank")])
        if do == "lump":
            return _post_lump(request, sheet)
        outcomes = register_payments(
            sheet.received,
            bank=sheet.bank,
            by=request.user,
            at=timezone.now(),
            key=request.POST.get("idempotency_key", "").replace("\0", "")[:40],
        )
    except ErpError as error:
        return _show(request, sheet, refusal=refusal_of(error))
    remember_preference(request.user, BANK, sheet.bank.number)
    return _show_outcomes(request, outcomes)


@require_POST
@may(*RIGHTS)
def registration_totals(request: HttpRequest) -> JsonResponse:
    """What is ticked comes to, and what is worth knowing of each row, while somebody types."""
    try:
        sent = read_json(request).get("fields")
    except ErpError as error:
        return problems_json(error)
    fields = sent if isinstance(sent, dict) else {}
    sheet = Sheet(request, {str(name): str(value) for name, value in fields.items()})
    context = {"totals": sheet.totals()}
    parts = {"totals": render_to_string("receivables/registration/_totals.html", context, request)}
    for row in sheet.rows:
        if row.received is not None or row.problems:
            notes = render_to_string("receivables/registration/_notes.html", {"row": row}, request)
            parts[f"notes-{row.entry.entry_no}"] = notes
    return JsonResponse({"parts": parts})


def _post_lump(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """One payment for all that is ticked."""
    received = sheet.received

    def work() -> dict:
        receipt = register_lump(received, bank=sheet.bank, by=request.user, at=timezone.now())
        return {"document_no": receipt.document_no, "entry_no": receipt.entry_no}

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    done = post_once(request, operation="receivables.lump", work=work, typed=typed)
    remember_preference(request.user, BANK, sheet.bank.number)
    messages.success(request, _("Posted: {document}.").format(document=done["document_no"]))
    return redirect("receivables:entry", done["entry_no"])


def _show_outcomes(request: HttpRequest, outcomes: Sequence[Outcome]) -> HttpResponse:
    """What was posted, and what was not with its reasons; what was not stays ticked."""
    kept = request.POST.copy()
    for outcome in outcomes:
        if outcome.receipt is not None:
            for name in [name for name in kept if name.startswith(f"{outcome.received.entry.entry_no}-")]:
                del kept[name]
    sheet = Sheet(request, _with_rest_of_statement(kept, outcomes))
    refused = {outcome.received.entry.entry_no: outcome for outcome in outcomes if outcome.receipt is None}
    for row in sheet.rows:
        if row.entry.entry_no in refused:
            row.problems = refused[row.entry.entry_no].problems
    posted = len(outcomes) - len(refused)
    said = ngettext("{count} payment was posted.", "{count} payments were posted.", posted)
    return _show(
        request,
        sheet,
        outcomes=outcomes,
        said=said.format(count=posted),
        refused=len(refused),
        status=200 if posted else 422,
    )


def _with_rest_of_statement(kept: QueryDict, outcomes: Sequence[Outcome]) -> QueryDict:
    """What is posted is done with: of the statement's total the rest is still to be found."""
    form = RegistrationForm(kept)
    form.is_valid()
    total, bank = form.cleaned_data.get("statement"), form.cleaned_data.get("bank")
    if total is not None:
        own = bank.currency.code if bank and bank.currency_id else ""
        posted = [_in(each.received, own) or ZERO for each in outcomes if each.receipt is not None]
        left = total - sum(posted, ZERO)
        kept["statement"] = f"{left:f}" if left else ""
    return kept


def _show(
    request: HttpRequest, sheet: Sheet, *, refusal: Refusal | None = None, status: int = 200, **more
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "form": sheet.form,
        "rows": sheet.rows,
        "totals": sheet.totals(),
        "today": sheet.on,
        "refusal": refusal,
        "limit": selectors.SHOWN_TO_PAY,
        "idempotency_key": new_key(),
        **more,
    }
    return render(
        request,
        "receivables/registration/page.html",
        context,
        status=refusal.status if refusal else status,
    )


def _bank(number: str) -> BankAccount | None:
    """The bank account of the user's last registration, else the usual one."""
    accounts = BankAccount.objects.select_related("currency", "posting_group").filter(blocked=False)
    own = accounts.filter(number=number).first() if number else None
    if own is None:
        usual = ReceivablesSetup.objects.filter(pk=1).values_list("default_bank_account", flat=True).first()
        own = accounts.filter(pk=usual).first()
    return own


def _ticked(data: Mapping[str, str]) -> list[int]:
    """The entries whose row was ticked or typed into."""
    found = set()
    for name, value in data.items():
        number, _dash, field = name.partition("-")
        if (
            value
            and number.isdecimal()
            and len(number) < 19
            and field in ("made", "amount", "on", "reference")
        ):
            found.add(int(number))
    return sorted(found)[:MOST]


def _in(received: Received, currency_code: str) -> Decimal | None:
    """What the bank account gains, in its currency; None where there is no rate."""
    code = received.entry.currency_code
    if code == currency_code:
        return received.signed
    if currency_code:
        return None  # a bank account with a currency takes no other
    try:
        return to_lcy(received.signed, factor_on(code, received.on))
    except ErpError:
        return None
