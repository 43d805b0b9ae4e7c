"""The forms of allauth with the labels of our pages."""

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateWithCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddPasskeyForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditPasskeyForm
from django import forms
from django.utils.translation import gettext_lazy as _


class Relabelled:
    """Our labels instead of allauth's, and no placeholder that repeats them.

    labels      by field name
    focus       the field in which typing starts
    attributes  of the input element, by field name
    """

    labels: dict = {}
    focus: str = ""
    attributes: dict = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.update(self.attributes.get(name, {}))
        if self.focus in self.fields:
            self.fields[self.focus].widget.attrs["autofocus"] = True


CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none"}
NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password, once more")}


class LoginForm(Relabelled, AllauthLoginForm):
    labels = {"login": _("User name"), "password": _("Password")}
    attributes = {"login": {"autocapitalize": "none", "spellcheck": "false"}}
    focus = "login"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ResetPasswordForm(Relabelled, AllauthResetPasswordForm):
    labels = {"email": _("E-mail")}
    focus = "email"


class ResetPasswordKeyForm(Relabelled, AllauthResetPasswordKeyForm):
    labels = NEW_PASSWORD
    focus = "password1"


class ChangePasswordForm(Relabelled, AllauthChangePasswordForm):
    labels = NEW_PASSWORD | {"oldpassword": _("Password until now")}
    focus = "oldpassword"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


class ReauthenticateForm(Relabelled, AllauthReauthenticateForm):
    labels = {"password": _("Password")}
    focus = "password"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class AuthenticateForm(Relabelled, AllauthAuthenticateForm):
    labels = {"code": _("Code")}
    attributes = {"code": CODE}
    focus = "code"


class ReauthenticateWithCodeForm(Relabelled, AllauthReauthenticateWithCodeForm):
    labels = {"code": _("Code")}
    attributes = {"code": CODE}
    focus = "code"


class ActivateTOTPForm(Relabelled, AllauthActivateTOTPForm):
    labels = {"code": _("Code that the app shows")}
    attributes = {"code": CODE}


class AddPasskeyForm(Relabelled, AllauthAddPasskeyForm):
    """Passkeys log in without a password; a key that cannot do so is a second factor all the same."""

    labels = {"name": _("Name"), "passwordless": _("Log in with it alone, without user name and password")}
    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        help_text=_(
            "The device then asks for your fingerprint, face or PIN. Otherwise it is a second factor."
        ),
    )


class EditPasskeyForm(Relabelled, AllauthEditPasskeyForm):
    labels = {"name": _("Name")}
    focus = "name"
