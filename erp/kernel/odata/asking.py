"""Who asks, when, and what was looked up for it already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model

from erp.kernel.errors import Problem
from erp.kernel.odata.rowid import ZERO, row_id

if TYPE_CHECKING:
    from erp.kernel.models import User


@dataclass
class Asking:
    """One request, for everything below the doors.

    user        who asks
    at, on      the moment, and the work date
    scopes      what the token allows; None: everything that the user may
    extensions  the caller wants the fields that v2.0 does not have
    warnings    what routines warned of; the answer names their codes
    headers     what the answer shall carry besides
    told        what $filter steers a set by, by its name: {"accounts": {("dateFilter_FilterOnly", "le"): …}}
    base        address of the company, as in "https://host/api/v2.0/companies(…)"
    afterwards  what is to be done once everything is committed; each gives headers for the answer
    """

    user: "User"
    at: datetime
    on: date
    scopes: frozenset[str] | None = None
    extensions: bool = False
    base: str = ""
    warnings: list[Problem] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    told: dict[str, Mapping[tuple[str, str], Any]] = field(default_factory=dict)
    afterwards: list[Callable[[], Mapping[str, str]]] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what an attempt has left behind; the work begins, perhaps anew."""
        for collected in (self.warnings, self.headers, self.afterwards):
            collected.clear()

    @cached_property
    def _codes(self) -> dict[tuple[type[Model], str], dict[Any, UUID]]:
        return {}

    def ids_by_code(self, model: type[Model], by: str = "code") -> Mapping[Any, UUID]:
        """Identifiers of the rows of a small table by their code; read once per request."""
        key = (model, by)
        if key not in self._codes:
            self._codes[key] = ids_by_code(model, by)
        return self._codes[key]


def ids_by_code(model: type[Model], by: str = "code") -> dict[Any, UUID]:
    """Identifiers of all rows of a table by one of their columns."""
    if has_uuid(model):
        return dict(model._default_manager.values_list(by, "uuid"))
    label = model._meta.label_lower
    return {code: row_id(label, pk) for code, pk in model._default_manager.values_list(by, "pk")}


def has_uuid(model: type[Model]) -> bool:
    """Whether its rows have an identifier of their own."""
    return any(column.name == "uuid" for column in model._meta.concrete_fields)


__all__ = ["ZERO", "Asking", "has_uuid", "ids_by_code"]
