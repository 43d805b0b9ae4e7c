"""What sales has to say when another room asks."""

from datetime import date

from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.errors import Problem
from sales.selectors import unfinished_document


def check_customer_deletion(customer: Customer, on: date) -> list[Problem]:
    """A customer with a document under way cannot be deleted (E-CU-DEL-DOC)."""
    document = unfinished_document(customer.pk)
    if document is None:
        return []
    message = _("Customer {number} cannot be deleted: it has outstanding {document}.")
    return [Problem("E-CU-DEL-DOC", message.format(number=customer.number, document=document))]
