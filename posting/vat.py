"""VAT of journal lines: an amount that includes VAT becomes a base and its VAT. Pure.

The VAT of sales documents is worked out by the sales room, by groups of lines.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import CENT, WIDE, ZERO, Direction, round_to
from posting.setup_values import PostingSetup, VATSetup
from posting.values import Line, VATLine

HUNDRED = Decimal(100)
SALE = "sale"
PURCHASE = "purchase"


def vat_included(
    amount: Decimal, percent: Decimal, *, precision: Decimal = CENT, direction: Direction = "nearest"
) -> tuple[Decimal, Decimal]:
    """Base and VAT of an amount that includes VAT; together they are exactly the amount.

    Source: Business Central, VAT of journal lines.
    """
    exact = WIDE.divide(WIDE.multiply(amount, percent), HUNDRED + percent)
    vat = round_to(exact, precision, direction)
    return amount - vat, vat


def vat_on(
    base: Decimal, percent: Decimal, *, precision: Decimal = CENT, direction: Direction = "nearest"
) -> Decimal:
    """VAT that comes on top of a base."""
    return round_to(WIDE.divide(WIDE.multiply(base, percent), HUNDRED), precision, direction)


def expand(line: Line, *, setup: PostingSetup, problems: list[Problem]) -> list[Line]:
    """The G/L lines of a typed line: itself, or its base with a VAT entry and the VAT.

    line      its amount includes VAT where it has a posting type (sale, purchase) and VAT groups
    problems  receives E-VAT-NOSETUP, E-PG-ACC, E-VAT-FULLACC, E-VAT-TYPE; the line is then returned as it was

    Reverse charge: on a sale the customer accounts for the tax, so there is an entry with the base alone; on a purchase
    we owe it and deduct it, on two accounts. Full VAT: the whole line is tax, and stands on the VAT account itself.
    """
    if not line.gen_posting_type:
        if line.vat_bus or line.vat_prod:
            message = _("A line with VAT groups needs the posting type Sale or Purchase.")
            problems.append(Problem("E-VAT-TYPE", message, line.line_no, "gen_posting_type"))
        return [line]
    if line.gen_posting_type not in (SALE, PURCHASE):
        message = _("VAT is worked out for the posting types Sale and Purchase only.")
        problems.append(Problem("E-VAT-TYPE", message, line.line_no, "gen_posting_type"))
        return [line]
    row = setup.vat(line.vat_bus, line.vat_prod, problems=problems, line_no=line.line_no)
    if row is None:
        return [line]
    if row.is_full:
        return _full(line, row, problems)
    if row.is_reverse_charge:
        return _reverse_charge(line, row, setup, problems)
    base, vat = vat_included(
        line.amount, row.percent, precision=setup.precision, direction=setup.vat_direction
    )
    account_id = _account(line, row, problems) if vat else _account_if_any(line, row)
    entry = _entry(line, row, base=base, amount=vat, account_id=account_id)
    if not vat or account_id is None:
        return [line._replace(vat=entry)]
    # In foreign currency the VAT is its share of the amount, and both parts keep the sum.
    currency_vat = (
        round_to(WIDE.divide(WIDE.multiply(line.currency_amount, vat), line.amount)) if line.amount else ZERO
    )
    return [
        line._replace(
            amount=base, vat_amount=vat, vat=entry, currency_amount=line.currency_amount - currency_vat
        ),
        _vat_line(line, account_id, vat, currency_vat),
    ]


def _full(line: Line, row: VATSetup, problems: list[Problem]) -> list[Line]:
    account_id = _account(line, row, problems)
    if account_id is not None and account_id != line.account_id:
        message = _("A line that is nothing but VAT must stand on the VAT account of its setup.")
        problems.append(Problem("E-VAT-FULLACC", message, line.line_no, "account_no"))
    entry = _entry(line, row, base=ZERO, amount=line.amount, account_id=account_id)
    # The setup names this account, so it is not a matter of direct posting.
    return [line._replace(vat_amount=line.amount, vat=entry, system_created=True)]


def _reverse_charge(line: Line, row: VATSetup, setup: PostingSetup, problems: list[Problem]) -> list[Line]:
    if line.gen_posting_type == SALE:
        account_id = _account_if_any(line, row)
        return [line._replace(vat=_entry(line, row, base=line.amount, amount=ZERO, account_id=account_id))]
    vat = vat_on(line.amount, row.percent, precision=setup.precision, direction=setup.vat_direction)
    deducted = _account(line, row, problems)
    owed = row.account("reverse_charge_vat_account", problems=problems, line_no=line.line_no)
    entry = _entry(line, row, base=line.amount, amount=vat, account_id=deducted)
    base = line._replace(vat=entry._replace(reverse_charge_account_id=owed))
    if not vat or deducted is None or owed is None:
        return [base]
    return [base, _vat_line(line, deducted, vat, ZERO), _vat_line(line, owed, -vat, ZERO)]


def _account(line: Line, row: VATSetup, problems: list[Problem]) -> int | None:
    name = "sales_vat_account" if line.gen_posting_type == SALE else "purchase_vat_account"
    return row.account(name, problems=problems, line_no=line.line_no)


def _account_if_any(line: Line, row: VATSetup) -> int | None:
    return row.sales_vat_account_id if line.gen_posting_type == SALE else row.purchase_vat_account_id


def _entry(line: Line, row: VATSetup, *, base: Decimal, amount: Decimal, account_id: int | None) -> VATLine:
    return VATLine(
        type=line.gen_posting_type,
        base=base,
        amount=amount,
        percent=row.percent,
        identifier=row.identifier,
        calculation_type=row.calculation_type,
        account_id=account_id,
        vat_bus=row.bus,
        vat_prod=row.prod,
        gen_bus=line.gen_bus,
        gen_prod=line.gen_prod,
        tax_category=row.tax_category,
        eu_service=row.eu_service,
    )


def _vat_line(line: Line, account_id: int, amount: Decimal, currency_amount: Decimal) -> Line:
    return Line(
        account_id=account_id,
        amount=amount,
        description=line.description,
        correction=line.correction,
        currency_amount=currency_amount,
        source_type=line.source_type,
        source_no=line.source_no,
        line_no=line.line_no,
    )
