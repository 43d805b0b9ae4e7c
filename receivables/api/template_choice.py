"""Which template a new customer starts from, where the caller names none: v2.0 knows no templates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.models import CustomerTemplate
from erp.kernel.errors import Problem
from receivables.api.card import COMPANY


def choose_template(fields: Mapping[str, Any], *, warnings: list[Problem]) -> str:
    """The code of the template that fits best; blank where there is none at all.

    fields    of the card, as given: whether company or person, the VAT group, the country
    warnings  receives W-CU-TEMPLATE where several fit alike and the first by code was taken
    """
    kind = fields.get("partner_type") or COMPANY
    group, country = fields.get("vat_bus_posting_group"), fields.get("country_code") or ""

    def fit(template: CustomerTemplate) -> tuple[bool, bool, bool]:
        return (
            (template.partner_type or COMPANY) == kind,
            group is not None and template.vat_bus_posting_group_id == group.pk,
            bool(country) and template.country_code == country,
        )

    templates = list(CustomerTemplate.objects.order_by("code"))
    if not templates:
        return ""
    best = max(fit(template) for template in templates)
    fitting = [template for template in templates if fit(template) == best]
    if len(fitting) > 1:
        message = _("The customer was made from template {template}; {others} would fit as well.")
        others = ", ".join(template.code for template in fitting[1:])
        text = message.format(template=fitting[0].code, others=others)
        warnings.append(Problem("W-CU-TEMPLATE", text, field="customerTemplateCode"))
    return fitting[0].code
