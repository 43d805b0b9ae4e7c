"""Groups by which sales are taxed and posted. Where there is VAT, a tax group is what is sold, a tax area who buys."""

from django.db.models import CharField, Value

from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.properties import Choice, Code, Guid, Moment, Text
from posting.models import GeneralProductGroup, VATBusinessGroup, VATProductGroup

TAX_TYPE = {"sales_tax": "Sales Tax", "vat": "VAT"}


def tax_properties(model: type) -> tuple:
    """The properties that tax groups and tax areas have alike."""
    return (
        Guid("id", key="pk", of=model, read_only=True),
        Code("code", "code", length=20, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Choice("taxType", Value("vat", CharField()), values=TAX_TYPE, type="TaxType", read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class TaxGroups(EntitySet):
    """VAT product posting groups: how what is sold is taxed."""

    name, entity, model = "taxGroups", "taxGroup", VATProductGroup
    verbs = ALL
    properties = tax_properties(VATProductGroup)


class TaxAreas(EntitySet):
    """VAT business posting groups: how who buys is taxed."""

    name, entity, model = "taxAreas", "taxArea", VATBusinessGroup
    verbs = ALL
    properties = tax_properties(VATBusinessGroup)


class GeneralProductPostingGroups(EntitySet):
    """Which sales and purchase accounts what is sold reaches."""

    name, entity, model = "generalProductPostingGroups", "generalProductPostingGroup", GeneralProductGroup
    properties = (
        Guid("id", key="pk", of=GeneralProductGroup, read_only=True),
        Code("code", "code", length=20, read_only=True, sortable=True),
        Text("description", "description", length=100, read_only=True),
        Code("defaultVATProductPostingGroup", "default_vat_prod_posting_group__code", length=20, read_only=True,
             nullable=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )  # fmt: skip
