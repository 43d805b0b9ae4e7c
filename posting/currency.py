"""Exchange rates: the factor of a day, and amounts in local currency.

A factor is units of foreign currency per unit of local currency, with 15 decimals; local currency has the factor 1.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from erp.kernel.money import CENT, ONE, WIDE, round_to
from posting.errors import NoExchangeRate
from posting.models import Currency, ExchangeRate

FACTOR = Decimal("1e-15")


def factor_on(currency_code: str, on: date) -> Decimal:
    """The factor of the newest rate that starts by the day; raises E-CX-RATE where there is none."""
    return factors_on([currency_code], on)[currency_code]


def factors_on(currency_codes: Iterable[str], on: date) -> dict[str, Decimal]:
    """The factors of several currencies on one day, in one query; raises E-CX-RATE for the first without one."""
    codes = set(currency_codes)
    factors = {"": ONE} if "" in codes else {}
    foreign = codes - {""}
    if foreign:
        rates = ExchangeRate.objects.filter(currency__code__in=foreign, starting_date__lte=on)
        newest = rates.order_by("currency_id", "-starting_date").distinct("currency_id")
        for code, exchange, relational in newest.values_list(
            "currency__code", "exchange_amount", "relational_amount"
        ):
            factors[code] = factor(exchange, relational)
    for code in sorted(codes - factors.keys()):
        raise NoExchangeRate(currency=code, date=on)
    return factors


def factor(exchange_amount: Decimal, relational_amount: Decimal) -> Decimal:
    """The factor of a rate: 100 USD worth 125 in local currency make 0.8."""
    return round_to(WIDE.divide(exchange_amount, relational_amount), FACTOR)


def to_lcy(amount: Decimal, factor: Decimal, *, precision: Decimal = CENT) -> Decimal:
    """An amount in local currency, rounded to its precision."""
    return round_to(WIDE.divide(amount, factor), precision)


def from_lcy(amount_lcy: Decimal, factor: Decimal, *, precision: Decimal = CENT) -> Decimal:
    """A local amount in the currency of the factor, rounded to that currency's precision."""
    return round_to(WIDE.multiply(amount_lcy, factor), precision)


def convert(amount: Decimal, currency_code: str, *, on: date, precision: Decimal = CENT) -> Decimal:
    """An amount of any currency in local currency, at the rate of a day; raises E-CX-RATE."""
    return to_lcy(amount, factor_on(currency_code, on), precision=precision)


def precisions(currency_codes: Iterable[str], *, local: Decimal = CENT) -> dict[str, Decimal]:
    """Amount rounding precision by currency code; `local` for the local currency and unknown codes."""
    codes = set(currency_codes)
    found = dict.fromkeys(codes, local)
    foreign = codes - {""}
    if foreign:
        rows = Currency.objects.filter(code__in=foreign)
        found.update(rows.values_list("code", "amount_rounding_precision"))
    return found
