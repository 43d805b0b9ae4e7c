"""What approvals refuses, each with a name of its own."""

from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError

WORKFLOWS = "admin:approvals_workflow_changelist"
USERS = "admin:approvals_approvaluser_changelist"


class NoWorkflow(ErpError):
    """No enabled rule wants this document approved."""

    code, status, setup = "E-APR-NOWORKFLOW", 422, WORKFLOWS
    template = _("No approval workflow applies to {document}: it needs no approval and can be released.")


class NothingToApprove(ErpError):
    """An empty document says nothing to agree with."""

    code, status = "E-APR-EMPTY", 422
    template = _("There is nothing to approve in {document}: enter a line.")


class AlreadyPending(ErpError):
    """It was sent before, and is not decided."""

    code, status = "E-APR-PENDING", 409
    template = _("{document} is already waiting for approval.")


class NotPending(ErpError):
    """The request is decided, or taken back: nothing is asked any more."""

    code, status = "E-APR-ENDED", 409
    template = _("The request for {document} is {status}: there is nothing left to decide or cancel.")


class NotOpen(ErpError):
    """Only open requests can be handled."""

    code, status = "E-APR-NOTOPEN", 409
    template = _("The request to {approver} for {document} is {status}: only open requests can be handled.")


class NotAsked(ErpError):
    """Somebody else is asked."""

    code, status = "E-APR-NOTASKED", 403
    template = _("{document} is for {approver} to decide; only the approval administrator may do it instead.")


class OwnDocument(ErpError):
    """Nobody decides what they sent themselves."""

    code, status = "E-APR-OWN", 403
    template = _("{document} was sent by yourself: somebody else must approve it.")


class NotSender(ErpError):
    """A request is taken back by whoever sent it."""

    code, status = "E-APR-NOTSENDER", 403
    template = _(
        "{sender} sent {document} for approval: only they or the approval administrator may cancel it."
    )


class MayNotDelegate(ErpError):
    """Delegating is for those who take part."""

    code, status = "E-APR-DELEGATE", 403
    template = _(
        "Only {approver}, {sender} or the approval administrator may delegate the request for {document}."
    )


class NobodyToDelegateTo(ErpError):
    """No substitute, no approver, no administrator, or only people who may not."""

    code, status, setup = "E-APR-NODELEGATE", 422, USERS
    template = _("Nobody can take the request for {document} over from {approver}: give them a substitute.")


class CommentTooShort(ErpError):
    """Who rejects says why."""

    code, status = "E-APR-COMMENT", 422
    template = _("Say why you reject {document}, in at least {length} characters.")


class CommentTooLong(ErpError):
    code, status = "E-APR-COMMENTLONG", 422
    template = _("A comment has at most {length} characters.")


class WorkflowEnabled(ErpError):
    """An enabled workflow stays as it is."""

    code, status = "E-APR-ENABLED", 409
    template = _("Workflow {workflow} is enabled: disable it before you change or delete it.")
