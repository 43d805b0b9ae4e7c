"""What allauth asks the project: its words, who may sign up (nobody), and the name that passkeys are bound to."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from posting.models import GeneralLedgerSetup


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by an administrator; nobody makes their own."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("User name and password do not fit together."),
        "too_many_login_attempts": _(
            "Too many attempts with a wrong password. Wait five minutes and try again, or ask for a new password."
        ),
        "enter_current_password": _("This is not the password that you have now."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Too many attempts. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps show the company; passkeys belong to one domain and are named by the day they were added."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not valid, or no longer. Take the one that the app shows now."),
    }

    def get_totp_issuer(self) -> str:
        setup = GeneralLedgerSetup.objects.filter(pk=1).first()
        return (setup and setup.company_name) or "Handel"

    def get_totp_label(self, user) -> str:
        return user.get_username()

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return entity | {"id": settings.PASSKEY_DOMAIN} if settings.PASSKEY_DOMAIN else entity

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey {number}").format(number=count + 1)
