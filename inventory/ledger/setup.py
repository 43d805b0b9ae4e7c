"""The room's set-up as one value, read once per routine (or once per import)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from inventory.models import InventoryPostingSetup, InventorySetup, Location, Policy
from posting.setup_values import PostingSetup

POSTING_SETUP = "admin:inventory_inventorypostingsetup_changelist"


@dataclass(frozen=True, slots=True)
class StockSetup:
    """Stock rules, locations, inventory accounts by (location, inventory posting group), and posting's own set-up."""

    rules: InventorySetup
    posting: PostingSetup = field(default_factory=PostingSetup)
    in_transit: Mapping[str, bool] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], Mapping[str, int | None]] = field(default_factory=dict)

    @classmethod
    def load(cls, *, posting: PostingSetup | None = None) -> "StockSetup":
        """Read it all: three queries, and four for posting's set-up unless it is given."""
        columns = ("inventory_account_id", "inventory_interim_account_id")
        rows = InventoryPostingSetup.objects.order_by().values_list(
            "location__code", "inventory_posting_group__code", *columns
        )
        return cls(
            rules=InventorySetup.objects.filter(pk=1).first() or InventorySetup(pk=1),
            posting=posting or PostingSetup.load(),
            in_transit=dict(Location.objects.order_by().values_list("code", "use_as_in_transit")),
            accounts={
                (location or "", group): {"inventory_account": stock, "inventory_interim_account": interim}
                for location, group, stock, interim in rows
            },
        )

    @property
    def adjusts_always(self) -> bool:
        """Costs are adjusted within each posting, and not by the routine alone."""
        return self.rules.automatic_cost_adjustment == InventorySetup.AdjustCost.ALWAYS

    @property
    def pool_is_item(self) -> bool:
        return self.rules.average_cost_pool == InventorySetup.AveragePool.ITEM

    @property
    def first_open_date(self) -> date | None:
        """Adjustments of entries before this date are posted on it."""
        return self.posting.gl.allow_posting_from

    def decide(self, policy: str, default: bool) -> bool:
        """A switch on the card that may leave the decision to the set-up."""
        return default if policy == Policy.DEFAULT else policy == Policy.YES

    def vat_percent(self, bus: str, prod: str) -> Decimal:
        """The VAT contained in a price; zero where the pair is not set up."""
        row = self.posting.vat_rows.get((bus, prod))
        return row.percent if row else ZERO

    def inventory_account(
        self, location: str, group: str, name: str, *, problems: list[Problem], line_no: int | None = None
    ) -> int | None:
        """An account of the inventory posting setup; None and E-POSTING-SETUP where there is none."""
        row = self.accounts.get((location, group))
        account_id = row.get(name) if row else None
        if account_id is None:
            label = str(InventoryPostingSetup._meta.get_field(name).verbose_name)
            message = _("Inventory posting setup {location} × {group} has no {field}.").format(
                location=location or "–", group=group or "–", field=label
            )
            problems.append(Problem("E-POSTING-SETUP", message, line_no, name, POSTING_SETUP))
        return account_id
