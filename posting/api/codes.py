"""Codes that entities of many rooms have: a currency of which the local one is no row, a country that exists."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.properties import Code
from posting.models import Country, Currency, GeneralLedgerSetup


@dataclass(frozen=True, kw_only=True)
class CurrencyCode(Code):
    """The code of a currency; where none is named, that of the local one.

    Written, the local one means none (source: api-v2, P13). Its column is that of a nullable key.
    """

    length: int | None = 10
    nullable: bool = True
    of: type[Model] | None = Currency
    by: str = "code"

    def show(self, value: Any, asking: Asking) -> str:
        return value or local_currency(asking)

    def read(self, value: Any) -> str:
        code = super().read(value)
        is_local = code and GeneralLedgerSetup.objects.filter(lcy_code=code).exists()
        return "" if is_local else code

    def literal(self, value: Any, asking: Asking) -> Any:
        code = super().literal(value, asking)
        return "" if code == local_currency(asking) else code


def local_currency(asking: Asking) -> str:
    """The code of the company's own currency; asked once per request."""
    return next(iter(asking.ids_by_code(GeneralLedgerSetup, "lcy_code")), "")


def country_code(name: str, at: str = "country_code", **more: Any) -> Code:
    """The code of a country, which must be one of `countriesRegions`."""
    return Code(name, at, length=10, of=Country, by="code", gives="code", **more)
