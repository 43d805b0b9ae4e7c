from customers.checks import check_not_blocked
from erp.kernel.errors import Problem
from sales.approval import CONVERT, check_needs_no_approval
from sales.head import check_salesperson
from sales.models import SalesDocument


def check_may_make(source: SalesDocument, type: str) -> list[Problem]:
    """Why no document of a type may be made of another one: its customers or salesperson are blocked by now, or nobody
    approved it."""
    people = source.customer, source.bill_to_customer
    problems = check_needs_no_approval(source, code=CONVERT)
    problems += check_not_blocked(*people, document_type=type, action="create")
    return problems + check_salesperson(source.salesperson_code)
