"""The rows of this room are sealed with their register. Counts of the stock are not: they name no register."""

from django.db import migrations, models

from posting.seal_layout import Sealed

ITEMLEDGERENTRY = (
    "entry_no variant_code location_code posting_date document_date entry_type document_type document_no "
    "document_line_no external_document_no description source_type source_no order_no order_line_no quantity "
    "unit_code per_unit unit_cost serial_no lot_no drop_shipment correction return_reason_code source_code "
    "applies_from_id applies_to_id item_id reverses_id"
)

VALUEENTRY = (
    "entry_no variant_code location_code posting_date valuation_date type item_entry_type document_type "
    "document_no document_line_no source_type source_no salesperson_code item_entry_quantity valued_quantity "
    "invoiced_quantity cost_per_unit cost_amount_actual cost_amount_expected cost_amount_non_inventoriable "
    "cost_posted_to_gl expected_cost_posted_to_gl sales_amount_actual sales_amount_expected "
    "purchase_amount_actual purchase_amount_expected discount_amount expected_cost adjustment inventoriable "
    "valued_by_average drop_shipment gen_bus_posting_group gen_prod_posting_group inventory_posting_group "
    "source_code applies_to_id item_id item_entry_id item_charge_no"
)

ITEMAPPLICATIONENTRY = (
    "entry_no quantity posting_date cost_application inbound_entry_id item_entry_id outbound_entry_id "
    "transferred_from_id"
)

RESOURCELEDGERENTRY = (
    "id register_no posting_date document_type document_no document_line_no external_document_no description "
    "source_type source_no unit_code per_unit quantity unit_cost total_cost unit_price total_price "
    "gen_bus_posting_group gen_prod_posting_group source_code resource_id"
)

LATECOSTPOSTING = "id register_no cost_amount expected_cost_amount value_entry_id"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0011_reading"), ("posting", "0010_seal")]

    operations = [
        migrations.AddIndex(
            model_name="latecostposting",
            index=models.Index(fields=["register_no"], name="inventory_late_cost_register"),
        ),
        migrations.AddIndex(
            model_name="resourceledgerentry",
            index=models.Index(fields=["register_no"], name="inventory_rle_register"),
        ),
        Sealed("inventory_itemledgerentry", ITEMLEDGERENTRY, counter="item_entry_no"),
        Sealed("inventory_valueentry", VALUEENTRY, counter="value_entry_no"),
        Sealed("inventory_itemapplicationentry", ITEMAPPLICATIONENTRY, counter="item_application_no"),
        Sealed("inventory_resourceledgerentry", RESOURCELEDGERENTRY, key="id", register="register_no"),
        Sealed("inventory_latecostposting", LATECOSTPOSTING, key="id", register="register_no"),
    ]
