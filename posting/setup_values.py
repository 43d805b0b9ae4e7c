"""The posting set-up as one value: read once per routine, passed down, asked without a query.

    setup = PostingSetup.load()
    revenue = setup.account("DOMESTIC", "GOODS", "sales_account", problems=problems, line_no=line.line_no)
    vat = setup.vat("DOM", "V25", problems=problems, line_no=line.line_no)

What is missing becomes a problem in the list that the caller collects; the answer is then None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from django.db import models

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO, Direction
from posting import errors
from posting.models import AccountingPeriod, GeneralLedgerSetup, GeneralPostingSetup, VATPostingSetup

GENERAL_ACCOUNTS = tuple(
    name.name for name in GeneralPostingSetup._meta.concrete_fields if name.name.endswith("_account")
)


@dataclass(frozen=True, slots=True)
class GeneralSetup:
    """One row of the general posting setup: account ids by the name of their field."""

    bus: str
    prod: str
    accounts: Mapping[str, int | None] = field(default_factory=dict)
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class VATSetup:
    """One row of the VAT posting setup."""

    bus: str
    prod: str
    percent: Decimal
    identifier: str
    calculation_type: str = VATPostingSetup.Calculation.NORMAL
    sales_vat_account_id: int | None = None
    purchase_vat_account_id: int | None = None
    reverse_charge_vat_account_id: int | None = None
    eu_service: bool = False
    adjust_for_payment_discount: bool = False
    tax_category: str = ""
    clause: str = ""
    clause_text: str = ""
    blocked: bool = False

    @property
    def is_normal(self) -> bool:
        return self.calculation_type == VATPostingSetup.Calculation.NORMAL

    @property
    def is_reverse_charge(self) -> bool:
        return self.calculation_type == VATPostingSetup.Calculation.REVERSE_CHARGE

    @property
    def is_full(self) -> bool:
        return self.calculation_type == VATPostingSetup.Calculation.FULL

    @property
    def charged_percent(self) -> Decimal:
        """What a customer is charged: nothing where the customer accounts for the tax."""
        return ZERO if self.is_reverse_charge else self.percent

    def account(self, name: str, *, problems: list[Problem], line_no: int | None = None) -> int | None:
        """The account id in a field such as "sales_vat_account"; None and a problem where it is empty."""
        account_id = getattr(self, f"{name}_id")
        if account_id is None:
            label = str(VATPostingSetup._meta.get_field(name).verbose_name)
            group = f"{self.bus or '–'} × {self.prod}"
            problems.append(errors.group_account_missing(group, name, label, line_no, errors.VAT_SETUP))
        return account_id


@dataclass(frozen=True, slots=True)
class PostingSetup:
    """The company's general ledger setup, both matrices by (business group, product group), and the periods.

    gl               the GeneralLedgerSetup row, its defaults where there is none yet
    first_period     start of the first accounting period; None: no periods, every date is in one
    first_open_day   start of the oldest fiscal year that is not closed; None: no fiscal years
    """

    gl: GeneralLedgerSetup = field(default_factory=GeneralLedgerSetup)
    general_rows: Mapping[tuple[str, str], GeneralSetup] = field(default_factory=dict)
    vat_rows: Mapping[tuple[str, str], VATSetup] = field(default_factory=dict)
    first_period: date | None = None
    first_open_day: date | None = None

    @classmethod
    def load(cls) -> "PostingSetup":
        """Read it all: four queries, however many rows."""
        first_period, first_open_day = period_bounds()
        return cls(
            gl=GeneralLedgerSetup.objects.filter(pk=1).first() or GeneralLedgerSetup(pk=1),
            general_rows=MappingProxyType({(row.bus, row.prod): row for row in _general_rows()}),
            vat_rows=MappingProxyType({(row.bus, row.prod): row for row in _vat_rows()}),
            first_period=first_period,
            first_open_day=first_open_day,
        )

    current = load

    @property
    def precision(self) -> Decimal:
        """Amount rounding precision of the local currency."""
        return self.gl.amount_rounding_precision

    @property
    def vat_direction(self) -> Direction:
        """How VAT in local currency is rounded."""
        return self.gl.vat_rounding_type

    def general(
        self, bus: str, prod: str, *, problems: list[Problem], line_no: int | None = None
    ) -> GeneralSetup | None:
        """The row of the general posting setup; None and E-POSTING-SETUP where it is missing or blocked."""
        row = self.general_rows.get((bus, prod))
        if row is None:
            problems.append(errors.general_setup_missing(bus, prod, line_no))
        elif row.blocked:
            problems.append(errors.general_setup_blocked(bus, prod, line_no))
            return None
        return row

    def account(
        self, bus: str, prod: str, name: str, *, problems: list[Problem], line_no: int | None = None
    ) -> int | None:
        """The account id in a field of the general posting setup, "sales_account" for one.

        None and E-POSTING-SETUP, naming table, key and field, where there is none.
        """
        if name not in GENERAL_ACCOUNTS:
            raise AttributeError(f"The general posting setup has no field {name}")
        row = self.general(bus, prod, problems=problems, line_no=line_no)
        if row is None:
            return None
        account_id = row.accounts.get(name)
        if account_id is None:
            label = str(GeneralPostingSetup._meta.get_field(name).verbose_name)
            problems.append(errors.general_account_missing(bus, prod, name, label, line_no))
        return account_id

    def vat(
        self, bus: str, prod: str, *, problems: list[Problem], line_no: int | None = None
    ) -> VATSetup | None:
        """The row of the VAT posting setup; None and E-VAT-NOSETUP where it is missing or blocked."""
        row = self.vat_rows.get((bus, prod))
        if row is None:
            problems.append(errors.vat_setup_missing(bus, prod, line_no))
        elif row.blocked:
            problems.append(errors.vat_setup_blocked(bus, prod, line_no))
            return None
        return row


def group_account(
    group: models.Model,
    name: str,
    *,
    problems: list[Problem],
    line_no: int | None = None,
    setup: str | None = None,
) -> int | None:
    """The account id in a field of any posting group (customer, inventory, bank); None and E-PG-ACC where empty.

    setup  URL name of the page that mends it; None: the admin's list of these groups
    """
    account_id = getattr(group, f"{name}_id")
    if account_id is None:
        label = str(group._meta.get_field(name).verbose_name)
        page = setup or f"admin:{group._meta.app_label}_{group._meta.model_name}_changelist"
        problems.append(errors.group_account_missing(group, name, label, line_no, page))
    return account_id


def period_bounds() -> tuple[date | None, date | None]:
    """The first day of all accounting periods, and of the oldest fiscal year still open. One query."""
    open_years = models.Q(new_fiscal_year=True, closed=False)
    found = AccountingPeriod.objects.aggregate(
        first=models.Min("starting_date"), first_open=models.Min("starting_date", filter=open_years)
    )
    return found["first"], found["first_open"]


def _general_rows() -> list[GeneralSetup]:
    columns = [f"{name}_id" for name in GENERAL_ACCOUNTS]
    rows = GeneralPostingSetup.objects.order_by().values_list(
        "gen_bus_posting_group__code", "gen_prod_posting_group__code", "blocked", *columns
    )
    return [
        GeneralSetup(bus or "", prod, dict(zip(GENERAL_ACCOUNTS, accounts, strict=True)), blocked)
        for bus, prod, blocked, *accounts in rows
    ]


def _vat_rows() -> list[VATSetup]:
    rows = VATPostingSetup.objects.order_by().values_list(
        "vat_bus_posting_group__code",
        "vat_prod_posting_group__code",
        "vat_percent",
        "vat_identifier",
        "calculation_type",
        "sales_vat_account_id",
        "purchase_vat_account_id",
        "reverse_charge_vat_account_id",
        "eu_service",
        "adjust_for_payment_discount",
        "tax_category",
        "vat_clause__code",
        "vat_clause__description",
        "blocked",
    )
    return [
        VATSetup(bus or "", *middle, clause or "", clause_text or "", blocked)
        for bus, *middle, clause, clause_text, blocked in rows
    ]
