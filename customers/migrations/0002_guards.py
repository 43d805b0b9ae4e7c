"""Every change of a customer card and of the tables behind it is logged, bulk changes included."""

from django.db import migrations

from erp.kernel.fences import LogChanges


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        LogChanges("customers_customer", key="number", ignore=("modified_at",)),
        LogChanges("customers_shiptoaddress", key=("customer_id", "code")),
        LogChanges("customers_customertemplate"),
        LogChanges("customers_customerpostinggroup"),
        LogChanges("customers_vatnumberformat", key=("country_code", "format")),
        LogChanges("customers_paymentterms"),
        LogChanges("customers_paymentmethod"),
        LogChanges("customers_shipmentmethod"),
        LogChanges("customers_shippingagent"),
        LogChanges("customers_shippingagentservice", key=("agent_id", "code")),
        LogChanges("customers_salesperson"),
    ]
