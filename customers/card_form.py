"""The card of a customer on the pages: what may be changed by whom, in sections; and what a new one is told first."""

from collections.abc import Collection, Iterator

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.forms import CustomerForm, add_problems
from customers.models import Customer, CustomerTemplate, ShipToAddress
from customers.validations import check_email, check_phone
from erp.kernel.forms import AmountField, FigureField

SECTIONS = {
    _("General"): ("name", "name_2", "search_name", "salesperson", "responsibility_center", "partner_type",
                   "blocked", "privacy_blocked", "disable_search_by_name"),
    _("Address and contact"): ("address", "address_2", "post_code", "city", "county", "country_code", "contact",
                               "phone_no", "mobile_phone_no", "email", "home_page", "language_code"),
    _("Invoicing"): ("bill_to_customer", "vat_registration_no", "registration_no", "eori_no", "gln", "currency",
                     "customer_posting_group", "gen_bus_posting_group", "vat_bus_posting_group",
                     "allow_multiple_posting_groups", "price_group_code", "discount_group_code",
                     "invoice_discount_code", "prices_including_vat", "allow_line_discount"),
    _("Payments"): ("credit_limit", "payment_terms", "payment_method", "application_method", "prepayment_percent",
                    "print_statements", "block_payment_tolerance"),
    _("Shipping"): ("ship_to_code", "location_code", "shipment_method", "shipping_agent", "shipping_agent_service",
                    "shipping_time", "shipping_advice", "combine_shipments", "reserve", "base_calendar"),
}  # fmt: skip
SHOWN = tuple(name for names in SECTIONS.values() for name in names)
LABELS = {
    "salesperson": _("salesperson"),
    "partner_type": _("partner type"),
    "bill_to_customer": _("bill-to customer"),
    "customer_posting_group": _("customer posting group"),
    "gen_bus_posting_group": _("gen. bus. posting group"),
    "vat_bus_posting_group": _("VAT bus. posting group"),
    "allow_multiple_posting_groups": _("allow multiple posting groups"),
    "payment_terms": _("payment terms"),
    "payment_method": _("payment method"),
    "application_method": _("application method"),
    "shipment_method": _("shipment method"),
    "shipping_agent": _("shipping agent"),
    "shipping_agent_service": _("shipping agent service"),
    "shipping_advice": _("shipping advice"),
    "reserve": _("reserve"),
}


def label_of(name: str) -> str:
    """What a field of the card is called."""
    label = LABELS.get(name) or Customer._meta.get_field(name).verbose_name
    return str(label)[:1].upper() + str(label)[1:]


class CardForm(CustomerForm):
    """The card as it is, to be changed, without the fields that are closed to whoever changes it.

    closed  names of fields that are shown as they are, and not taken from what is sent
    hidden  names of fields that whoever changes the card may not even see
    """

    bill_to_customer = forms.ModelChoiceField(
        Customer.objects.all(),
        to_field_name="number",
        required=False,
        widget=forms.TextInput(attrs={"data-lookup": "customer", "autocomplete": "off"}),
    )
    credit_limit = AmountField(min_value=0, required=False, help_text=_("0 = unlimited"))
    prepayment_percent = FigureField(min_value=0, max_value=100, required=False)

    def __init__(self, *args, closed: Collection[str] = (), hidden: Collection[str] = (), **options):
        super().__init__(*args, **options)
        payer = self.instance.bill_to_customer
        self.initial["bill_to_customer"] = payer.number if payer else ""
        self.closed = [name for name in SHOWN if name in closed and name not in hidden]
        for name in set(self.fields) - set(SHOWN) | set(self.closed) | set(self.fields) & set(hidden):
            del self.fields[name]
        for name, field in self.fields.items():
            field.label = label_of(name)
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = "–"
        self._offer_languages()
        self._offer_addresses()

    def clean_credit_limit(self):
        return self.cleaned_data["credit_limit"] or 0

    def clean_prepayment_percent(self):
        return self.cleaned_data["prepayment_percent"] or 0

    def sections(self) -> Iterator[tuple[str, list, list]]:
        """Title, fields to fill in, and (label, text) of those that are closed."""
        for title, names in SECTIONS.items():
            open_ones = [self[name] for name in names if name in self.fields]
            shut = [(label_of(name), shown(self.instance, name)) for name in names if name in self.closed]
            yield str(title), open_ones, shut

    def changes(self) -> dict[str, object]:
        """What was typed that is not so already."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _offer_languages(self) -> None:
        """The languages that papers are written in; another code that is stored stays possible."""
        stored = self.instance.language_code
        choices = [("", "–"), *settings.LANGUAGES]
        if stored and stored not in dict(choices):
            choices.append((stored, stored))
        self.fields["language_code"] = forms.ChoiceField(
            choices=choices, required=False, label=label_of("language_code")
        )

    def _offer_addresses(self) -> None:
        """The default ship-to address is one of the customer's own."""
        if "ship_to_code" not in self.fields:
            return
        rows = ShipToAddress.objects.filter(customer=self.instance).order_by("code")
        choices = [("", "–"), *((row.code, f"{row.code} {row.name}") for row in rows)]
        code = self.instance.ship_to_code
        if code and code not in dict(choices):
            choices.append((code, code))
        self.fields["ship_to_code"] = forms.ChoiceField(
            choices=choices, required=False, label=label_of("ship_to_code")
        )


class NewCustomerForm(forms.Form):
    """What is asked of a new customer before there is a card; the rest follows from the template."""

    template = forms.ModelChoiceField(
        CustomerTemplate.objects.order_by("code"),
        to_field_name="code",
        empty_label=None,
        label=_("Template"),
        help_text=_("posting groups, terms and number series of the new card"),
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    number = forms.CharField(
        label=_("No."), max_length=20, required=False, help_text=_("blank: the next of the number series")
    )
    address = forms.CharField(label=_("Address"), max_length=100, required=False)
    post_code = forms.CharField(label=_("Post code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=30, required=False)
    country_code = forms.CharField(
        label=_("Country/region"), max_length=2, required=False, help_text=_("two letters, as NO")
    )
    contact = forms.CharField(label=_("Contact"), max_length=100, required=False)
    phone_no = forms.CharField(label=_("Phone no."), max_length=30, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=80, required=False)
    vat_registration_no = forms.CharField(label=_("VAT registration no."), max_length=20, required=False)
    language_code = forms.ChoiceField(
        label=_("Language"), choices=[("", "–"), *settings.LANGUAGES], required=False
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["template"].label_from_instance = lambda row: f"{row.code} {row.description}".strip()
        self.fields["name"].widget.attrs["autofocus"] = True

    def clean(self):
        values = super().clean()
        add_problems(self, check_phone(values.get("phone_no") or ""))
        add_problems(self, check_email(values.get("email") or ""))
        return values

    def given(self) -> dict[str, object]:
        """The fields of the card that something was typed into."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("template", "number") and value
        }


def shown(customer: Customer, name: str) -> str:
    """A field of the card in words."""
    field = Customer._meta.get_field(name)
    if field.choices:
        return str(getattr(customer, f"get_{name}_display")())
    value = getattr(customer, name)
    if name == "language_code" and value:
        return str(dict(settings.LANGUAGES).get(value, value))
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if value is None or value == "":
        return "–"
    return str(value)
