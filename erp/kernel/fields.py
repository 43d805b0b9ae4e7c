"""Columns with one meaning each: an amount is an amount in every table.

`AmountField` refuses an amount that was not rounded before it got here: the database would round it silently, and a
ledger would go off balance by the difference.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models

from erp.kernel.errors import ErpError
from erp.kernel.money import CENT, ZERO
from erp.kernel.periods import MAX_LENGTH, DateFormula


class _NumberField(models.DecimalField):
    """A DecimalField with its size built in, so that migrations and models say only what is special."""

    digits: tuple[int, int]

    def __init__(self, *args, **kwargs):
        kwargs["max_digits"], kwargs["decimal_places"] = self.digits
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class AmountField(_NumberField):
    """Money as posted: NUMERIC(20,2), already rounded to the currency's precision; zero unless told otherwise."""

    digits = (20, 2)

    def __init__(self, *args, **kwargs):
        if not kwargs.get("null"):
            kwargs.setdefault("default", ZERO)
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(self.refuse_unrounded(value), connection)

    def refuse_unrounded(self, value):
        """Hand the value back unless it has a third decimal, which is a bug in whoever computed it."""
        if not isinstance(value, Decimal) or value.same_quantum(CENT):
            return value  # nearly all, and at once
        if value.as_tuple().exponent < -2 and value != round(value, 2):
            raise ValueError(f"{self.model.__name__}.{self.attname}: {value} is not rounded to 0.01")
        return value


class UnitAmountField(_NumberField):
    """A price or cost of one unit: NUMERIC(19,5)."""

    digits = (19, 5)


class QuantityField(_NumberField):
    """A quantity in some unit: NUMERIC(19,5)."""

    digits = (19, 5)


class RateField(_NumberField):
    """A currency factor, units of foreign currency per unit of local currency: NUMERIC(25,15)."""

    digits = (25, 15)


class PercentField(_NumberField):
    """A percentage, 25 for 25 %: NUMERIC(9,5)."""

    digits = (9, 5)


class DateFormulaField(models.CharField):
    """A date formula as canonical text ("1M+CM"); blank where the model allows it. Evaluate with `calc_date`."""

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = MAX_LENGTH
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def to_python(self, value):
        text = super().to_python(value)
        if not text or text.isspace():
            return "" if text is not None else None
        try:
            return str(DateFormula.parse(text))
        except ErpError as error:
            raise ValidationError(error.message, code=error.code) from error

    def get_prep_value(self, value):
        if value and not hasattr(value, "resolve_expression"):
            value = str(DateFormula.parse(str(value)))
        return super().get_prep_value(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"max_length": None, **kwargs})
