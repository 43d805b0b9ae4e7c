"""What reporting refuses."""

from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError


class TooManyReports(ErpError):
    """A user, or the whole company, has as many reports running as it may."""

    code, status = "E-RPT-BUSY", 409
    template = _("{running} reports are running already. Wait until one is finished, or cancel one.")


class ReportIsOver(ErpError):
    """What has ended cannot be cancelled."""

    code, status = "E-RPT-OVER", 409
    template = _("{report} has ended already: {status}.")


class ReportIsRunning(ErpError):
    """What runs is not started a second time."""

    code, status = "E-RPT-RUNNING", 409
    template = _("{report} is not finished yet.")


class TooLongToWaitFor(ErpError):
    """A file this long is made in the background, or not at all."""

    code, status = "E-RPT-LONG", 422
    template = _("The report has more than {most} rows: narrow it down, or have it made in the background.")


class TooManyRows(ErpError):
    """Who may not take everything along may not do so through reports either."""

    code, status = "E-RPT-MANY", 422
    template = _(
        "You may export {most} rows at a time: narrow the report down, or ask somebody who may export all."
    )


class ParametersDoNotFit(ErpError):
    """What was asked for could be read once and cannot be any more: a customer that is gone, a right that was lost."""

    code, status = "E-RPT-ASKED", 422
    template = _("{report} cannot be made: {reason}")
