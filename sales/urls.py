from django.urls import path

from erp.kernel import paths  # noqa: F401
from sales.views import actions, customers, documents, lines, posted, posting

app_name = "sales"
DOCUMENT = "sales/<str:type>/<number:number>/"

urlpatterns = [
    path("customers/", customers.customer_list, name="customers"),
    path("customers/<number:number>/", customers.customer_card, name="customer"),
    path("sales/posted/<str:kind>/", posted.posted_list, name="posted-list"),
    path("sales/posted/<str:kind>/<number:number>/", posted.posted_page, name="posted"),
    path("sales/<str:type>/", documents.document_list, name="documents"),
    path("sales/<str:type>/new/", documents.document_new, name="document-new"),
    path(DOCUMENT, documents.document_page, name="document"),
    path(f"{DOCUMENT}head/", documents.document_head, name="document-head"),
    path(f"{DOCUMENT}delete/", documents.document_delete, name="document-delete"),
    path(f"{DOCUMENT}release/", actions.document_release, name="document-release"),
    path(f"{DOCUMENT}reopen/", actions.document_reopen, name="document-reopen"),
    path(f"{DOCUMENT}post/", posting.document_post, name="document-post"),
    path(f"{DOCUMENT}preview/", posting.document_preview, name="document-preview"),
    path(f"{DOCUMENT}lines/", lines.line_add, name="line-add"),
    path(f"{DOCUMENT}lines/<int:line_no>/", lines.line_page, name="line"),
    path(f"{DOCUMENT}lines/<int:line_no>/remove/", lines.line_remove, name="line-remove"),
    path("sales/quote/<number:number>/make-order/", actions.quote_make_order, name="quote-make-order"),
    path("sales/quote/<number:number>/make-invoice/", actions.quote_make_invoice, name="quote-make-invoice"),
]
