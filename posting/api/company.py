"""The company: one to a database (ADR 0009)."""

from django.db.models import CharField, Q, Value

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, Source
from erp.kernel.odata.properties import Guid, Int, Moment, Text
from posting.models import GeneralLedgerSetup


class Companies(EntitySet):
    """The companies that the caller may enter; the name may stand for the identifier."""

    name, entity, model = "companies", "company", GeneralLedgerSetup
    without_company = named = True
    permissions = {"GET": ()}
    properties = (
        Guid("id", "uuid", read_only=True),
        Text("systemVersion", lambda _asking: Value("", CharField()), read_only=True, filterable=False),
        Int("timestamp", read_only=True),
        Text("name", "company_name", length=30, read_only=True),
        Text("displayName", "company_name", read_only=True),
        Text("businessProfileId", lambda _asking: Value("", CharField()), read_only=True, filterable=False),
        Moment("systemCreatedAt", read_only=True),
        Guid("systemCreatedBy", read_only=True),
        Moment("systemModifiedAt", "modified_at", read_only=True),
        Guid("systemModifiedBy", read_only=True),
    )

    def where_key(self, asking: Asking, source: Source, id) -> Q:
        """By identifier, or by name."""
        from uuid import UUID

        try:
            return Q(uuid=UUID(str(id)))
        except ValueError:
            return Q(company_name=str(id))
