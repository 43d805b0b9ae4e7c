"""Form fields of the trade: days, moments and figures as clerks type them, in the reader's locale."""

import re
from datetime import datetime, time
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.typed import read_day, read_figure

_DAY_AND_HOUR = re.compile(r"(.+?)(?:(?:\s+|(?<=\d)T)(\d{1,2}:\S*))?", re.DOTALL)


class DayField(forms.DateField):
    """A day as `erp.kernel.typed` reads it: 2026-03-02, 0203, t, t+5, mon.

    A text field, not the browser's calendar: its three little fields take no shorthand and want the mouse.
    """

    def __init__(self, **options):
        attrs = {"autocomplete": "off", "size": 10, "class": "day", "data-kind": "day"}
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=attrs))
        super().__init__(**options)

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        found = read_day(value)
        if isinstance(found, Problem):
            raise ValidationError(found.message, code="invalid")
        return found

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != self.to_python(initial)
        except ValidationError:
            return True


class MomentField(forms.DateTimeField):
    """A moment in the reader's time zone: a day as `DayField` takes it, and an hour; a day alone is its end.

    Takes what programs write as well: 2026-03-02T14:30:00+01:00.
    """

    END = time(23, 59, 59, 999999)

    def __init__(self, **options):
        attrs = {"autocomplete": "off", "size": 16, "placeholder": "2026-03-31 14:30"}
        options.setdefault("widget", forms.DateTimeInput(attrs=attrs))
        super().__init__(**options)

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        text = value.strip()
        if not text:
            return None
        day, hour = _DAY_AND_HOUR.fullmatch(text).groups()
        found = read_day(day)
        if isinstance(found, Problem):
            raise ValidationError(found.message, code="invalid")
        try:
            moment = datetime.fromisoformat(f"{found.isoformat()}T{hour}") if hour else None
        except ValueError:
            message = _("Enter a valid moment: “%(text)s” is none. Type a day and an hour, like %(example)s.")
            example = "2026-03-31 14:30"
            raise ValidationError(message, code="invalid", params={"text": text, "example": example})
        if moment is None:
            moment = datetime.combine(found, self.END)
        return moment if moment.tzinfo else from_current_timezone(moment)


class FigureField(forms.DecimalField):
    """A quantity, price or amount; decimals as the reader's locale writes them, without idle zeros; or a small sum."""

    def __init__(self, *, decimal_places: int = 5, max_digits: int = 19, **options):
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "figure"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(decimal_places=decimal_places, max_digits=max_digits, localize=True, **options)

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = read_figure(value, places=self.decimal_places)
        if isinstance(found, Problem):
            raise ValidationError(found.message, code="invalid")
        return found

    def prepare_value(self, value):
        if not isinstance(value, Decimal) or not value.is_finite():
            return value
        plain = value.normalize()
        return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))


class AmountField(FigureField):
    """Money, to the cent."""

    def __init__(self, **options):
        super().__init__(decimal_places=2, max_digits=20, **options)

    def prepare_value(self, value):
        return value.quantize(Decimal("0.01")) if isinstance(value, Decimal) and value.is_finite() else value
