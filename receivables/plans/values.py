"""What an application is decided from, and what it decides. Plain values: nothing in here knows the database.

Amounts follow the customer ledger: debit positive. An invoice is positive, a payment negative.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from erp.kernel.money import CENT, ONE, WIDE, ZERO, round_to


class Pending:
    """Stands for the number of an entry that is planned and not written yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "pending entry"


Key = int | Pending


class CurrencyRules(NamedTuple):
    """How amounts of one currency are rounded and tolerated, and where its gains and losses go (account ids)."""

    code: str = ""
    precision: Decimal = CENT
    application_rounding: Decimal = ZERO
    tolerance_percent: Decimal = ZERO
    tolerance_cap: Decimal = ZERO
    realized_gains: int | None = None
    realized_losses: int | None = None
    unrealized_gains: int | None = None
    unrealized_losses: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the set-up says about applications; read once per routine.

    currencies           by code, the local currency under the empty code
    rates                factors (foreign units per local unit) of other currencies on the applying date
    late_when_full       grant a late discount even to whoever paid in full
    tolerance_to_discount, late_to_discount   post these to the discount accounts, not to the tolerance accounts
    """

    currencies: Mapping[str, CurrencyRules]
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    adjust_for_discount: bool = False
    grace_period: str = ""
    tolerance_to_discount: bool = False
    late_to_discount: bool = True
    late_when_full: bool = True
    between_currencies: bool = False

    def currency(self, code: str) -> CurrencyRules:
        return self.currencies[code]

    @property
    def lcy(self) -> CurrencyRules:
        return self.currencies[""]

    def to_lcy(self, amount: Decimal, factor: Decimal) -> Decimal:
        """Local value of an amount at a factor."""
        return amount if factor == ONE else round_to(WIDE.divide(amount, factor), self.lcy.precision)

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal:
        """An amount in another currency at the rates of the applying date."""
        if source == target:
            return amount
        exact = WIDE.divide(WIDE.multiply(amount, self.rates[target]), self.rates[source])
        return round_to(exact, self.currency(target).precision)


class GroupAccounts(NamedTuple):
    """A customer posting group: which accounts stand behind the entries posted with it."""

    id: int
    code: str
    receivables: int | None
    discount_debit: int | None = None
    discount_credit: int | None = None
    tolerance_debit: int | None = None
    tolerance_credit: int | None = None
    rounding_debit: int | None = None
    rounding_credit: int | None = None
    application_rounding_debit: int | None = None
    application_rounding_credit: int | None = None


class VATShare(NamedTuple):
    """One VAT entry of an invoice, with what a discount does to it.

    base, amount  as in the VAT entry: negative for a sale
    adjusts       whether the VAT set-up row follows payment discounts
    accounts      discount debit, discount credit, tolerance debit, tolerance credit of its general posting set-up
    """

    base: Decimal
    amount: Decimal
    percent: Decimal
    identifier: str
    calculation_type: str
    vat_account: int | None
    vat_bus: str
    vat_prod: str
    gen_bus: str
    gen_prod: str
    tax_category: str = ""
    bill_to_no: str = ""
    country_code: str = ""
    vat_registration_no: str = ""
    eu_3_party_trade: bool = False
    eu_service: bool = False
    adjusts: bool = True
    accounts: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class OpenItemState:
    """A customer ledger entry as an application sees it.

    amount, amount_lcy   as first posted; factor is its currency factor then
    adjusted_factor      the factor of the last exchange rate adjustment; the original one without any
    discount             what may still be deducted, in the entry's currency and with its sign
    unrealized_lcy       unrealized gains and losses that it carries
    """

    key: Key
    customer_id: int
    customer_no: str
    document_type: str
    document_no: str
    posting_date: date
    due_date: date
    group: GroupAccounts
    amount: Decimal
    amount_lcy: Decimal
    remaining: Decimal
    remaining_lcy: Decimal
    currency_code: str = ""
    factor: Decimal = ONE
    adjusted_factor: Decimal = ONE
    discount_date: date | None = None
    discount_tolerance_date: date | None = None
    discount: Decimal = ZERO
    max_tolerance: Decimal = ZERO
    unrealized_lcy: Decimal = ZERO
    on_hold: str = ""
    applies_to_id: str = ""
    amount_to_apply: Decimal = ZERO
    reminder_level: int = 0
    transaction_no: int = 0
    vat: tuple[VATShare, ...] = ()

    @property
    def is_open(self) -> bool:
        return bool(self.remaining or self.remaining_lcy)

    @property
    def order(self) -> tuple:
        """Due date first, then entry number; entries that are only planned come last."""
        return (
            self.due_date,
            isinstance(self.key, Pending),
            0 if isinstance(self.key, Pending) else self.key,
        )


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """What a new entry settles: one document, everything marked with an ID, a list of entries, or the oldest first.

    accept_payment_tolerance, accept_late_discount   the answers to the two tolerance questions; yes unless told
    """

    document_type: str = ""
    document_no: str = ""
    applies_to_id: str = ""
    entries: tuple[tuple[Key, Decimal | None], ...] = ()
    is_oldest: bool = False
    accept_payment_tolerance: bool = True
    accept_late_discount: bool = True

    @classmethod
    def to_document(cls, document_type: str, document_no: str, **answers: bool) -> "ApplyRequest":
        return cls(document_type=document_type, document_no=document_no, **answers)

    @classmethod
    def by_id(cls, applies_to_id: str, **answers: bool) -> "ApplyRequest":
        return cls(applies_to_id=applies_to_id, **answers)

    @classmethod
    def to_entries(cls, entries: Iterable[tuple[Key, Decimal | None]], **answers: bool) -> "ApplyRequest":
        """Entry numbers with the amount to apply of each; None applies all that remains."""
        return cls(entries=tuple(entries), **answers)

    @classmethod
    def oldest(cls) -> "ApplyRequest":
        return cls(is_oldest=True)


class Chosen(NamedTuple):
    """An entry that was chosen to be settled, and how much of it, in its own currency and with its sign."""

    item: OpenItemState
    to_apply: Decimal
    is_lowered: bool = False


@dataclass(frozen=True, slots=True)
class PlannedDetail:
    """One detailed entry to be written.

    item      the entry it belongs to, as it was just before: its discount and tolerance are the snapshot
    applied   the applying entry; None on initial entries
    contra    index of the contra in `Effects.contras`; None where the G/L sees only the receivables accounts
    reverses  number of the detail that this one unapplies
    """

    item: OpenItemState
    type: str
    amount: Decimal
    amount_lcy: Decimal
    applied: Key | None = None
    contra: int | None = None
    vat: VATShare | None = None
    reverses: int | None = None


class Contra(NamedTuple):
    """An amount on the account on the other side of a detail.

    vat         the VAT entry of the invoice that this is the counterpart of; None on plain amounts and on the tax
    vat_amount  the tax that goes with this base
    """

    account_id: int
    amount: Decimal
    vat: VATShare | None = None
    vat_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Effects:
    """What an application does: details, the G/L on both sides, and every touched entry as it is afterwards."""

    details: tuple[PlannedDetail, ...]
    contras: tuple[Contra, ...]
    receivables: tuple[tuple[int, Decimal], ...]  # account id, amount; sums with the contras to zero
    after: Mapping[Key, OpenItemState]
    problems: tuple[Problem, ...] = ()


class OpenItems(Sequence[OpenItemState]):
    """The entries that an application may touch, with the rules it follows. What `load_open_items` returns."""

    __slots__ = ("_by_key", "problems", "rules")

    def __init__(self, items: Iterable[OpenItemState], rules: Rules, problems: Iterable[Problem] = ()):
        self._by_key = {item.key: item for item in items}
        self.rules = rules
        self.problems = tuple(problems)

    def __len__(self) -> int:
        return len(self._by_key)

    def __iter__(self) -> Iterator[OpenItemState]:
        return iter(self._by_key.values())

    def __getitem__(self, index):
        return list(self._by_key.values())[index]

    def get(self, key: Key) -> OpenItemState | None:
        return self._by_key.get(key)

    def after(self, changed: Mapping[Key, OpenItemState]) -> "OpenItems":
        """The same once a plan is carried out: for the next plan of the same run."""
        left = {**self._by_key, **changed}
        return OpenItems((item for item in left.values() if item.is_open), self.rules, self.problems)


def sign(amount: Decimal) -> int:
    return (amount > 0) - (amount < 0)
