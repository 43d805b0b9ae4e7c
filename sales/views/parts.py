"""The parts of a document's page that follow from a change: read anew, the rest stays as somebody left it."""

from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string

from erp.kernel.errors import Gone
from erp.kernel.views import may
from erp.kernel.views.json import problems_json
from sales.models import SalesDocument
from sales.views.fields import state_of
from sales.views.finding import document_or_404
from sales.views.page import context_of

PARTS = {
    "document-head": "sales/document/_head.html",
    "document-warnings": "sales/document/_warnings.html",
    "side-facts": "sales/document/_side_facts.html",
}


@may("sales.view_salesdocument")
def document_parts(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """Head, warnings and the facts of the side panel by the ids of their elements, and every field of the head."""
    try:
        document = document_or_404(type, number)
    except Http404:
        return problems_json(Gone(document=f"{SalesDocument(type=type).get_type_display()} {number}"))
    context = context_of(request, document, with_lines=False)
    parts = {name: render_to_string(template, context, request) for name, template in PARTS.items()}
    return JsonResponse(state_of(document) | {"parts": parts})
