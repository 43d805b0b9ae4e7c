"""How figures and days look on a page, in the reader's own locale."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format

from erp.kernel.errors import Problem

register = template.Library()

DAY_IN_ENGLISH = "d M Y"  # 03/04 is another day on either side of the Atlantic


@register.filter
def amount(value: Decimal | None) -> str:
    """Money with its cents: 1,234.50; nothing where there is no amount."""
    return "" if value is None or value == "" else number_format(value or 0, 2, force_grouping=True)


@register.filter
def amount_or_blank(value: Decimal | None) -> str:
    """Money, blank where it is zero: for debit and credit columns."""
    return amount(value) if value else ""


@register.filter
def quantity(value: Decimal | None) -> str:
    """A quantity, percentage or rate without idle zeros: 2, 2.5."""
    return _plain(value, at_least=0)


@register.filter
def quantity_or_blank(value: Decimal | None) -> str:
    return quantity(value) if value else ""


@register.filter
def price(value: Decimal | None) -> str:
    """A price or cost of one unit: at least two decimals, more where it has more."""
    return _plain(value, at_least=2)


@register.filter
def rate(value: Decimal | None) -> str:
    """An exchange rate, as precise as people read it."""
    return quantity(round(value, 5)) if value else ""


@register.filter
def day(value: date | None) -> str:
    """A date: 02 Mar 2026, or the way the reader's language writes it short."""
    if not value:
        return ""
    english = (translation.get_language() or "en").startswith("en")
    return date_format(value, DAY_IN_ENGLISH if english else "SHORT_DATE_FORMAT")


@register.filter
def moment(value: datetime | None) -> str:
    """A day with its time, in the time zone of the company."""
    if not value:
        return ""
    local = value.astimezone(timezone.get_current_timezone())
    return f"{day(local)} {local:%H:%M}"


@register.filter
def initials(user) -> str:
    """Two letters for a person: IB for Ingrid Berg."""
    first, last = getattr(user, "first_name", ""), getattr(user, "last_name", "")
    return (first[:1] + last[:1] if first and last else (first or user.get_username())[:2]).upper()


@register.simple_tag
def mends(problem: Problem) -> str:
    """Address of the page that mends a problem; blank where there is none."""
    if not problem.setup:
        return ""
    try:
        return reverse(problem.setup)
    except NoReverseMatch:
        return ""


@register.filter
def label(value: str, model_field: str) -> str:
    """The word for a stored choice: {{ "credit_memo"|label:"posting.GLEntry.document_type" }}."""
    return str(_choices(model_field).get(value, value))


def _choices(model_field: str) -> dict:
    from django.apps import apps

    app, model, field = model_field.split(".")
    return dict(apps.get_model(app, model)._meta.get_field(field).flatchoices)


def _plain(value: Decimal | None, *, at_least: int) -> str:
    if value is None or value == "":
        return ""
    exact = Decimal(value).normalize()
    decimals = max(at_least, -int(exact.as_tuple().exponent))
    return number_format(exact, decimals, force_grouping=True)
