"""Posted papers never change; changes of prices and set-up are logged."""

from django.db import migrations

from erp.kernel.fences import AppendOnly, LogChanges


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("sales_salesshipment"),
        AppendOnly("sales_salesshipmentline"),
        AppendOnly("sales_salesinvoice"),
        AppendOnly("sales_salesinvoiceline"),
        AppendOnly("sales_salescreditmemo"),
        AppendOnly("sales_salescreditmemoline"),
        AppendOnly("sales_returnreceipt"),
        AppendOnly("sales_returnreceiptline"),
        LogChanges("sales_salessetup", key="id"),
        LogChanges("sales_usersalessetup", key="user_id"),
        LogChanges("sales_pricelist"),
        LogChanges("sales_pricelistline", key=("price_list_id", "asset_no", "source_no", "minimum_quantity")),
        LogChanges("sales_customerinvoicediscount", key=("code", "currency_code", "minimum_amount")),
    ]
