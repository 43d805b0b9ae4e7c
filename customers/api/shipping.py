"""Carriers and what they offer. v2.0 has neither."""

from typing import Any

from customers.models import ShippingAgent, ShippingAgentService
from erp.kernel.models import BaseCalendar
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, Many, One
from erp.kernel.odata.properties import Code, Formula, Guid, Moment, Text
from erp.kernel.odata.writing import keep


class ShippingAgents(EntitySet):
    """Carriers."""

    name, entity, model = "shippingAgents", "shippingAgent", ShippingAgent
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ShippingAgent, read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "name", length=50),
        Text("trackingUrl", "tracking_url", length=200, about="%1 stands for the number of the parcel."),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )
    navigation = (
        Many(
            "shippingAgentServices",
            to="shippingAgentServices",
            by="shippingAgentId",
            inside=("agent", "pk"),
        ),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one; a carrier without a name is called by its code."""
        given["name"] = given.get("name") or given["code"]
        return super().create(asking, given)


class ShippingAgentServices(EntitySet):
    """What a carrier offers, and how long it takes."""

    name, entity, model = "shippingAgentServices", "shippingAgentService", ShippingAgentService
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ShippingAgentService, read_only=True),
        Guid("shippingAgentId", key="agent_id", of=ShippingAgent, to="agent", required=True),
        Code("shippingAgentCode", "agent__code", length=10, of=ShippingAgent, by="code", to="agent"),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Formula("shippingTime", "shipping_time"),
        Code("baseCalendarCode", "base_calendar__code", length=10, of=BaseCalendar, by="code", to="base_calendar",
             nullable=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )  # fmt: skip
    navigation = (One("shippingAgent", to="shippingAgents", key="shippingAgentId", path="agent"),)

    def change(self, asking: Asking, record: ShippingAgentService, given: dict[str, Any]) -> None:
        """Everything but whose service it is."""
        keep(self, record, given, "agent")
        super().change(asking, record, given)
