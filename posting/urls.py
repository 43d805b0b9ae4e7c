from django.urls import path

from erp.kernel import paths  # noqa: F401
from posting.views import ledger

app_name = "posting"

urlpatterns = [
    path("ledger/", ledger.trial_balance_page, name="trial-balance"),
    path("ledger/accounts/<number:number>/", ledger.account_page, name="account"),
    path("ledger/registers/", ledger.register_list, name="registers"),
    path("ledger/registers/<int:register_no>/", ledger.register_page, name="register"),
]
