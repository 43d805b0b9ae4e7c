from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """The room `sales`: quotes to posted invoices. Tells the rooms below what they ask about sales."""

    name = "sales"
    verbose_name = _("Sales")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from approvals import subjects
        from customers import registry
        from inventory import cards, demand, usage
        from sales import selectors, tasks  # noqa: F401 (listens to the outbox)
        from sales.checks import check_customer_deletion
        from sales.item_part import TEMPLATE, item_part
        from sales.views.approval import subject

        for name in (
            "outstanding_orders",
            "shipped_not_invoiced",
            "outstanding_invoices",
            "returned_not_credited",
            "outstanding_returns",
        ):
            registry.figure(name, getattr(selectors, name))
        demand.register("sales", selectors.open_lines)
        usage.register("sales", selectors.use_of)
        cards.register("sales", TEMPLATE, item_part)
        subjects.register(subject())
        registry.deletion_check("sales", check_customer_deletion, rank=40)
