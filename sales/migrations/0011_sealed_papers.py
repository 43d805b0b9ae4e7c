"""Posted papers are sealed with their register, and so is everything that was posted before there were seals.

Lines that undo others name the register that wrote them; where they moved no goods there was none, and they stay with
their paper.
"""

from django.db import migrations, models

from posting.seal_layout import Sealed

JOIN_REGISTERS = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE {table} DISABLE TRIGGER USER;
UPDATE {table} l SET undo_register_no = r.register_no FROM posting_register r
WHERE l.undoes_line_no <> 0 AND l.item_entry_no BETWEEN r.from_item_entry_no AND r.to_item_entry_no;
ALTER TABLE {table} ENABLE TRIGGER USER;
SET CONSTRAINTS ALL DEFERRED;
"""
SEAL_ALL = """
SET CONSTRAINTS ALL IMMEDIATE;
SELECT posting_seal_registers(1, (SELECT max(register_no) FROM posting_register));
SET CONSTRAINTS ALL DEFERRED;
"""

SALESSHIPMENT = (
    "id sell_to_name sell_to_name_2 sell_to_address sell_to_address_2 sell_to_post_code sell_to_city "
    "sell_to_county sell_to_country_code sell_to_contact sell_to_phone_no sell_to_email bill_to_name "
    "bill_to_name_2 bill_to_address bill_to_address_2 bill_to_post_code bill_to_city bill_to_county "
    "bill_to_country_code bill_to_contact ship_to_code ship_to_name ship_to_name_2 ship_to_address "
    "ship_to_address_2 ship_to_post_code ship_to_city ship_to_county ship_to_country_code ship_to_contact "
    "order_date posting_date document_date vat_date due_date shipment_date payment_discount_date "
    "payment_discount_percent external_document_no your_reference posting_description currency_code "
    "currency_factor prices_including_vat customer_posting_group gen_bus_posting_group vat_bus_posting_group "
    "vat_registration_no vat_country_code eu_3_party_trade payment_terms_code payment_method_code "
    "shipment_method_code shipping_agent_code shipping_agent_service_code package_tracking_no "
    "salesperson_code location_code reason_code language_code uuid number order_no register_no created_at "
    "created_by bill_to_customer_id customer_id campaign_no free_text responsibility_center_code "
    "work_description order_uuid"
)

SALESSHIPMENTLINE = (
    "id document_id line_no type number variant_code item_reference_no description description_2 "
    "location_code unit_code per_unit quantity quantity_base unit_price unit_cost_lcy line_discount_percent "
    "line_discount_amount line_amount inv_discount_amount amount vat_base_amount amount_including_vat "
    "vat_difference vat_percent vat_identifier vat_calculation_type gen_bus_posting_group "
    "gen_prod_posting_group vat_bus_posting_group vat_prod_posting_group shipment_date return_reason_code "
    "applies_to_item_entry applies_from_item_entry order_no order_line_no item_entry_no gl_account_id item_id "
    "blanket_order_line_no blanket_order_no gross_weight item_charge_id net_weight package_tracking_no "
    "posting_explanation price_explanation resource_id restores_order shipping_agent_code "
    "shipping_agent_service_code undoes_line_no unit_volume units_per_parcel vat_clause_code undo_register_no"
)

RETURNRECEIPT = (
    "id sell_to_name sell_to_name_2 sell_to_address sell_to_address_2 sell_to_post_code sell_to_city "
    "sell_to_county sell_to_country_code sell_to_contact sell_to_phone_no sell_to_email bill_to_name "
    "bill_to_name_2 bill_to_address bill_to_address_2 bill_to_post_code bill_to_city bill_to_county "
    "bill_to_country_code bill_to_contact ship_to_code ship_to_name ship_to_name_2 ship_to_address "
    "ship_to_address_2 ship_to_post_code ship_to_city ship_to_county ship_to_country_code ship_to_contact "
    "order_date posting_date document_date vat_date due_date shipment_date payment_discount_date "
    "payment_discount_percent external_document_no your_reference posting_description currency_code "
    "currency_factor prices_including_vat customer_posting_group gen_bus_posting_group vat_bus_posting_group "
    "vat_registration_no vat_country_code eu_3_party_trade payment_terms_code payment_method_code "
    "shipment_method_code shipping_agent_code shipping_agent_service_code package_tracking_no "
    "salesperson_code location_code reason_code language_code uuid number order_no register_no created_at "
    "created_by bill_to_customer_id customer_id campaign_no free_text responsibility_center_code "
    "work_description order_uuid"
)

RETURNRECEIPTLINE = (
    "id document_id line_no type number variant_code item_reference_no description description_2 "
    "location_code unit_code per_unit quantity quantity_base unit_price unit_cost_lcy line_discount_percent "
    "line_discount_amount line_amount inv_discount_amount amount vat_base_amount amount_including_vat "
    "vat_difference vat_percent vat_identifier vat_calculation_type gen_bus_posting_group "
    "gen_prod_posting_group vat_bus_posting_group vat_prod_posting_group shipment_date return_reason_code "
    "applies_to_item_entry applies_from_item_entry order_no order_line_no item_entry_no gl_account_id item_id "
    "blanket_order_line_no blanket_order_no gross_weight item_charge_id net_weight package_tracking_no "
    "posting_explanation price_explanation resource_id restores_order shipping_agent_code "
    "shipping_agent_service_code undoes_line_no unit_volume units_per_parcel vat_clause_code undo_register_no"
)

SALESINVOICE = (
    "id sell_to_name sell_to_name_2 sell_to_address sell_to_address_2 sell_to_post_code sell_to_city "
    "sell_to_county sell_to_country_code sell_to_contact sell_to_phone_no sell_to_email bill_to_name "
    "bill_to_name_2 bill_to_address bill_to_address_2 bill_to_post_code bill_to_city bill_to_county "
    "bill_to_country_code bill_to_contact ship_to_code ship_to_name ship_to_name_2 ship_to_address "
    "ship_to_address_2 ship_to_post_code ship_to_city ship_to_county ship_to_country_code ship_to_contact "
    "order_date posting_date document_date vat_date due_date shipment_date payment_discount_date "
    "payment_discount_percent external_document_no your_reference posting_description currency_code "
    "currency_factor prices_including_vat customer_posting_group gen_bus_posting_group vat_bus_posting_group "
    "vat_registration_no vat_country_code eu_3_party_trade payment_terms_code payment_method_code "
    "shipment_method_code shipping_agent_code shipping_agent_service_code package_tracking_no "
    "salesperson_code location_code reason_code language_code uuid number order_no draft_no quote_no "
    "customer_entry_no amount amount_including_vat inv_discount_amount register_no created_at created_by "
    "bill_to_customer_id customer_id campaign_no free_text responsibility_center_code work_description "
    "order_uuid"
)

SALESINVOICELINE = (
    "id document_id line_no type number variant_code item_reference_no description description_2 "
    "location_code unit_code per_unit quantity quantity_base unit_price unit_cost_lcy line_discount_percent "
    "line_discount_amount line_amount inv_discount_amount amount vat_base_amount amount_including_vat "
    "vat_difference vat_percent vat_identifier vat_calculation_type gen_bus_posting_group "
    "gen_prod_posting_group vat_bus_posting_group vat_prod_posting_group shipment_date return_reason_code "
    "applies_to_item_entry applies_from_item_entry order_no order_line_no shipment_no shipment_line_no "
    "gl_account_id item_id blanket_order_line_no blanket_order_no gross_weight item_charge_id net_weight "
    "package_tracking_no posting_explanation price_explanation resource_id restores_order shipping_agent_code "
    "shipping_agent_service_code unit_volume units_per_parcel vat_clause_code"
)

SALESCREDITMEMO = (
    "id sell_to_name sell_to_name_2 sell_to_address sell_to_address_2 sell_to_post_code sell_to_city "
    "sell_to_county sell_to_country_code sell_to_contact sell_to_phone_no sell_to_email bill_to_name "
    "bill_to_name_2 bill_to_address bill_to_address_2 bill_to_post_code bill_to_city bill_to_county "
    "bill_to_country_code bill_to_contact ship_to_code ship_to_name ship_to_name_2 ship_to_address "
    "ship_to_address_2 ship_to_post_code ship_to_city ship_to_county ship_to_country_code ship_to_contact "
    "order_date posting_date document_date vat_date due_date shipment_date payment_discount_date "
    "payment_discount_percent external_document_no your_reference posting_description currency_code "
    "currency_factor prices_including_vat customer_posting_group gen_bus_posting_group vat_bus_posting_group "
    "vat_registration_no vat_country_code eu_3_party_trade payment_terms_code payment_method_code "
    "shipment_method_code shipping_agent_code shipping_agent_service_code package_tracking_no "
    "salesperson_code location_code reason_code language_code uuid number order_no draft_no customer_entry_no "
    "amount amount_including_vat inv_discount_amount register_no created_at created_by bill_to_customer_id "
    "customer_id campaign_no free_text responsibility_center_code work_description order_uuid"
)

SALESCREDITMEMOLINE = (
    "id document_id line_no type number variant_code item_reference_no description description_2 "
    "location_code unit_code per_unit quantity quantity_base unit_price unit_cost_lcy line_discount_percent "
    "line_discount_amount line_amount inv_discount_amount amount vat_base_amount amount_including_vat "
    "vat_difference vat_percent vat_identifier vat_calculation_type gen_bus_posting_group "
    "gen_prod_posting_group vat_bus_posting_group vat_prod_posting_group shipment_date return_reason_code "
    "applies_to_item_entry applies_from_item_entry order_no order_line_no return_receipt_no "
    "return_receipt_line_no gl_account_id item_id blanket_order_line_no blanket_order_no gross_weight "
    "item_charge_id net_weight package_tracking_no posting_explanation price_explanation resource_id "
    "restores_order shipping_agent_code shipping_agent_service_code unit_volume units_per_parcel "
    "vat_clause_code"
)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0012_sealed"),
        ("posting", "0010_seal"),
        ("receivables", "0006_registers"),
        ("sales", "0010_found_from_outside"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="salesshipment",
            index=models.Index(fields=["register_no"], name="sales_shipment_register"),
        ),
        migrations.AddIndex(
            model_name="returnreceipt",
            index=models.Index(fields=["register_no"], name="sales_receipt_register"),
        ),
        migrations.AddIndex(
            model_name="salesinvoice",
            index=models.Index(fields=["register_no"], name="sales_invoice_register"),
        ),
        migrations.AddIndex(
            model_name="salescreditmemo",
            index=models.Index(fields=["register_no"], name="sales_credit_register"),
        ),
        migrations.AddField(
            model_name="salesshipmentline",
            name="undo_register_no",
            field=models.BigIntegerField(
                help_text="of the undoing that wrote this line; blank: that of the paper",
                null=True,
                verbose_name="register no.",
            ),
        ),
        migrations.RunSQL(JOIN_REGISTERS.format(table="sales_salesshipmentline"), migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="salesshipmentline",
            index=models.Index(
                condition=models.Q(("undo_register_no__isnull", False)),
                fields=["undo_register_no"],
                name="sales_shipment_line_register",
            ),
        ),
        migrations.AddField(
            model_name="returnreceiptline",
            name="undo_register_no",
            field=models.BigIntegerField(
                help_text="of the undoing that wrote this line; blank: that of the paper",
                null=True,
                verbose_name="register no.",
            ),
        ),
        migrations.RunSQL(JOIN_REGISTERS.format(table="sales_returnreceiptline"), migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="returnreceiptline",
            index=models.Index(
                condition=models.Q(("undo_register_no__isnull", False)),
                fields=["undo_register_no"],
                name="sales_receipt_line_register",
            ),
        ),
        Sealed("sales_salesshipment", SALESSHIPMENT, key="id", register="register_no"),
        Sealed(
            "sales_salesshipmentline",
            SALESSHIPMENTLINE,
            key="id",
            parent="sales_salesshipment",
            register="undo_register_no",
        ),
        Sealed("sales_returnreceipt", RETURNRECEIPT, key="id", register="register_no"),
        Sealed(
            "sales_returnreceiptline",
            RETURNRECEIPTLINE,
            key="id",
            parent="sales_returnreceipt",
            register="undo_register_no",
        ),
        Sealed("sales_salesinvoice", SALESINVOICE, key="id", register="register_no"),
        Sealed("sales_salesinvoiceline", SALESINVOICELINE, key="id", parent="sales_salesinvoice"),
        Sealed("sales_salescreditmemo", SALESCREDITMEMO, key="id", register="register_no"),
        Sealed("sales_salescreditmemoline", SALESCREDITMEMOLINE, key="id", parent="sales_salescreditmemo"),
        migrations.RunSQL(SEAL_ALL, migrations.RunSQL.noop),
    ]
