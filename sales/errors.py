"""What sales refuses, each with a name of its own. Refusals that come in numbers are Problems of their checks."""

from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError


class NumberTaken(ErpError):
    """Two documents of one type cannot share a number."""

    code, status = "E-NO-TAKEN", 409
    template = _("{document} {number} exists already; enter another number or leave it blank.")


class LinesLocked(ErpError):
    """The document is no longer open: whoever relies on it must be told first."""

    code, status = "E-LINE-STATUS", 409
    template = _("{document} is {status}: reopen it to change {field}.")


class AwaitsApproval(ErpError):
    """Somebody is asked to approve what the document says now; it must not say something else meanwhile."""

    code, status = "E-LINE-STATUS", 409
    template = _("{document} is {status}: nothing can change before the request is decided or cancelled.")


class QuoteClosed(ErpError):
    """A lost or cancelled quote stays as it was when it was closed."""

    code, status = "E-QUO-CLOSED", 409
    template = _("{document} is {stage}: reopen it before you change or convert it.")


class QuoteSent(ErpError):
    """The customer has the quote in hand; what they were offered is kept as a version before it changes."""

    code, status = "E-QUO-SENT", 409
    template = _("{document} was sent to the customer: revise it to change {field}.")


class LineNotEmpty(ErpError):
    """What was shipped and not invoiced cannot vanish with its line."""

    code, status = "E-LINE-SHIPNOTINV", 409
    template = _(
        "Line {line_no} of {document} cannot be deleted: {quantity} units are shipped and not invoiced."
    )
