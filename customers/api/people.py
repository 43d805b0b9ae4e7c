"""Who sells."""

from typing import Any

from customers.models import Salesperson
from customers.validations import check_phone
from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.properties import Bool, Code, Dec, Guid, Moment, Text


class SalespeoplePurchasers(EntitySet):
    """Salespeople; a blocked one gets no new customers. (`commisionPercent` is spelled as v2.0 has it.)"""

    name, entity, model = "salespeoplePurchasers", "salespersonPurchaser", Salesperson
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=Salesperson, read_only=True),
        Code("code", "code", length=20, required=True, sortable=True),
        Text("displayName", "name", length=50),
        Text("email", "email", length=80),
        Text("email2", length=80, absent=True),
        Text("phoneNo", "phone_no", length=30),
        Text("jobTitle", length=30, absent=True),
        Dec("commisionPercent", "commission_percent"),
        Bool("privacyBlocked", absent=True),
        Bool("blocked", "blocked"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one; a salesperson without a name is called by the code."""
        raise_problems(self.entity, check_phone(given.get("phone_no", "")))
        given["name"] = given.get("name") or given["code"]
        return super().create(asking, given)

    def change(self, asking: Asking, record: Salesperson, given: dict[str, Any]) -> None:
        raise_problems(record, check_phone(given.get("phone_no", "")))
        super().change(asking, record, given)
