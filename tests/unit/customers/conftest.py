import pytest

from erp.kernel.models import NumberSeries, NumberSeriesLine
from posting.models import GeneralLedgerSetup
from receivables.models import ReceivablesSetup


@pytest.fixture
def numbered(db) -> None:
    """Customers are numbered from C00010 on, or by hand."""
    GeneralLedgerSetup.objects.create(pk=1, country_code="DE")
    series = NumberSeries.objects.create(code="CUST", manual_numbers=True)
    NumberSeriesLine.objects.create(series=series, starting_number="C00010")
    ReceivablesSetup.objects.create(pk=1, customer_number_series="CUST")
