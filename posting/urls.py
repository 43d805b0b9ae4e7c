from django.urls import path

from erp.kernel import paths  # noqa: F401
from posting.views import ledger, lists, reversal

app_name = "posting"

urlpatterns = [
    path("ledger/", ledger.trial_balance_page, name="trial-balance"),
    path("ledger/accounts/", lists.account_list, name="accounts"),
    path("ledger/entries/", lists.gl_entry_list, name="gl-entries"),
    path("ledger/vat-entries/", lists.vat_entry_list, name="vat-entries"),
    path("ledger/accounts/<number:number>/", ledger.account_page, name="account"),
    path("ledger/registers/", lists.register_list, name="registers"),
    path("ledger/registers/<int:register_no>/", ledger.register_page, name="register"),
    path("ledger/registers/<int:register_no>/reverse/", reversal.register_reverse, name="register-reverse"),
]
