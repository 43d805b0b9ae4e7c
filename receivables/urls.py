from django.urls import path

from erp.kernel import paths  # noqa: F401
from receivables import paths as journal_paths  # noqa: F401
from receivables.views import entries, journals, lists, payments, registration

app_name = "receivables"

JOURNAL = "journals/<journal:kind>/"
BATCH = f"{JOURNAL}<number:name>/"
LINE = f"{BATCH}lines/<int:line_no>/"

urlpatterns = [
    path("receivables/", lists.entry_list, name="entries"),
    path("receivables/<int:entry_no>/", entries.entry_page, name="entry"),
    path("receivables/<int:entry_no>/apply/", entries.entry_apply, name="entry-apply"),
    path("receivables/<int:entry_no>/unapply/", entries.entry_unapply, name="entry-unapply"),
    path("receivables/payments/new/", payments.payment_new, name="payment-new"),
    path("receivables/payments/", registration.payment_registration, name="payment-registration"),
    path("receivables/payments/totals/", registration.registration_totals, name="registration-totals"),
    path(JOURNAL, journals.journal_page, name="journals"),
    path(f"{JOURNAL}new/", journals.batch_new, name="journal-batch-new"),
    path(BATCH, journals.journal_page, name="journal"),
    path(f"{BATCH}defaults/", journals.batch_edit, name="journal-batch"),
    path(f"{BATCH}columns/", journals.journal_columns, name="journal-columns"),
    path(f"{BATCH}save/", journals.journal_save, name="journal-save"),
    path(f"{BATCH}preview/", journals.journal_preview, name="journal-preview"),
    path(f"{BATCH}post/", journals.journal_post, name="journal-post"),
    path(f"{BATCH}lines/new/", journals.line_new, name="journal-line-new"),
    path(LINE, journals.line_page, name="journal-line"),
    path(f"{LINE}remove/", journals.line_remove, name="journal-line-remove"),
    path(f"{LINE}apply/", journals.line_apply, name="journal-line-apply"),
]
