"""The administration: the same log-in as everywhere; second factors and tokens that can be taken away but not read."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider import models as oauth

from erp.kernel import access_tokens
from erp.kernel.admin import ReadOnlyAdmin
from erp.kernel.models import AccessToken, Application

admin.site.login = secure_admin_login(admin.site.login)  # the second factor counts there as well
admin.site.unregister([Authenticator, EmailAddress])
# Applications have pages of their own in the set-up (erp/views/applications.py); their tokens are nobody's to see.
admin.site.unregister([Application, oauth.AccessToken, oauth.Grant, oauth.IDToken, oauth.RefreshToken])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Whoever has lost app, passkey and codes is let in again by removing them; the secrets are nobody's to see."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__username",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def get_queryset(self, request):
        """Second factors of who may do everything are removed by their like alone."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user__is_superuser=False)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    """Whose token it is and what it may; who manages users takes it back."""

    list_display = ("user", "name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__username", "name", "prefix")
    fields = ("user", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    @admin.action(description=_("Revoke"), permissions=("revoke",))
    def revoke(self, request, queryset):
        now = timezone.now()
        count = sum(access_tokens.revoke(token, at=now) for token in queryset)
        self.message_user(
            request, _("{count} tokens open nothing any more.").format(count=count), messages.SUCCESS
        )

    def has_revoke_permission(self, request) -> bool:
        return request.user.has_perm("kernel.change_user")
