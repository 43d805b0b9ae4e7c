"""Make a template of a customer, or of another template."""

from django.db import transaction

from customers.models import Customer, CustomerTemplate
from customers.routines.apply_template import FIELDS
from erp.kernel.access import needs

PREFIX = "CUST"
DIGITS = 6


@needs("customers.add_customertemplate")
@transaction.atomic
def save_as_template(
    source: Customer | CustomerTemplate, *, description: str = "", code: str = ""
) -> CustomerTemplate:
    """Copy the fields that a template has; what makes the customer this customer stays out of it.

    code  empty: the next free one from CUST000001 on
    """
    template = CustomerTemplate(
        code=code or _next_code(),
        description=description or getattr(source, "description", ""),
        number_series=getattr(source, "number_series", ""),
        **{name: getattr(source, name) for name in FIELDS},
    )
    template.save(force_insert=True)
    return template


def _next_code() -> str:
    taken = CustomerTemplate.objects.filter(code__regex=rf"^{PREFIX}\d{{{DIGITS}}}$").order_by("-code")
    last = taken.values_list("code", flat=True).first()
    number = int(last.removeprefix(PREFIX)) + 1 if last else 1
    return f"{PREFIX}{number:0{DIGITS}}"
