"""Kinds of properties that documents and their lines have and other entities do not."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from erp.kernel.odata.properties import Code, Dec, Guid, Property


@dataclass(frozen=True, kw_only=True)
class CountryCode(Code):
    """A country, by the two letters of ISO 3166."""

    length: int | None = 10

    def read(self, value: Any) -> str:
        code = super().read(value)
        if len(code) > 2:
            raise self.wrong(value, _("a country of two letters (ISO 3166), such as DE"))
        return code


@dataclass(frozen=True, kw_only=True)
class InvoiceDiscount(Dec):
    """The invoice discount of a document, as an amount; null lets the customer's rule decide again."""

    def read(self, value: Any) -> Decimal | None:
        return None if value is None else super().read(value)


@dataclass(frozen=True, kw_only=True)
class Guids(Property):
    """Identifiers, as a list; for the bodies of actions."""

    edm: ClassVar[str] = "Collection(Edm.Guid)"
    filterable: bool = False

    def read(self, value: Any) -> list[UUID | None]:
        if not isinstance(value, list):
            raise self.wrong(value, _("a list of identifiers"))
        return [Guid(self.name).read(each) for each in value]
