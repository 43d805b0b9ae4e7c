"""Somebody who is no customer yet: served as a customer template says, so that prices and VAT of a quote are right."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from customers.models import Customer, CustomerTemplate
from customers.routines.apply_template import FILL, copy_template
from customers.routines.create import choose_template
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument

# What is typed about a prospect; of a customer the card knows it.
PROSPECT = frozenset(
    {
        "sell_to_name",
        "sell_to_name_2",
        "sell_to_address",
        "sell_to_address_2",
        "sell_to_post_code",
        "sell_to_city",
        "sell_to_county",
        "sell_to_country_code",
        "sell_to_contact",
        "sell_to_phone_no",
        "sell_to_email",
    }
)
GROUPS = ("customer_posting_group", "gen_bus_posting_group", "vat_bus_posting_group")


def prospect_like(
    type: str, template_code: str, given: Mapping[str, object]
) -> tuple[Customer, CustomerTemplate]:
    """The customer, not saved, that a prospect would be by a template, with the template.

    type   of the document that is written: only a quote goes to a prospect
    given  what was typed about the prospect: fields of `PROSPECT`, the name at least
    raises NoSuchTemplate; ProblemsFound: E-QUO-WHO without a template or a name, E-QUO-TEMPL where the template
           lacks a posting group
    """
    name = str(given.get("sell_to_name", "")).strip()
    new = _("New {type}").format(type=SalesDocument(type=type).get_type_display())
    if type != SalesDocument.Type.QUOTE:
        message = _("Choose a customer: only a quote may go to a prospect.")
        raise_problems(new, [Problem("E-QUO-WHO", message, field="customer")])
    if not template_code or not name:
        message = _("Choose a customer; or, for a prospect, a customer template and type the name.")
        field = "sell_to_name" if template_code else "customer"
        raise_problems(new, [Problem("E-QUO-WHO", message, field=field)])
    template = choose_template(template_code)
    raise_problems(new, check_template(template))
    prospect = Customer(**{key.removeprefix("sell_to_"): given[key] for key in PROSPECT & given.keys()})
    copy_template(template, prospect, mode=FILL)
    return prospect, template


def check_template(template: CustomerTemplate | None) -> list[Problem]:
    """Why nobody can be served, or become a customer, by a template: E-QUO-TEMPL."""
    setup = "admin:customers_customertemplate_changelist"
    if template is None:
        message = _("Choose a customer template: without one a prospect cannot become a customer.")
        return [Problem("E-QUO-TEMPL", message, field="customer_template", setup=setup)]
    message = _("{field} of customer template {template} is empty; fill it in, or choose another template.")
    return [
        Problem(
            "E-QUO-TEMPL",
            message.format(field=template._meta.get_field(name).verbose_name, template=template.code),
            field="customer_template",
            setup=setup,
        )
        for name in GROUPS
        if getattr(template, f"{name}_id") is None
    ]
