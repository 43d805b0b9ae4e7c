"""The set-up that a sales routine needs, read once and passed down as a value."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from customers.models import CustomerPostingGroup, PaymentMethod
from erp.kernel.setup_stamp import kept
from inventory.ledger import StockSetup
from posting.journal import load_chart
from posting.models import Currency, GLAccount
from posting.plans.check import AccountFacts
from posting.setup_values import PostingSetup
from receivables.ledger import Rules, load_rules
from sales.models import ReturnReason, SalesDocument, SalesSetup
from sales.plans.line import LineRules
from sales.plans.totals import TotalRules


@dataclass(frozen=True)
class SalesValues:
    """Sales set-up, posting set-up and the document's currency (None: local currency)."""

    sales: SalesSetup
    posting: PostingSetup
    currency: Currency | None = None

    @classmethod
    def load(cls, currency_code: str = "") -> "SalesValues":
        """A handful of queries, whatever is posted afterwards."""
        currency = Currency.objects.get(code=currency_code) if currency_code else None
        return cls(SalesSetup.objects.get(), PostingSetup.load(), currency)

    @classmethod
    def kept(cls, currency_code: str) -> "SalesValues":
        """The same, read once per change of the set-up: complete, shared, for nobody to change. One statement."""
        return kept((cls, currency_code), lambda: cls.load(currency_code)._complete())

    @classmethod
    def fit(cls, currency_code: str, given: "SalesValues | None") -> "SalesValues":
        """Those given where they are for this currency, else those that are kept."""
        if given is not None and given.currency_code == currency_code:
            return given
        return cls.kept(currency_code)

    def _complete(self) -> "SalesValues":
        """With everything that is read when it is first asked for: later it might be another transaction's."""
        for name, member in vars(type(self)).items():
            if isinstance(member, cached_property):
                getattr(self, name)
        return self

    @property
    def currency_code(self) -> str:
        """Blank for local currency."""
        return self.currency.code if self.currency else ""

    @cached_property
    def rounding(self):
        """Whoever says how amounts are rounded: the currency, or the company for local currency."""
        return self.currency or self.posting.gl

    @cached_property
    def stock(self) -> StockSetup:
        """What the item ledger needs of the set-up, read when the first goods move."""
        return StockSetup.load(posting=self.posting)

    @cached_property
    def customer_groups(self) -> dict[str, CustomerPostingGroup]:
        """Customer posting groups by code, with the accounts that invoice rounding takes."""
        rows = CustomerPostingGroup.objects.select_related(
            "invoice_rounding_account__gen_prod_posting_group",
            "invoice_rounding_account__vat_prod_posting_group",
        )
        return {group.code: group for group in rows}

    @cached_property
    def revenue_accounts(self) -> dict[int, tuple[str, str]]:
        """Number and name of every account that the general posting set-up names for sales. One query."""
        rows = self.posting.general_rows.values()
        names = ("sales_account", "sales_credit_memo_account")
        wanted = {row.accounts.get(name) for row in rows for name in names}
        found = GLAccount.objects.filter(pk__in=wanted).order_by().values_list("id", "number", "name")
        return {id: (number, name) for id, number, name in found}

    @cached_property
    def chart(self) -> dict[int, AccountFacts]:
        """What the books check of every account. One query."""
        return load_chart()

    @cached_property
    def payment_methods(self) -> dict[str, PaymentMethod]:
        """Payment methods by code. One query."""
        return {method.code: method for method in PaymentMethod.objects.all()}

    @cached_property
    def settling(self) -> Rules:
        """What the set-up says about applying entries, read when the first invoice is posted."""
        return load_rules(self.posting)

    @cached_property
    def worthless_reasons(self) -> frozenset[str]:
        """Return reasons of goods that come back without value, read when the first such goods come."""
        worthless = ReturnReason.objects.filter(inventory_value_zero=True)
        return frozenset(worthless.values_list("code", flat=True))

    @property
    def precision(self) -> Decimal:
        return self.rounding.amount_rounding_precision

    @property
    def unit_precision(self) -> Decimal:
        return self.rounding.unit_amount_rounding_precision

    def line_rules(self, document: SalesDocument) -> LineRules:
        return LineRules(
            traits=document.traits,
            amount_precision=self.precision,
            unit_precision=self.unit_precision,
            ships_by_default=(
                self.sales.default_quantity_to_ship == SalesSetup.DefaultQuantityToShip.REMAINDER
            ),
            one_by_default=self.sales.default_item_quantity,
            one_account_by_default=self.sales.default_gl_account_quantity,
        )

    def total_rules(self, document: SalesDocument) -> TotalRules:
        return TotalRules(
            prices_including_vat=document.prices_including_vat,
            vat_base_discount=document.vat_base_discount_percent,
            precision=self.precision,
            vat_direction=self.rounding.vat_rounding_type,
        )
