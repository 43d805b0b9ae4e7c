"""Reasons: why something came back, was lost, or done otherwise than usual."""

from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.properties import Bool, Code, Guid, Moment, Text
from inventory.models import Location
from sales.models import ReasonCode, ReturnReason


class CustomerReturnReasons(EntitySet):
    """Reason codes, under the name that v2.0 has for them; not the return reasons of return orders."""

    name, entity, model = "customerReturnReasons", "customerReturnReason", ReasonCode
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ReasonCode, read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("description", "description", length=100),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class ReasonCodes(EntitySet):
    """Why something was done that asks for a reason: a quote lost, a document posted by way of exception."""

    name, entity, model = "reasonCodes", "reasonCode", ReasonCode
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ReasonCode, read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class ReturnReasons(EntitySet):
    """Why goods come back, where they go, and whether they are worth anything."""

    name, entity, model = "returnReasons", "returnReason", ReturnReason
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ReturnReason, read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Code("defaultLocationCode", "default_location_code", length=10, of=Location, by="code", gives="code"),
        Bool("inventoryValueZero", "inventory_value_zero"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )
