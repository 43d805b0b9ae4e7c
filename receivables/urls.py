from django.urls import path

from erp.kernel import paths  # noqa: F401
from receivables.views import entries, payments

app_name = "receivables"

urlpatterns = [
    path("receivables/", entries.entry_list, name="entries"),
    path("receivables/<int:entry_no>/", entries.entry_page, name="entry"),
    path("receivables/<int:entry_no>/apply/", entries.entry_apply, name="entry-apply"),
    path("receivables/<int:entry_no>/unapply/", entries.entry_unapply, name="entry-unapply"),
    path("receivables/payments/new/", payments.payment_new, name="payment-new"),
]
