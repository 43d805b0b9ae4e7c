"""The book that an application is written into while it is decided: details, accounts, remaining amounts. Pure."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.amounts import RunningRound
from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, ZERO, round_to
from posting.errors import general_account_missing
from receivables import errors
from receivables.models import DetailedCustomerLedgerEntry
from receivables.plans.eligibility import DISCOUNTED
from receivables.plans.values import (
    Contra,
    Effects,
    Key,
    OpenItemState,
    PlannedDetail,
    Rules,
    VATShare,
)

Type = DetailedCustomerLedgerEntry.Type

DISCOUNT_TYPES = (
    Type.PAYMENT_DISCOUNT,
    Type.PAYMENT_DISCOUNT_VAT_EXCL,
    Type.PAYMENT_DISCOUNT_VAT_ADJUSTMENT,
)
LATE_TYPES = (
    Type.PAYMENT_DISCOUNT_TOLERANCE,
    Type.PAYMENT_DISCOUNT_TOLERANCE_VAT_EXCL,
    Type.PAYMENT_DISCOUNT_TOLERANCE_VAT_ADJUSTMENT,
)
TOLERANCE_TYPES = (
    Type.PAYMENT_TOLERANCE,
    Type.PAYMENT_TOLERANCE_VAT_EXCL,
    Type.PAYMENT_TOLERANCE_VAT_ADJUSTMENT,
)


class Running:
    """An entry while it is being settled."""

    __slots__ = ("discount", "item", "remaining", "remaining_lcy", "tolerance", "unrealized_lcy")

    def __init__(self, item: OpenItemState):
        self.item = item
        self.remaining = item.remaining
        self.remaining_lcy = item.remaining_lcy
        self.discount = item.discount
        self.tolerance = item.max_tolerance
        self.unrealized_lcy = item.unrealized_lcy

    def fit(self) -> None:
        """Nothing may be deducted from, or tolerated on, what is closed; and no more tolerated than is left."""
        if not self.remaining:
            self.discount = self.tolerance = ZERO
        elif abs(self.tolerance) > abs(self.remaining):
            self.tolerance = self.remaining


class Book:
    """Collects what one application does; `close` hands it over."""

    def __init__(self, new: OpenItemState, rules: Rules):
        self.rules = rules
        self.new = Running(new)
        self._running: dict[Key, Running] = {new.key: self.new}
        self.details: list[PlannedDetail] = []
        self._contras: list[Contra] = []
        self._plain: dict[tuple[int, bool], int] = {}
        self._receivables: dict[tuple[int, bool], Decimal] = {}
        self._problems: dict[Problem, None] = {}

    def open(self, item: OpenItemState) -> Running:
        return self._running.setdefault(item.key, Running(item))

    def reduce(
        self, old: OpenItemState, types: tuple[Type, Type, Type], amount: Decimal, amount_lcy: Decimal
    ) -> None:
        """A discount or a tolerance, on the applying entry; with the VAT it frees where the set-up says so."""
        pieces = self._vat_pieces(old, amount_lcy)
        rest = amount_lcy - sum((base + vat for _share, base, vat in pieces), ZERO)
        account = self._group_account(old, types, amount_lcy) if rest else None
        self._post(self.new, types[0], amount, rest, account)
        for share, base, vat in pieces:
            account = self._share_account(share, types, amount_lcy)
            self._post(self.new, types[1], ZERO, base, account, share=share, vat_amount=-vat)
            if vat:
                self._post(self.new, types[2], ZERO, vat, share.vat_account, share=share)

    def round_off(self, amount: Decimal, amount_lcy: Decimal) -> None:
        group = self.new.item.group
        if amount_lcy <= 0:
            account = self._needed(group.application_rounding_debit, "debit_application_rounding_account")
        else:
            account = self._needed(group.application_rounding_credit, "credit_application_rounding_account")
        self._post(self.new, Type.APPLICATION_ROUNDING, amount, amount_lcy, account)

    def release(self, running: Running, amount_lcy: Decimal) -> None:
        """Take back the part of an unrealized gain or loss that is settled now."""
        if not amount_lcy:
            return
        currency = self.rules.currency(running.item.currency_code)
        if running.unrealized_lcy > 0:
            type_, account, label = (
                Type.UNREALIZED_GAIN,
                currency.unrealized_gains,
                _("unrealized gains account"),
            )
        else:
            type_, account, label = (
                Type.UNREALIZED_LOSS,
                currency.unrealized_losses,
                _("unrealized losses account"),
            )
        self._post(running, type_, ZERO, -amount_lcy, self._currency_account(currency.code, account, label))
        running.unrealized_lcy -= amount_lcy

    def realize(self, running: Running, gain: Decimal) -> None:
        """An exchange gain (positive) or loss, on the accounts of the entry's currency."""
        if not gain:
            return
        currency = self.rules.currency(running.item.currency_code)
        if gain > 0:
            type_, account, label = Type.REALIZED_GAIN, currency.realized_gains, _("realized gains account")
        else:
            type_, account, label = Type.REALIZED_LOSS, currency.realized_losses, _("realized losses account")
        self._post(running, type_, ZERO, gain, self._currency_account(currency.code, account, label))

    def pair(self, old: Running, old_applied: Decimal, applied: Decimal, applied_lcy: Decimal) -> None:
        """The application itself, on both entries; it reaches the G/L only between two receivables accounts."""
        new = self.new
        old_before, new_before = old.remaining, new.remaining
        self._post(old, Type.APPLICATION, old_applied, applied_lcy, None)
        self._post(new, Type.APPLICATION, -applied, -applied_lcy, None)
        if old.item.group.receivables != new.item.group.receivables:
            self._receive(old, applied_lcy)
            self._receive(new, -applied_lcy)
        if (
            old.discount
            and new.discount
            and old.item.document_type in DISCOUNTED
            and new.item.document_type in DISCOUNTED
        ):
            self._shrink_discount(old, old_before)
            self._shrink_discount(new, new_before)
        old.fit()
        new.fit()

    def correct(self, running: Running) -> None:
        """Bring what remains in local currency back to what remains in the entry's own currency."""
        item = running.item
        if not item.currency_code:
            return
        due = self.rules.to_lcy(running.remaining, item.adjusted_factor) if running.remaining else ZERO
        cents = due - running.remaining_lcy
        if cents:
            name = "debit_rounding_account" if cents < 0 else "credit_rounding_account"
            account = item.group.rounding_debit if cents < 0 else item.group.rounding_credit
            self._post(
                running,
                Type.CORRECTION_OF_REMAINING_AMOUNT,
                ZERO,
                cents,
                self._needed(account, name, item.group.code),
            )

    def close(self) -> Effects:
        touched = {detail.item.key for detail in self.details}
        return Effects(
            details=tuple(self.details),
            contras=tuple(self._contras),
            receivables=tuple(
                (account, amount) for (account, _debit), amount in self._receivables.items() if amount
            ),
            after={key: self._after(running) for key, running in self._running.items() if key in touched},
            problems=tuple(self._problems),
        )

    def _after(self, running: Running) -> OpenItemState:
        item, hold = running.item, self.new.item.on_hold
        is_released = bool(hold) and running is not self.new and item.on_hold == hold
        return replace(
            item,
            remaining=running.remaining,
            remaining_lcy=running.remaining_lcy,
            discount=running.discount,
            max_tolerance=running.tolerance,
            unrealized_lcy=running.unrealized_lcy,
            on_hold="" if is_released else item.on_hold,
            applies_to_id="",
            amount_to_apply=ZERO,
        )

    def _post(
        self,
        running: Running,
        type_: Type,
        amount: Decimal,
        amount_lcy: Decimal,
        account: int | None,
        *,
        share: VATShare | None = None,
        vat_amount: Decimal | None = None,
    ) -> None:
        contra = None
        if account is not None and amount_lcy:
            self._receive(running, amount_lcy)
            contra = self._contra(account, -amount_lcy, share, vat_amount)
        self.details.append(
            PlannedDetail(running.item, type_, amount, amount_lcy, self.new.item.key, contra, share)
        )
        running.remaining += amount
        running.remaining_lcy += amount_lcy

    def _contra(
        self, account: int, amount: Decimal, share: VATShare | None, vat_amount: Decimal | None
    ) -> int:
        """Plain amounts of one account and side are one G/L entry; each base of a VAT entry is one of its own."""
        if share is not None and vat_amount is not None:
            self._contras.append(Contra(account, amount, share, vat_amount))
            return len(self._contras) - 1
        index = self._plain.setdefault((account, amount > 0), len(self._contras))
        if index == len(self._contras):
            self._contras.append(Contra(account, amount))
        else:
            self._contras[index] = self._contras[index]._replace(amount=self._contras[index].amount + amount)
        return index

    def _receive(self, running: Running, amount_lcy: Decimal) -> None:
        account = self._needed(running.item.group.receivables, "receivables_account", running.item.group.code)
        if account is not None:
            side = (account, amount_lcy > 0)
            self._receivables[side] = self._receivables.get(side, ZERO) + amount_lcy

    def _vat_pieces(self, old: OpenItemState, amount_lcy: Decimal) -> list[tuple[VATShare, Decimal, Decimal]]:
        """How much of a discount is net and how much is VAT, per VAT entry of the settled document."""
        if not self.rules.adjust_for_discount or not old.vat or not old.amount_lcy:
            return []
        running = RunningRound(self.rules.lcy.precision)

        def part(whole: Decimal) -> Decimal:
            return running.push(WIDE.divide(WIDE.multiply(-whole, amount_lcy), old.amount_lcy))

        pieces = [(share, part(share.base), part(share.amount)) for share in old.vat if share.adjusts]
        return [piece for piece in pieces if piece[1] or piece[2]]

    def _shrink_discount(self, running: Running, before: Decimal) -> None:
        """Where a credit memo lowers an invoice, both with a discount, the discounts shrink in step."""
        if before:
            exact = WIDE.divide(WIDE.multiply(running.discount, running.remaining), before)
            running.discount = round_to(exact, self.rules.currency(running.item.currency_code).precision)

    def _group_account(self, old: OpenItemState, types: tuple, amount_lcy: Decimal) -> int | None:
        """The discount or tolerance account of the applying entry's posting group."""
        group = self.new.item.group
        name = f"payment_{self._kind(types)}_{'debit' if amount_lcy <= 0 else 'credit'}_account"
        accounts = {
            "payment_discount_debit_account": group.discount_debit,
            "payment_discount_credit_account": group.discount_credit,
            "payment_tolerance_debit_account": group.tolerance_debit,
            "payment_tolerance_credit_account": group.tolerance_credit,
        }
        return self._needed(accounts[name], name, group.code)

    def _share_account(self, share: VATShare, types: tuple, amount_lcy: Decimal) -> int | None:
        """The account of the general posting set-up where the VAT is adjusted too."""
        kind, side = self._kind(types), "debit" if amount_lcy <= 0 else "credit"
        place = (0 if kind == "discount" else 2) + (0 if side == "debit" else 1)
        account = share.accounts[place]
        if account is None:
            name = f"sales_payment_{kind}_{side}_account"
            self._problem(
                general_account_missing(share.gen_bus, share.gen_prod, name, name.replace("_", " "))
            )
        return account

    def _kind(self, types: tuple) -> str:
        if types is TOLERANCE_TYPES:
            return "discount" if self.rules.tolerance_to_discount else "tolerance"
        if types is LATE_TYPES:
            return "discount" if self.rules.late_to_discount else "tolerance"
        return "discount"

    def _needed(self, account: int | None, name: str, group: str | None = None) -> int | None:
        if account is None:
            code = self.new.item.group.code if group is None else group
            self._problem(errors.account_missing(code, name, name.replace("_", " ")))
        return account

    def _currency_account(self, code: str, account: int | None, label: str) -> int | None:
        if account is None:
            self._problem(errors.currency_account_missing(code, label))
        return account

    def _problem(self, problem: Problem) -> None:
        self._problems[problem] = None
