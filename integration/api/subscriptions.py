"""Webhook subscriptions: one's own, at an address without a company (source: api-v2, section 12)."""

from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.api.scopes import allows
from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.models import User
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, RowVersion, entity_set
from erp.kernel.odata.errors import denied
from erp.kernel.odata.properties import Choice, Guid, Int, Moment, Text
from integration.models import Subscription
from integration.webhooks.resources import read_resource
from integration.webhooks.subscribe import end, renew, subscribe

Format = Subscription.Format
SECRET = "X-Handel-Webhook-Secret"


class Subscriptions(EntitySet):
    """Who is told of changes, and where. A caller sees and manages their own.

    POST asks the receiver for the validation token before it answers; PATCH does so again, and gives the subscription
    its whole life once more. The secret that signs notices of the format v2 stands in the header
    X-Handel-Webhook-Secret of the answer to POST, and nowhere else.
    """

    name, entity, model = "subscriptions", "subscription", Subscription
    is_extension = without_company = True  # Business Central lists it apart from v2.0
    verbs = ALL
    scope = "webhooks"
    permissions = {"GET": (), "POST": (), "PATCH": (), "DELETE": ()}
    key = "subscriptionId"
    unique = ("subscriptionId",)
    properties = (
        Text("subscriptionId", "subscription_id", length=150, read_only=True, sortable=True),
        Text("notificationUrl", "notification_url", length=2048, required=True, to="notification_url"),
        Text("resource", "resource", length=250, required=True),
        Int("timestamp", RowVersion(), read_only=True),
        Guid("userId", key="user_id", of=User, read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
        Text("clientState", "client_state", length=2048, to="client_state"),
        Moment("expirationDateTime", "expires_at", read_only=True),
        Moment("systemCreatedAt", "created_at", read_only=True),
        Guid("systemCreatedBy", key="user_id", of=User, read_only=True),
        Moment("systemModifiedAt", "modified_at", read_only=True),
        Guid("systemModifiedBy", key="user_id", of=User, read_only=True),
        Choice(
            "notificationFormat",
            "notification_format",
            values={Format.CLASSIC.value: "classic", Format.V2.value: "v2"},
            to="notification_format",
            extension=True,
        ),
    )

    def rows(self, asking: Asking):
        return (
            Subscription.objects.active().filter(user_id=asking.user.pk, expires_at__gt=asking.at).order_by()
        )

    def create(self, asking: Asking, given: dict[str, Any]) -> str:
        format = given.get("notification_format") or Format.CLASSIC
        _check_scope(asking, given["resource"], is_v2=format == Format.V2)
        made = subscribe(
            resource=given["resource"],
            notification_url=given["notification_url"],
            client_state=given.get("client_state", ""),
            notification_format=format,
            by=asking.user,
            at=asking.at,
        )
        if made.is_v2:
            asking.headers[SECRET] = made.secret
        return made.subscription_id

    def change(self, asking: Asking, record: Subscription, given: dict[str, Any]) -> None:
        for name, outside in (("resource", "resource"), ("notification_format", "notificationFormat")):
            if name == "resource" and name in given:
                is_same = (
                    str(read_resource(given[name], is_v2=record.is_v2)).casefold()
                    == record.resource.casefold()
                )
            else:
                is_same = given.get(name, getattr(record, name)) == getattr(record, name)
            if not is_same:
                message = _("{property} of a subscription stays; make a new one.").format(property=outside)
                raise ProblemsFound([Problem("E-WH-STAYS", message, field=name)])
        renew(
            record,
            at=asking.at,
            notification_url=given.get("notification_url"),
            client_state=given.get("client_state"),
        )

    def remove(self, asking: Asking, record: Subscription) -> None:
        end(record, at=asking.at)


def _check_scope(asking: Asking, resource: str, *, is_v2: bool) -> None:
    """A token that may not read a set does not hear of it either."""
    entities = entity_set(read_resource(resource, is_v2=is_v2).followed.entity)
    if asking.scopes is None or entities is None:
        return
    wanted = f"{entities.scope}.read"
    if not allows(asking.scopes, wanted):
        raise denied(_("The token lacks the scope {scope}.").format(scope=wanted))
