"""What the customers room refuses."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError, Problem

CUSTOMERS = "admin:customers_customer_changelist"
TEMPLATES = "admin:customers_customertemplate_changelist"
VAT_FORMATS = "admin:customers_vatnumberformat_changelist"


class PhoneHasLetters(ErpError):
    """Phone numbers are dialled, not spelled."""

    code, status = "E-CU-PHONE", 422
    template = gettext_lazy("A phone number may not contain letters.")


class NotAnEmail(ErpError):
    """One of the addresses is not one."""

    code, status = "E-CU-EMAIL", 422
    template = gettext_lazy("{value} is not a valid e-mail address.")


class WrongGLNLength(ErpError):
    """A global location number has 13 digits."""

    code, status = "E-CU-GLNLEN", 422
    template = gettext_lazy("The GLN needs 13 digits, {count} entered.")


class WrongGLN(ErpError):
    """The last digit of a GLN follows from the others."""

    code, status = "E-CU-GLN", 422
    template = gettext_lazy("GLN {value} has a wrong check digit.")


class WrongVATNumber(ErpError):
    """VAT numbers of a country follow its patterns."""

    code, status = "E-CU-VATFMT", 422
    template = gettext_lazy("The VAT number does not fit country {country}; valid forms: {forms}.")
    setup = VAT_FORMATS


class WrongIBAN(ErpError):
    """The check digits do not fit. A person may confirm it; a program may not."""

    code, status = "E-CB-IBAN", 422
    template = gettext_lazy("{value} is not a valid IBAN.")


class SalespersonBlocked(ErpError):
    """Nobody new is assigned to a salesperson who left."""

    code, status = "E-CU-SALESPERSON", 422
    template = gettext_lazy("Salesperson {salesperson} is blocked.")


class NumberTaken(ErpError):
    """Another customer has this number."""

    code, status = "E-CU-NUMBER", 409
    template = gettext_lazy("Customer {number} exists already.")


class NameMissing(ErpError):
    """A customer is somebody."""

    code, status = "E-CU-NAME", 422
    template = gettext_lazy("A customer needs a name.")


class ChooseTemplate(ErpError):
    """There are several templates; which one is the user's choice."""

    code, status = "E-CU-TEMPLATE", 409
    template = gettext_lazy("Choose a customer template: {templates}.")
    setup = TEMPLATES


class NoSuchTemplate(ErpError):
    """The template that was named does not exist."""

    code, status = "E-CU-NOTEMPLATE", 404
    template = gettext_lazy("There is no customer template {template}.")
    setup = TEMPLATES


class NoNumberSeries(ErpError):
    """Neither the template nor the set-up says how customers are numbered."""

    code, status = "E-NS-NOSERIES", 422
    template = gettext_lazy("Set up a number series for customers.")
    setup = "admin:receivables_receivablessetup_changelist"


class ConfirmUnblocking(ErpError):
    """Blocking for privacy goes with blocking all; another value ends it, which wants a confirmation."""

    code, status = "E-CU-PRIVCONF", 409
    template = gettext_lazy("Customer {customer} is blocked for privacy reasons. Confirm that this ends.")


class BillToItself(ErpError):
    """Blank means: the customer itself."""

    code, status = "E-CU-BILLTO", 422
    template = gettext_lazy("Customer {customer} cannot be its own bill-to customer; leave the field blank.")


class NoSuchShipTo(ErpError):
    """The default ship-to code is one of the customer's own."""

    code, status = "E-CU-SHIPTO", 422
    template = gettext_lazy("Customer {customer} has no ship-to address {code}.")


class PrepaymentOutOfRange(ErpError):
    """A percentage of the invoice."""

    code, status = "E-CU-PREPAY", 422
    template = gettext_lazy("Prepayment % must lie between 0 and 100.")


class NegativeCreditLimit(ErpError):
    """0 is unlimited."""

    code, status = "E-CU-LIMIT", 422
    template = gettext_lazy("The credit limit may not be negative.")


def blocked(action: str, document: str, customer: str, value: str, line_no: int | None = None) -> Problem:
    message = _("Customer {customer} is blocked ({value}): this {document} cannot be {action}.")
    message = message.format(action=action, document=document, customer=customer, value=value)
    return Problem("E-CU-BLOCK", message, line_no, "customer", CUSTOMERS)


def privacy_blocked(action: str, document: str, customer: str, line_no: int | None = None) -> Problem:
    message = _("Customer {customer} is blocked for privacy reasons: this {document} cannot be {action}.")
    message = message.format(action=action, document=document, customer=customer)
    return Problem("E-CU-PRIV", message, line_no, "customer", CUSTOMERS)


def same_vat_number(number: str, customers: str) -> Problem:
    message = _("VAT registration no. {number} is also used by: {customers}.").format(
        number=number, customers=customers
    )
    return Problem("W-CU-VATDUP", message, None, "vat_registration_no")


def over_credit_limit(customer: str, amount, limit) -> Problem:
    message = _("Customer {customer} exceeds its credit limit of {limit} by {excess}.").format(
        customer=customer, limit=limit, excess=amount - limit
    )
    return Problem("W-CREDIT", message, None, "customer")


def has_overdue(customer: str, amount) -> Problem:
    message = _("Customer {customer} has overdue entries of {amount}.").format(
        customer=customer, amount=amount
    )
    return Problem("W-OVERDUE", message, None, "customer")
