"""Addresses of log-in and what belongs to it: those of allauth that we allow, and no sign-up."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from django.urls import include, path, re_path, reverse_lazy
from django.views.generic import RedirectView

from erp.views.account import logged_in, logout_elsewhere

SECOND_FACTORS = RedirectView.as_view(url=reverse_lazy("settings"))

urlpatterns = [
    path("login/", account.login, name="login"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="logout"),
    path("logout/", account.logout, name="account_logout"),
    path("login/done/", logged_in, name="logged-in"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("login/second-factor/", second_factor.authenticate, name="mfa_authenticate"),
    path("login/again/", account.reauthenticate, name="account_reauthenticate"),
    path("login/again/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("settings/log-out-elsewhere/", logout_elsewhere, name="logout-elsewhere"),
    path("settings/password/", account.password_change, name="account_change_password"),
    path("settings/password/first/", account.password_set, name="account_set_password"),
    path("settings/second-factors/", SECOND_FACTORS, name="mfa_index"),
    path("settings/passkeys/", SECOND_FACTORS, name="mfa_list_webauthn"),
    path("settings/app/", include("allauth.mfa.totp.urls")),
    path("settings/recovery-codes/", include("allauth.mfa.recovery_codes.urls")),
    path("settings/passkeys/", include("allauth.mfa.webauthn.urls")),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/new/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
