"""The company as its papers show it."""

from datetime import date

from django.db.models import DateField, Max, Subquery, Value
from django.db.models.functions import Coalesce

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.properties import Code, Day, Guid, Moment, Stream, Text
from posting.api.codes import country_code
from posting.models import AccountingPeriod, GeneralLedgerSetup


def fiscal_year(asking: Asking) -> Coalesce:
    """The first day of the fiscal year; of the calendar year where no period says otherwise."""
    years = AccountingPeriod.objects.filter(new_fiscal_year=True, starting_date__lte=asking.on)
    last = years.order_by().values("new_fiscal_year").annotate(last=Max("starting_date")).values("last")
    return Coalesce(Subquery(last), Value(date(asking.on.year, 1, 1), DateField()))


class CompanyInformation(EntitySet):
    """The company as its papers show it: a set of one row."""

    name, entity, model = "companyInformation", "companyInformation", GeneralLedgerSetup
    verbs = frozenset({"GET", "PATCH"})
    permissions = {"GET": ()}  # whoever gets a paper reads it there
    properties = (
        Guid("id", "uuid", read_only=True),
        Text("displayName", "company_name", length=100),
        Text("addressLine1", "address", length=100),
        Text("addressLine2", length=50, absent=True),
        Text("city", "city", length=30),
        Text("state", length=30, absent=True),
        country_code("country"),
        Text("postalCode", "post_code", length=20),
        Text("phoneNumber", "phone_no", length=30),
        Text("faxNumber", length=30, absent=True),
        Text("email", "email", length=80),
        Text("website", "home_page", length=255, keeps=80),
        Text("taxRegistrationNumber", "vat_registration_no", length=50, keeps=20),
        Code("currencyCode", "lcy_code", length=10, read_only=True),
        Day("currentFiscalYearStartDate", fiscal_year, read_only=True, nullable=False),
        Text("industry", length=30, absent=True),
        Stream("picture", read_only=True),
        Text("experience", absent=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )
