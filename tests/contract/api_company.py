"""A company that has a record of as many kinds as stories can make, and what an integrator knows of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import requests
from django.utils import timezone

import erp.urls  # noqa: F401 (it has the sets declared)
from erp.kernel.access_tokens import issue
from erp.kernel.api.json import dumps
from erp.kernel.api.scopes import AUTOMATION, EVERYTHING
from erp.kernel.odata.asking import has_uuid
from erp.kernel.odata.entity import EntitySet, entity_set, entity_sets
from erp.kernel.odata.examples import example
from erp.kernel.odata.properties import Dec, Guid, Property
from erp.kernel.odata.rowid import row_id
from posting.models import GeneralLedgerSetup
from tests.world import World

FEW = 3
PREFERENCES = ["odata.maxpagesize=2", "return=minimal", "return=representation", "respond-async"]


def furnish(world: World) -> None:
    """Documents in every state: quotes, orders in part shipped, drafts and posted ones, a payment."""
    adatum, terra = world.customer("Adatum"), world.customer("Terra")
    bicycle = world.item("BICYCLE", stock=100, cost=250, price=400, units={"BOX": 12})
    world.location("OSLO")
    world.resource()
    for quantity in range(1, FEW + 2):
        world.quote(terra).sells(quantity, bicycle, at=Decimal(400))
        world.order(adatum).sells(quantity, bicycle, at=Decimal(400)).says("Thank you.")
    world.order(adatum).sells(3, bicycle, at=Decimal(400)).release()
    order = world.order(adatum).sells(5, bicycle, at=Decimal(400)).release()
    order.ship(2)
    order.invoice()
    world.sales_invoice(adatum).sells(1, bicycle, at=Decimal(400))
    world.sales_invoice(adatum).sells(1, bicycle, at=Decimal(400)).post()
    world.credit_memo(adatum).sells(1, bicycle, at=Decimal(400))
    world.credit_memo(adatum).sells(1, bicycle, at=Decimal(400)).post()
    world.return_order(adatum).sells(1, bicycle, at=Decimal(400))
    world.blanket_order(adatum).sells(50, bicycle, at=Decimal(380))
    world.pay(adatum, 500)


@dataclass
class Caller:
    """An integrator with a token, at a running server."""

    server: str
    token: str
    company: str
    known: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, server: str) -> "Caller":
        """The one who may do everything."""
        now = timezone.now()
        _row, text = issue(
            user=world.by,
            name="contract",
            scopes=[EVERYTHING, AUTOMATION],
            expires_at=now + timedelta(days=1),
            at=now,
        )
        return cls(server, text, str(GeneralLedgerSetup.objects.get().uuid))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **wishes: Any) -> requests.Response:
        """An address below the company."""
        address = f"{self.server}/api/v2.0/companies({self.company})/{path}"
        return requests.get(address, headers=self.headers, timeout=60, **wishes)

    def make_examples(self) -> None:
        """One of each kind that can be made as the description's example says."""
        for entities in entity_sets():
            if "POST" in entities.verbs:
                self.post(entities.name, self.true(entities, example(entities, "create")))

    def true(self, entities: EntitySet, body: dict[str, Any]) -> dict[str, Any]:
        """An example, with records of this company where it names some."""
        found = dict(body)
        for name, value in body.items():
            each, way = entities.property(name), entities.way(name)
            if way is not None:
                found[name] = [self.true(entity_set(way.to), part) for part in value]
            elif each is not None and each.of is not None and (values := self.values(each)):
                found[name] = value if value in values else values[0]
        return found

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        """Make something below the company."""
        headers = self.headers | {"Content-Type": "application/json"}
        address = f"{self.server}/api/v2.0/companies({self.company})/{path}"
        return requests.post(address, data=dumps(body).encode(), headers=headers, timeout=60)

    # What is there ------------------------------------------------------------------------------------------------
    def keys(self, entities: EntitySet) -> list[str]:
        """Identifiers of some entities of a set; through their parents where they are read so only."""
        if entities.name not in self.known:
            self.known[entities.name] = []
            found = [*self._listed(entities, entities.name)]
            for parent in entity_sets() if not found else ():
                for way in parent.navigation:
                    if way.to == entities.name and way.many:
                        for key in self.keys(parent)[:FEW]:
                            found += self._listed(entities, f"{parent.name}({key})/{way.name}")
            self.known[entities.name] = list(dict.fromkeys(found))[:FEW]
        return self.known[entities.name]

    def _listed(self, entities: EntitySet, path: str) -> Iterator[str]:
        answer = self.get(path, params={"$top": FEW})
        if answer.status_code == 200:
            yield from (row[entities.key] for row in answer.json().get("value", []))

    def values(self, each: Property) -> list[str]:
        """What a property that names rows of another table can say."""
        rows = each.of._default_manager.order_by("pk")[: 10 * FEW]
        if not isinstance(each, Guid):
            return [str(value) for value in rows.values_list(each.by or "code", flat=True)]
        if has_uuid(each.of):
            return [str(value) for value in rows.values_list("uuid", flat=True)]
        return [str(row_id(each.of._meta.label_lower, row.pk)) for row in rows]

    # The document, as this caller would fill it in ----------------------------------------------------------------
    def filled_in(self, document: dict[str, Any]) -> dict[str, Any]:
        """The same document, with identifiers that exist, and etags that fit."""
        document["components"]["parameters"]["companyId"]["schema"] = {"enum": [self.company]}
        document["components"]["parameters"]["ifMatch"]["schema"] = {"enum": ["*", 'W/"stale"']}
        document["components"]["parameters"]["ifMatchOptional"]["schema"] = {"enum": ["*"]}
        document["components"]["parameters"]["prefer"]["schema"] = {"enum": PREFERENCES}
        keys = {f"{each.entity}Id": self.keys(each) for each in entity_sets()}
        for item in document["paths"].values():
            for operation in item.values():
                for parameter in operation.get("parameters", ()):
                    if keys.get(parameter.get("name")):
                        parameter["schema"] = {"enum": keys[parameter["name"]]}
        for entities in entity_sets():
            for use in ("Create", "Update"):
                written = document["components"]["schemas"].get(f"{entities.entity}{use}", {"properties": {}})
                for each in entities.properties:
                    if each.name not in written["properties"]:
                        continue
                    if each.of is not None and (values := self.values(each)):
                        written["properties"][each.name] = {"enum": values[:FEW]}
                    elif isinstance(each, Dec):  # most of what is made has more decimals than any amount
                        some = {"anyOf": [{"enum": [1, 2.5, 0, -1]}, written["properties"][each.name]]}
                        written["properties"][each.name] = some
        return document


__all__ = ["Caller", "furnish"]
