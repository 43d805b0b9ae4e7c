from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReceivablesConfig(AppConfig):
    """The room `receivables`; its README says what lives here."""

    name = "receivables"
    verbose_name = _("Receivables")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers import registry
        from posting import reversal
        from receivables import deletion, selectors
        from receivables.ledger.reversal import BankLedger, CustomerLedger

        reversal.register("customers", CustomerLedger())
        reversal.register("bank", BankLedger())
        registry.figure("balance", selectors.balances)
        registry.figure("balance_due", selectors.balances_due)
        registry.figure("overdue", selectors.overdue)
        registry.number_series(selectors.customer_number_series)
        registry.deletion_check("receivables", deletion.check_entries, rank=20)
        registry.deletion_check("receivables.history", deletion.check_history, rank=90)
