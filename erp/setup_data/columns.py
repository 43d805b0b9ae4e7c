"""From the text of a cell to the value of a column."""

import datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError
from erp.kernel.periods import calc_date
from posting.models import Currency

YES_OR_NO = {"yes": True, "no": False}


class BadCell(Exception):
    """The text cannot become a value of its column; the message says why."""


class References:
    """Finds the row that a cell names by its code or number: `1100`, `DOMESTIC`, `BRING/EXPRESS`."""

    def __init__(self, lcy_code: str):
        self.lcy_code = lcy_code
        self._known: dict[type[models.Model], dict[str, int]] = {}
        self._defaults: dict[type[models.Model], dict[str, str]] = {}

    def find(self, model: type[models.Model], text: str) -> int | None:
        """The primary key of the row; nothing for the local currency, which is no row anywhere."""
        if model is Currency and text == self.lcy_code:
            return None
        known = self._known.get(model)
        if known is None:
            rows = model._default_manager.values_list("pk", *natural_key(model))
            known = self._known[model] = {"/".join(key): pk for pk, *key in rows}
        if text not in known:
            raise BadCell(_("there is no %(what)s of this name") % {"what": model._meta.verbose_name})
        return known[text]

    def defaults(self, model: type[models.Model], code: str) -> str:
        """The code of the VAT group that a general group brings along; empty where it brings none."""
        if model not in self._defaults:
            column = next(field.name for field in model._meta.fields if field.name.startswith("default_vat"))
            rows = model._default_manager.values_list("code", f"{column}__code")
            self._defaults[model] = {code: default or "" for code, default in rows}
        return self._defaults[model].get(code, "")

    def forget(self, model: type[models.Model]) -> None:
        """Rows were added."""
        self._known.pop(model, None)


def natural_key(model: type[models.Model]) -> tuple[str, ...]:
    """How files name a row of the model."""
    names = {field.name for field in model._meta.fields}
    if "number" in names:
        return ("number",)
    owner = {"agent": "agent__code", "customer": "customer__number", "item": "item__number"}
    return (*(path for name, path in owner.items() if name in names), "code")


def value_of(field: models.Field, text: str, *, references: References, on: datetime.date):
    """The value for one column.

    Yes and no are words, numbers have a decimal point, a date is 2026-12-31 or a date formula counted from `on`,
    another row is named by its code or number. An empty cell is nothing, or the empty text.
    """
    if isinstance(field, models.ForeignKey):
        return references.find(field.related_model, text) if text else _empty(field)
    if isinstance(field, models.BooleanField):
        if text not in YES_OR_NO:
            raise BadCell(_("write yes or no"))
        return YES_OR_NO[text]
    if not text:
        return _empty(field)
    try:
        if isinstance(field, models.DateField):
            return _date(text, on)
        if isinstance(field, models.DecimalField):
            return _decimal(field, text)
        return field.clean(text, None)
    except ValidationError as error:
        raise BadCell(" ".join(error.messages)) from None
    except ErpError as error:
        raise BadCell(error.message) from None


def _empty(field: models.Field):
    if field.null:
        return None
    if field.blank and field.empty_strings_allowed:
        return ""
    raise BadCell(_("this must be filled in"))


def _decimal(field: models.DecimalField, text: str) -> Decimal:
    try:
        return field.clean(Decimal(text), None)
    except InvalidOperation:
        raise BadCell(_("this is not a number")) from None


def _date(text: str, on: datetime.date) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return calc_date(text, on)
