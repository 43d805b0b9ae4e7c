"""What a token may be given: scopes, by the part of the API that they open.

A scope never grants a right: it narrows what a token may do of the things its user may do. The names and the idea are
those of api-v2.md section 2: `sales.orders.read`, `.write`, `.post` by resource, and the two of Business Central that
open everything.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

READ, WRITE, POST = "read", "write", "post"
VERBS = {READ: _("Read"), WRITE: _("Write"), POST: _("Post")}
EVERYTHING, AUTOMATION = "API.ReadWrite.All", "Automation.ReadWrite.All"


@dataclass(frozen=True)
class Resource:
    """A part of the API with a name for people.

    sentences  by verb, what the scope allows; by "" where the stem itself is the scope
    """

    stem: str
    name: str
    sentences: Mapping[str, str]

    @property
    def scopes(self) -> dict[str, str]:
        """Every scope of it with its sentence."""
        return {f"{self.stem}.{verb}".rstrip("."): text for verb, text in self.sentences.items()}


RESOURCES = (
    Resource(
        "sales.quotes",
        _("Sales quotes"),
        {
            READ: _("Read sales quotes"),
            WRITE: _("Write, change and delete sales quotes"),
            POST: _("Send sales quotes and make orders and invoices of them"),
        },
    ),
    Resource(
        "sales.orders",
        _("Sales orders"),
        {
            READ: _("Read sales orders"),
            WRITE: _("Write, change and delete sales orders"),
            POST: _("Release, ship and invoice sales orders"),
        },
    ),
    Resource(
        "sales.invoices",
        _("Sales invoices"),
        {
            READ: _("Read sales invoices, drafts and posted ones"),
            WRITE: _("Write, change and delete draft invoices"),
            POST: _("Post, send and cancel sales invoices"),
        },
    ),
    Resource(
        "sales.creditMemos",
        _("Sales credit memos"),
        {
            READ: _("Read sales credit memos, drafts and posted ones"),
            WRITE: _("Write, change and delete draft credit memos"),
            POST: _("Post, send and cancel sales credit memos"),
        },
    ),
    Resource(
        "sales.returnOrders",
        _("Sales return orders"),
        {
            READ: _("Read sales return orders and return receipts"),
            WRITE: _("Write, change and delete sales return orders"),
            POST: _("Release and post sales return orders"),
        },
    ),
    Resource(
        "sales.blanketOrders",
        _("Blanket sales orders"),
        {
            READ: _("Read blanket sales orders"),
            WRITE: _("Write, change and delete blanket sales orders"),
            POST: _("Release blanket sales orders and make orders of them"),
        },
    ),
    Resource(
        "sales.shipments",
        _("Sales shipments"),
        {READ: _("Read sales shipments"), POST: _("Undo sales shipments")},
    ),
    Resource(
        "customers",
        _("Customers"),
        {READ: _("Read customers and contacts"), WRITE: _("Write, change and delete customers and contacts")},
    ),
    Resource(
        "items",
        _("Items"),
        {READ: _("Read items, prices and stock"), WRITE: _("Write, change and delete items and prices")},
    ),
    Resource("inventory.adjust", _("Stock"), {"": _("Change the stock of items")}),
    Resource(
        "finance",
        _("Finance"),
        {
            READ: _("Read accounts, journals, ledgers and statements"),
            WRITE: _("Write, change and delete journal lines"),
            POST: _("Post journals"),
        },
    ),
    Resource(
        "payments",
        _("Payments"),
        {
            READ: _("Read customer payments"),
            WRITE: _("Write, change and delete customer payments"),
            POST: _("Post and apply customer payments"),
        },
    ),
    Resource(
        "setup",
        _("Set-up tables"),
        {
            READ: _("Read currencies, terms, units and other set-up tables"),
            WRITE: _("Change currencies, terms, units and other set-up tables"),
        },
    ),
    Resource(
        "approvals",
        _("Approvals"),
        {
            READ: _("Read approvals and workflows"),
            WRITE: _("Write comments, and set up approvers and workflows"),
            POST: _("Ask for approval, approve, reject and delegate"),
        },
    ),
    Resource(
        "webhooks",
        _("Webhooks"),
        {READ: _("Read subscriptions to changes"), WRITE: _("Subscribe to changes, and end subscriptions")},
    ),
    Resource(
        "automation",
        _("Automation"),
        {
            READ: _("Read companies, users and scheduled jobs"),
            WRITE: _("Change and start scheduled jobs"),
        },
    ),
    Resource(EVERYTHING, _("Everything"), {"": _("Do everything that the user may do, but for automation")}),
    Resource(AUTOMATION, _("All of automation"), {"": _("Do everything of automation that the user may do")}),
)
SCOPES: dict[str, str] = {
    name: text for resource in RESOURCES for name, text in resource.scopes.items()
}  # by name, as the token page and the page of consent say them


def scope_for(wanted: str) -> str:
    """The scope that a thing to be done takes: where a part of the API has nothing to post, its actions are writing."""
    stem, _dot, verb = wanted.rpartition(".")
    written = f"{stem}.{WRITE}"
    return written if verb == POST and wanted not in SCOPES and written in SCOPES else wanted


def allows(scopes: Collection[str], wanted: str) -> bool:
    """Whether one who holds these scopes may do what takes the wanted one.

    The scope itself; `.write` and `.post` include `.read` of the same stem, but neither includes the other.
    `API.ReadWrite.All` includes all but automation, so `inventory.adjust` too; `Automation.ReadWrite.All` automation.
    """
    wanted = scope_for(wanted)
    if wanted in scopes:
        return True
    stem, _dot, verb = wanted.rpartition(".")
    if verb == READ and (f"{stem}.{WRITE}" in scopes or f"{stem}.{POST}" in scopes):
        return True
    if wanted in (EVERYTHING, AUTOMATION):
        return False
    return (AUTOMATION if stem == "automation" else EVERYTHING) in scopes


def within(scopes: Iterable[str], granted: Collection[str]) -> list[str]:
    """Those of the scopes that the granted ones allow, in their order."""
    return [scope for scope in scopes if allows(granted, scope)]


def unknown(scopes: Iterable[str]) -> list[str]:
    """Names that are no scope of ours, in their order."""
    return [scope for scope in scopes if scope not in SCOPES]
