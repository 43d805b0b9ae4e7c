"""What can be followed from outside: the sets that the change feed knows, and how their addresses are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.feed import Change
from erp.kernel.models import User
from erp.kernel.odata.rowid import pk_of, row_id
from posting.models import GeneralLedgerSetup

API = "api/v2.0"
_ADDRESS = re.compile(
    r"/?api/v2\.0/(?:companies\((?P<company>[0-9a-fA-F-]{36})\)/)?(?P<set>[A-Za-z]+)(?:\((?P<key>[0-9a-fA-F-]{36})\))?/?"
)


@dataclass(frozen=True)
class Followed:
    """A set that can be followed.

    entity       its name
    permissions  one of them is needed to read it (drafts and posted papers are one set); none: everybody may
    label        the table, where rows are known by the keys of their rows; else blank
    is_classic   v2.0 knows it; the others are for subscriptions of the format v2
    is_whole     single records are not told of, only that there are new ones
    """

    entity: str
    permissions: tuple[str, ...]
    label: str = ""
    is_classic: bool = True
    is_whole: bool = False

    def may_read(self, user: User) -> bool:
        """Whether this user may still read the set."""
        return user.is_active and (not self.permissions or any(map(user.has_perm, self.permissions)))

    def id_of(self, change: Change) -> UUID | None:
        """The identifier under which the API shows the record."""
        return self.id_from(change.key, change.row_id)

    def id_from(self, key: UUID | None, row: int | None) -> UUID | None:
        if key is None and row is not None and self.label:
            return row_id(self.label, row)
        return key


@dataclass(frozen=True)
class Resource:
    """A resource as it was subscribed to: a set, or one record of it."""

    followed: Followed
    company: UUID
    id: UUID | None = None

    @property
    def row_id(self) -> int | None:
        return pk_of(self.followed.label, self.id) if self.id and self.followed.label else None

    @property
    def key(self) -> UUID | None:
        return None if self.followed.label else self.id

    def __str__(self) -> str:
        return address(self.company, self.followed.entity, self.id)


_DOCUMENT = ("sales.view_salesdocument",)
FOLLOWED: Mapping[str, Followed] = {
    each.entity: each
    for each in (
        Followed("accounts", ("posting.view_glaccount",)),
        Followed("companyInformation", ()),
        Followed("countriesRegions", ("posting.view_country",)),
        Followed("currencies", ("posting.view_currency",)),
        Followed("customerPaymentJournals", ("receivables.view_journalbatch",), "receivables.journalbatch"),
        Followed("customers", ("customers.view_customer",)),
        Followed("generalLedgerEntries", ("posting.view_glentry",), is_whole=True),
        Followed("itemCategories", ("inventory.view_itemcategory",), "inventory.itemcategory"),
        Followed("items", ("inventory.view_item",)),
        Followed("journals", ("receivables.view_journalbatch",), "receivables.journalbatch"),
        Followed("paymentMethods", ("customers.view_paymentmethod",)),
        Followed("paymentTerms", ("customers.view_paymentterms",)),
        Followed("salesCreditMemos", (*_DOCUMENT, "sales.view_salescreditmemo")),
        Followed("salesInvoices", (*_DOCUMENT, "sales.view_salesinvoice")),
        Followed("salesOrders", _DOCUMENT),
        Followed("salesQuotes", _DOCUMENT),
        Followed("shipmentMethods", ("customers.view_shipmentmethod",)),
        Followed("unitsOfMeasure", ("inventory.view_unitofmeasure",)),
        Followed(
            "approvalEntries", ("approvals.view_approvalentry",), "approvals.approvalentry", is_classic=False
        ),
        Followed("blanketSalesOrders", _DOCUMENT, is_classic=False),
        Followed(
            "customerLedgerEntries",
            ("receivables.view_customerledgerentry",),
            "receivables.customerledgerentry",
            is_classic=False,
        ),
        Followed("returnReceipts", ("sales.view_returnreceipt",), is_classic=False),
        Followed("salesReturnOrders", _DOCUMENT, is_classic=False),
        Followed("salesShipments", ("sales.view_salesshipment",), is_classic=False),
    )
}


def company_id() -> UUID:
    """The identifier of the company of this database."""
    return GeneralLedgerSetup.objects.values_list("uuid", flat=True).get()


def address(company: UUID, entity: str, id: UUID | None = None) -> str:
    """A resource as notices write it: api/v2.0/companies(…)/salesOrders(…)."""
    return f"{API}/companies({company})/{entity}" + (f"({id})" if id else "")


def readable_by(user: User) -> list[str]:
    """The sets that this user may read, by name."""
    return [name for name, followed in FOLLOWED.items() if followed.may_read(user)]


def read_resource(text: str, *, is_v2: bool) -> Resource:
    """Understand what somebody wants to follow; with or without the host, with or without the company.

    raises  ProblemsFound: E-WH-RESOURCE
    """
    parts = urlsplit(text.strip())
    found = None if parts.query or parts.fragment else _ADDRESS.fullmatch(parts.path)
    if found is None:
        raise _refused(
            _("“{resource}” is no resource: name a set or one of its records, without options.").format(
                resource=text
            )
        )
    followed = FOLLOWED.get(found["set"])
    if followed is None or not (followed.is_classic or is_v2):
        raise _refused(_not_followed(found["set"], followed))
    company = company_id()
    if found["company"] and _uuid(found["company"]) != company:
        raise _refused(_("There is no company {id} here.").format(id=found["company"]))
    id = _uuid(found["key"]) if found["key"] else None
    resource = Resource(followed, company, id)
    is_unknown = found["key"] and (
        id is None or followed.is_whole or (followed.label and resource.row_id is None)
    )
    if is_unknown:
        raise _refused(_("{set} has no record {id}.").format(set=followed.entity, id=found["key"]))
    return resource


def _not_followed(name: str, followed: Followed | None) -> str:
    if followed is None:
        known = ", ".join(sorted(FOLLOWED))
        return _("{set} cannot be followed. These can: {known}.").format(set=name, known=known)
    return _("{set} can be followed with the notification format v2 only.").format(set=name)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _refused(message: str) -> ProblemsFound:
    return ProblemsFound([Problem("E-WH-RESOURCE", message, field="resource")])
