"""Write in a journal: batches, lines, and what a line is to settle. Whatever is typed stands; checks tell."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.resolve import resolve
from erp.kernel.access import needs
from erp.kernel.errors import Gone
from posting.models import GLAccount
from receivables import errors, selectors
from receivables.models import AccountType, BankAccount, DocumentType, JournalBatch, JournalLine
from receivables.plans.journal_draft import TRAITS, own_id, settled_by, to_pay
from receivables.routines.edit_open_item import edit_open_item

if TYPE_CHECKING:
    from erp.kernel.models import User

STEP = 10000
TYPED = frozenset(
    {
        "posting_date", "document_date", "document_type", "document_no", "external_document_no", "account_type",
        "account_no", "description", "currency_code", "amount", "bal_account_type", "bal_account_no",
        "applies_to_document_type", "applies_to_document_no", "due_date", "payment_terms_code",
        "payment_discount_date", "payment_discount_percent", "on_hold", "salesperson_code", "reason_code",
        "gen_posting_type", "gen_bus", "gen_prod", "vat_bus", "vat_prod", "correction",
    }
)  # fmt: skip


@needs("receivables.add_journalbatch")
def draft_batch(*, kind: str, name: str, **fields: Any) -> JournalBatch:
    """A new journal; its name is in capitals, as codes are.

    fields  description, number_series, bal_account_type, bal_account_no
    raises  BatchExists, BatchNeedsName
    """
    name = name.strip().upper()
    if not name:
        raise errors.BatchNeedsName()
    batch, made = JournalBatch.objects.get_or_create(kind=kind, name=name, defaults=fields)
    if not made:
        raise errors.BatchExists(journal=str(batch))
    return batch


@needs("receivables.delete_journalbatch")
@transaction.atomic
def delete_batch(batch: JournalBatch) -> None:
    """Take a journal away; raises BatchInUse while it has lines."""
    if batch.pk is None:
        return
    batch = locked_batch(batch)
    if batch.lines.exists():
        raise errors.BatchInUse(journal=str(batch))
    batch.delete()


@transaction.atomic
def locked_batch(batch: JournalBatch) -> JournalBatch:
    """The journal, locked until the transaction ends: whoever writes in it or posts it waits here.

    A journal that nobody wrote in yet is stored first. Raises Gone when it was deleted.
    """
    if batch.pk is None:
        fields = {
            name: getattr(batch, name) for name in ("number_series", "bal_account_type", "bal_account_no")
        }
        JournalBatch.objects.get_or_create(kind=batch.kind, name=batch.name, defaults=fields)
    found = JournalBatch.objects.select_for_update(no_key=True).filter(kind=batch.kind, name=batch.name)
    locked = found.first()
    if locked is None:
        raise Gone(document=str(batch))
    return locked


@needs("receivables.add_journalline")
@transaction.atomic
def draft_line(
    batch: JournalBatch, *, on: date, after: int | None = None, typed: Mapping[str, Any] = {}
) -> JournalLine:
    """A new line at the end, or after another one, with what the line above and the journal suggest.

    on     the work date, where no line above has a posting date
    after  line number of the line above
    typed  values by name, of TYPED; what is typed wins over what is suggested
    """
    batch = locked_batch(batch)
    line_no, above = _place(batch, after)
    traits = TRAITS[JournalBatch.Kind(batch.kind)]
    line = JournalLine(
        batch=batch,
        line_no=line_no,
        posting_date=above.posting_date if above and above.posting_date else on,
        document_type=above.document_type if above else traits.document_type,
        account_type=traits.account_type,
        bal_account_type=batch.bal_account_type,
        bal_account_no=batch.bal_account_no,
    )
    _type(line, typed)
    line.save()
    return line


@needs("receivables.change_journalline")
@transaction.atomic
def change_line(
    batch: JournalBatch,
    line_no: int,
    *,
    typed: Mapping[str, Any],
    by: "User | None",
    at: datetime,
) -> JournalLine:
    """Change fields of a line; raises Gone when it was posted or removed meanwhile."""
    line = _locked_line(batch, line_no)
    before = (line.account_type, line.account_no)
    _type(line, typed)
    let_go = (line.account_type, line.account_no) != before or bool(line.applies_to_document_no)
    if line.applies_to_id and let_go:
        _unmark(line, by=by, at=at)
    line.save()
    return line


@needs("receivables.delete_journalline")
@transaction.atomic
def remove_line(batch: JournalBatch, line_no: int, *, by: "User | None", at: datetime) -> None:
    """Take a line out; what it had marked to settle is free again."""
    line = _locked_line(batch, line_no)
    _unmark(line, by=by, at=at)
    line.delete()


@needs("receivables.change_journalline")
@transaction.atomic
def choose_entries(
    batch: JournalBatch,
    line_no: int,
    *,
    chosen: Sequence[tuple[int, Decimal | None]],
    by: "User | None",
    at: datetime,
) -> JournalLine:
    """Mark the open entries that a line settles; nothing chosen lets all go.

    chosen  entry numbers with the amount to apply of each, in its sign; None applies what remains
    raises  OtherCustomer, EntryClosed; ProblemsFound: E-AR-SIGN, E-AR-TOOBIG

    A line without an amount gets the one that settles them, less discounts that are in time. Entries that another
    line had marked are taken over.
    """
    line = _locked_line(batch, line_no)
    mark = own_id(line)
    entries = {entry.entry_no: entry for entry in map(selectors.entry, dict(chosen)) if entry}
    for entry_no, _amount in chosen:
        entry = entries.get(entry_no)
        if entry is None:
            raise errors.EntryClosed(entry=errors.entry_name("", "", entry_no))
        if line.account_type != AccountType.CUSTOMER or entry.customer_no != line.account_no:
            name = errors.entry_name(entry.document_type, entry.document_no)
            raise errors.OtherCustomer(entry=name, customer=entry.customer_no)
    for entry in selectors.marked_entries(mark):
        if entry.entry_no not in entries:
            edit_open_item(entry.entry_no, by=by, at=at, applies_to_id="", amount_to_apply=Decimal(0))
    settled = []
    for entry_no, amount in sorted(chosen, key=lambda pair: pair[0]):
        entry = entries[entry_no]
        to_apply = entry.remaining if amount is None else amount
        edit_open_item(entry_no, by=by, at=at, applies_to_id=mark, amount_to_apply=to_apply)
        settled.append((to_apply, entry.remaining, entry.discount, entry.discount_date))
    line.applies_to_id = mark if chosen else ""
    line.applies_to_document_type = line.applies_to_document_no = ""
    if chosen and not line.amount:
        line.amount = settled_by(settled, on=line.posting_date)
        line.currency_code = next(iter(entries.values())).currency_code
        _turn_round(line)
    line.save()
    return line


def _place(batch: JournalBatch, after: int | None) -> tuple[int, JournalLine | None]:
    """The number of a new line, and the line above it; where there is no room in between, the end."""
    last = batch.lines.aggregate(last=Max("line_no"))["last"] or 0
    if after is not None:
        above = batch.lines.filter(line_no__lte=after).order_by("-line_no").first()
        below = batch.lines.filter(line_no__gt=after).order_by("line_no").first()
        if below is None:
            return last + STEP, above
        middle = ((above.line_no if above else 0) + below.line_no) // 2
        if above is None or middle > above.line_no:
            return middle, above
    return last + STEP, batch.lines.order_by("-line_no").first()


def _locked_line(batch: JournalBatch, line_no: int) -> JournalLine:
    batch = locked_batch(batch)
    line = batch.lines.filter(line_no=line_no).first()
    if line is None:
        raise Gone(document=_("Line {line} of {journal}").format(line=line_no, journal=batch))
    return line


def _unmark(line: JournalLine, *, by: "User | None", at: datetime) -> None:
    for entry in selectors.marked_entries(line.applies_to_id):
        edit_open_item(entry.entry_no, by=by, at=at, applies_to_id="", amount_to_apply=Decimal(0))
    line.applies_to_id = ""


def _type(line: JournalLine, typed: Mapping[str, Any]) -> None:
    """Set what was typed, then what follows from it and was not typed itself."""
    unknown = typed.keys() - TYPED
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be typed on a journal line")
    for name, value in typed.items():
        setattr(line, name, value)
    suggested: dict[str, Any] = {}
    for kind, number in (("account_type", "account_no"), ("bal_account_type", "bal_account_no")):
        if typed.get(number) and kind not in typed:
            setattr(line, kind, _kind_of(getattr(line, kind), typed[number].strip()))
    if typed.keys() & {"account_type", "account_no"}:
        suggested |= _of_account(line)
    if typed.keys() & {"bal_account_type", "bal_account_no", "account_no"}:
        suggested |= _of_bank(line)
    for name, value in suggested.items():
        if name not in typed:
            setattr(line, name, value)
    if typed.get("applies_to_document_no"):
        _settle_document(line, typed)


def _kind_of(kind: str, number: str) -> str:
    """What a typed number is: of the kind that the line has, else of the one kind that knows it."""
    known = {
        AccountType.CUSTOMER: Customer.objects.filter(number__iexact=number),
        AccountType.GL: GLAccount.objects.filter(number=number),
        AccountType.BANK: BankAccount.objects.filter(number__iexact=number),
    }
    if known[AccountType(kind)].exists():
        return kind
    others = [other for other, rows in known.items() if other != kind and rows.exists()]
    return others[0] if len(others) == 1 else kind


def _of_account(line: JournalLine) -> dict[str, Any]:
    """What follows from an account: its name, its currency; a customer is found by name too."""
    number = line.account_no = line.account_no.strip()
    if not number:
        return {}
    if line.account_type == AccountType.CUSTOMER:
        customer = resolve(number).customer
        if customer is None:
            return {}
        line.account_no = customer.number
        currency = Customer.objects.filter(pk=customer.pk).values_list("currency__code", flat=True).first()
        return {"description": customer.name, "currency_code": currency or ""}
    if line.account_type == AccountType.BANK:
        bank = BankAccount.objects.select_related("currency").filter(number__iexact=number).first()
        if bank is None:
            return {}
        line.account_no = bank.number
        return {"description": bank.name, "currency_code": bank.currency.code if bank.currency_id else ""}
    account = GLAccount.objects.filter(number=number).first()
    return {"description": account.name} if account else {}


def _of_bank(line: JournalLine) -> dict[str, Any]:
    """A bank account with a currency takes only that one."""
    line.bal_account_no = line.bal_account_no.strip()
    if line.bal_account_type != AccountType.BANK or not line.bal_account_no:
        return {}
    bank = BankAccount.objects.select_related("currency").filter(number__iexact=line.bal_account_no).first()
    if bank is None:
        return {}
    line.bal_account_no = bank.number
    return {"currency_code": bank.currency.code} if bank.currency_id else {}


def _settle_document(line: JournalLine, typed: Mapping[str, Any]) -> None:
    """Name one document to settle: its customer where none was typed, and the amount that settles it."""
    line.applies_to_document_no = line.applies_to_document_no.strip()
    customer = line.account_no if line.account_type == AccountType.CUSTOMER else ""
    kind = typed.get("applies_to_document_type", "")
    entry = selectors.open_document(line.applies_to_document_no, document_type=kind, customer_no=customer)
    if entry is None or (line.account_no and line.account_no != entry.customer_no):
        line.applies_to_document_type = line.applies_to_document_type or DocumentType.INVOICE
        return
    line.applies_to_document_type = entry.document_type
    if not line.account_no:
        line.account_type, line.account_no = AccountType.CUSTOMER, entry.customer_no
        if "description" not in typed:
            line.description = entry.customer_name
    if not line.amount and "amount" not in typed:
        line.amount = -to_pay(
            entry.remaining, discount=entry.discount, discount_date=entry.discount_date, on=line.posting_date
        )
        if "currency_code" not in typed:
            line.currency_code = entry.currency_code
        if "document_type" not in typed:
            _turn_round(line)


def _turn_round(line: JournalLine) -> None:
    """Money that goes back to the customer is a refund, and money that comes is a payment."""
    if line.document_type == DocumentType.PAYMENT and line.amount > 0:
        line.document_type = DocumentType.REFUND
    elif line.document_type == DocumentType.REFUND and line.amount < 0:
        line.document_type = DocumentType.PAYMENT
