"""Form fields of the trade: days with a calendar, figures in the reader's locale."""

from decimal import Decimal

from django import forms


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar."""

    def __init__(self, **options):
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**options)
        self.input_formats = ["%Y-%m-%d", *self.input_formats]


class FigureField(forms.DecimalField):
    """A quantity, price or amount; decimals as the reader's locale writes them, without idle zeros."""

    def __init__(self, *, decimal_places: int = 5, max_digits: int = 19, **options):
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "figure"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(decimal_places=decimal_places, max_digits=max_digits, localize=True, **options)

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
