"""All addresses of Handel. Each room brings its own `urls.py`; a middleware answers `/healthz` (erp/health.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from erp.account import admin as account_admin  # noqa: F401
from erp.kernel import paths  # noqa: F401
from erp.views import applications, mails, notices, palette, settings_page, tokens, users
from erp.views.attachments import attachment, attachment_add, attachment_remove
from erp.views.changes import change_log
from erp.views.denied import denied_attempts
from erp.views.entries import entries
from erp.views.home import home
from erp.views.lookup import lookup
from erp.views.preference import preference_put
from erp.views.reference import reference_list, reference_set
from erp.views.setup import number_gaps, setup_page

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/favicon.svg")),
    path("", home, name="home"),
    path("", include("erp.account.urls")),
    path("", include("erp.account.oauth_urls")),
    path("settings/", settings_page.settings_page, name="settings"),
    path("settings/save/", settings_page.settings_save, name="settings-save"),
    path("settings/day/", settings_page.settings_day, name="settings-day"),
    path("settings/tokens/", tokens.token_list, name="tokens"),
    path("settings/tokens/new/", tokens.token_new, name="token-new"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path(
        "settings/tokens/applications/<int:pk>/withdraw/",
        tokens.application_withdraw,
        name="application-withdraw",
    ),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/count/", notices.notice_count, name="notices-count"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("notices/<int:pk>/", notices.notice_open, name="notice"),
    path("palette/", palette.palette, name="palette"),
    path("attachments/<uuid:uuid>/", attachment, name="attachment"),
    path("attachments/<uuid:uuid>/remove/", attachment_remove, name="attachment-remove"),
    path("attachments/<str:subject_type>/<number:subject_no>/", attachment_add, name="attachment-add"),
    path("entries/<number:document_no>/", entries, name="entries"),
    path("lookup/<str:kind>/", lookup, name="lookup"),
    path("preference/", preference_put, name="preference"),
    path("setup/", setup_page, name="setup"),
    path("setup/users/", users.user_list, name="setup-users"),
    path("setup/users/new/", users.user_new, name="setup-user-new"),
    path("setup/users/<int:pk>/", users.user_page, name="setup-user"),
    path("setup/permission-sets/", users.permission_sets, name="setup-permission-sets"),
    path("setup/permission-sets/<int:pk>/", users.permission_set, name="setup-permission-set"),
    path("setup/applications/", applications.application_list, name="setup-applications"),
    path("setup/applications/new/", applications.application_new, name="setup-application-new"),
    path("setup/applications/<int:pk>/", applications.application_page, name="setup-application"),
    path(
        "setup/applications/<int:pk>/secret/",
        applications.application_secret,
        name="setup-application-secret",
    ),
    path("setup/changes/", change_log, name="change-log"),
    path("setup/denied/", denied_attempts, name="denied-attempts"),
    path("setup/number-gaps/", number_gaps, name="number-gaps"),
    path("mails/", mails.mail_list, name="mails"),
    path("mails/<uuid:uuid>/", mails.mail_page, name="mail"),
    path("mails/<uuid:uuid>/paper/", mails.mail_paper, name="mail-paper"),
    path("mails/<uuid:uuid>/send-again/", mails.mail_send_again, name="mail-send-again"),
    path("mails/<uuid:uuid>/cancel/", mails.mail_cancel, name="mail-cancel"),
    path("mails/<uuid:uuid>/confirm/", mails.mail_confirm, name="mail-confirm"),
    path("api/", reference_list, name="api-reference"),
    path("api/reference/<slug:name>/", reference_set, name="api-reference-set"),
    path("", include("erp.api")),
    path("", include("sales.urls")),
    path("", include("receivables.urls")),
    path("", include("inventory.urls")),
    path("", include("posting.urls")),
    path("", include("reporting.urls")),
    path("", include("integration.urls")),
    path("", include("approvals.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "erp.views.faults.fault"
