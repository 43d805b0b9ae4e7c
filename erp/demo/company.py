"""Who plays the year, with what, and what has come of it so far."""

import random
from collections import Counter
from collections.abc import Mapping

from customers.models import Customer
from erp.kernel.models import User
from receivables.models import BankAccount
from sales.values import SalesValues

DEFAULTS = (
    "bill_to_customer",
    "currency",
    "customer_posting_group",
    "gen_bus_posting_group",
    "payment_method",
    "payment_terms",
    "salesperson",
    "shipment_method",
    "shipping_agent",
    "shipping_agent_service",
    "vat_bus_posting_group",
)


class Company:
    """The people and the masters, the set-up by currency, and a count of what was done by kind."""

    def __init__(self, people: Mapping[str, User], *, seed: int):
        self.clerk, self.warehouse = people["CLERK"], people["WAREHOUSE"]
        self.accountant, self.manager = people["ACCOUNTANT"], people["SALES-MANAGER"]
        cards = Customer.objects.select_related(*DEFAULTS)
        self.customers = {card.number: card for card in cards.prefetch_related("ship_to_addresses")}
        accounts = BankAccount.objects.select_related("posting_group", "currency")
        self.bank_accounts = {
            account.currency.code if account.currency else "": account for account in accounts
        }
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._values: dict[str, SalesValues] = {}

    def values(self, currency_code: str) -> SalesValues:
        """The set-up for papers in a currency, read once: it does not change while the year is played."""
        if currency_code not in self._values:
            self._values[currency_code] = SalesValues.load(currency_code)
        return self._values[currency_code]

    def bank_account(self, currency_code: str) -> BankAccount:
        """Where money of a currency comes in: an account of its own, or the one in local currency."""
        return self.bank_accounts.get(currency_code, self.bank_accounts[""])
