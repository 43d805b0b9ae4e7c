"""The customer card as a form: what it says is checked by the same rules as everywhere."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from customers import card, errors, registry
from customers.models import BlockedFor, Customer, ShipToAddress
from customers.selectors import vat_formats
from customers.validations import check_email, check_gln, check_phone
from erp.kernel.errors import Problem
from erp.kernel.numbering import check_typed_number, number_for


def add_problems(form: forms.BaseForm, problems: list[Problem]) -> None:
    """Show problems at the fields they are about."""
    for problem in problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, ValidationError(problem.message, code=problem.code))


class CustomerForm(forms.ModelForm):
    """A blank number draws the next one; privacy blocking blocks everything."""

    class Meta:
        model = Customer
        fields = [field.name for field in Customer._meta.fields if field.editable and not field.primary_key]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.before = Customer.objects.get(pk=self.instance.pk) if self.instance.pk else None
        if "number" in self.fields:
            self.fields["number"].required = self.before is not None

    def clean(self):
        values = super().clean()
        if self.before is None:
            self._check_number(values)
        self._clean_blocking(values)
        return values

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        card.complete(self.instance, self.before)
        formats = vat_formats(self.instance.country_code)
        add_problems(self, card.check(self.instance, formats=formats, before=self.before))

    def draw_number(self, *, on: date) -> None:
        """Give a new customer its number; within the transaction that saves it."""
        series = registry.customer_number_series()
        if self.before is None and series:
            self.instance.number = number_for(series, typed=self.instance.number, on=on)
        self.instance.invoice_discount_code = self.instance.invoice_discount_code or self.instance.number

    def _check_number(self, values: dict) -> None:
        series, typed = registry.customer_number_series(), values.get("number") or ""
        if series:
            add_problems(self, check_typed_number(series, typed))
        elif not typed:
            add_problems(self, [errors.NoNumberSeries().as_problem(field="number")])

    def _clean_blocking(self, values: dict) -> None:
        was_private = self.before is not None and self.before.privacy_blocked
        is_private, blocked = values.get("privacy_blocked"), values.get("blocked")
        if is_private and not was_private:
            values["blocked"] = BlockedFor.ALL
        elif was_private and not is_private and blocked == BlockedFor.ALL:
            values["blocked"] = BlockedFor.NOTHING
        elif is_private and blocked != BlockedFor.ALL:
            refusal = errors.ConfirmUnblocking(customer=self.instance.number)
            add_problems(self, [refusal.as_problem(field="privacy_blocked")])


class ShipToForm(forms.ModelForm):
    """Another address of a customer."""

    class Meta:
        model = ShipToAddress
        fields = [
            field.name for field in ShipToAddress._meta.fields if field.editable and not field.primary_key
        ]

    def clean(self):
        values = super().clean()
        problems = check_phone(values.get("phone_no") or "")
        problems += check_email(values.get("email") or "")
        problems += check_gln(values.get("gln") or "")
        add_problems(self, problems)
        return values
