"""The page of a working document: all that its template shows, in a constant number of queries."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from erp.kernel.views import Refusal, new_key
from erp.kernel.workflow import history_of, may_start
from sales.forms import NewLineForm, PostingForm
from sales.models import SalesDocument
from sales.plans.paper_totals import totals_of
from sales.routines.release import release, reopen
from sales.selectors import papers_of_order
from sales.views.finding import Choice, offered_items

Status = SalesDocument.Status


def show_document(
    request: HttpRequest,
    document: SalesDocument,
    *,
    refusal: Refusal | None = None,
    line_form: NewLineForm | None = None,
    posting_form: PostingForm | None = None,
    choices: tuple[Choice, ...] = (),
) -> HttpResponse:
    """The page as it is now; with a refusal in its status, and with what was typed."""
    rights = Rights(request.user, document)
    lines = list(document.lines.order_by("line_no"))
    if posting_form is None:
        posting_form = posting_form_of(document, lines, rights)
    for line in lines:
        line.typed = posting_form.of(line.line_no)
    context = {
        "document": document,
        "traits": document.traits,
        "rights": rights,
        "lines": lines,
        "totals": totals_of(lines),
        "history": history_of(document),
        "papers": papers_of_order(document.number) if document.traits.in_steps else {},
        "line_form": line_form or NewLineForm(auto_id="new-%s"),
        "items": offered_items() if rights.may_change_lines else (),
        "choices": choices,
        "posting_form": posting_form,
        "idempotency_key": new_key(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/document/page.html", context, status=status)


def posting_form_of(document: SalesDocument, lines: list, rights: "Rights", data=None) -> PostingForm:
    """The posting form with the quantities that this user may type on this document."""
    in_steps = document.traits.in_steps
    return PostingForm(
        data,
        lines=lines,
        ship=in_steps and rights.may_type_shipped,
        invoice=in_steps and rights.may_type_invoiced,
        initial={"posting_date": document.posting_date or timezone.localdate()},
    )


class Rights:
    """What this user may do with this document in its present status; buttons are shown by it."""

    def __init__(self, user, document: SalesDocument):
        self.user, self.document, self.traits = user, document, document.traits
        self.is_open = document.status == Status.OPEN

    def _may(self, *codenames: str) -> bool:
        return self.user.has_perms([f"sales.{name}" for name in codenames])

    @property
    def may_change_head(self) -> bool:
        return self._may("change_salesdocument")

    @property
    def may_change_lines(self) -> bool:
        return self.is_open and self._may("change_salesdocument", "add_salesline")

    @property
    def may_edit_lines(self) -> bool:
        return self._may("change_salesdocument", "change_salesline")

    @property
    def may_ship(self) -> bool:
        return self.traits.in_steps and self._may("ship_salesdocument")

    @property
    def may_invoice(self) -> bool:
        return self.traits.invoices and self._may("invoice_salesdocument")

    @property
    def may_ship_and_invoice(self) -> bool:
        return self.may_ship and self.may_invoice

    @property
    def may_type_shipped(self) -> bool:
        return self.traits.in_steps and (self.may_ship or self.may_edit_lines)

    @property
    def may_type_invoiced(self) -> bool:
        return self.traits.in_steps and (self.may_invoice or self.may_edit_lines)

    @property
    def may_preview(self) -> bool:
        return self.traits.invoices and (
            self.may_ship or self.may_invoice or self._may("change_salesdocument")
        )

    @property
    def may_use_posting_form(self) -> bool:
        return self.may_preview

    @property
    def may_release(self) -> bool:
        return may_start(release, self.document) and self._may("release_salesdocument")

    @property
    def may_reopen(self) -> bool:
        return may_start(reopen, self.document) and self._may("release_salesdocument")

    @property
    def may_convert(self) -> bool:
        return self.document.type == SalesDocument.Type.QUOTE and self._may(
            "add_salesdocument", "delete_salesdocument"
        )

    @property
    def may_delete(self) -> bool:
        return self.is_open and self._may("delete_salesdocument")
