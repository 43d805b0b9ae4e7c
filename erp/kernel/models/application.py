"""Applications that others wrote and that speak to the API, as OAuth 2.0 knows them."""

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class Application(AbstractApplication):
    """A program that may ask for tokens: to act as one user, or for persons who let it. Is no user itself.

    user     of a machine: whom it acts as; nobody else's
    scopes   the most it may ask for
    blocked  it may not connect; what it was given before is of no use to it
    """

    class Kind(models.TextChoices):
        """How it gets its tokens: as itself, or for a person, with or without a secret of its own."""

        MACHINE = "machine", _("Machine: works by itself, as one user")
        SERVER = "server", _("Persons, through a server that keeps a secret")
        DEVICE = "device", _("Persons, on their own computers and telephones")

    GRANTS = {
        Kind.MACHINE: (AbstractApplication.CLIENT_CONFIDENTIAL, AbstractApplication.GRANT_CLIENT_CREDENTIALS),
        Kind.SERVER: (AbstractApplication.CLIENT_CONFIDENTIAL, AbstractApplication.GRANT_AUTHORIZATION_CODE),
        Kind.DEVICE: (AbstractApplication.CLIENT_PUBLIC, AbstractApplication.GRANT_AUTHORIZATION_CODE),
    }  # client type and grant type by kind

    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("scopes"))
    blocked = models.BooleanField(_("may not connect"), default=False)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["name", "id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(authorization_grant_type="client-credentials", user__isnull=False)
                | Q(authorization_grant_type="authorization-code", user__isnull=True),
                name="kernel_machines_act_as_a_user",
            ),
            models.CheckConstraint(condition=~Q(scopes=[]), name="kernel_application_has_scopes"),
            models.CheckConstraint(condition=Q(hash_client_secret=True), name="kernel_secrets_are_hashed"),
        ]

    @property
    def kind(self) -> "Application.Kind":
        grants = (self.client_type, self.authorization_grant_type)
        return next(kind for kind, each in self.GRANTS.items() if each == grants)

    @property
    def is_machine(self) -> bool:
        return self.authorization_grant_type == self.GRANT_CLIENT_CREDENTIALS

    @property
    def has_secret(self) -> bool:
        return self.client_type == self.CLIENT_CONFIDENTIAL

    def is_usable(self, request) -> bool:
        """Asked by the toolkit before a token is given and whenever one is used."""
        return not self.blocked and (not self.is_machine or (self.user is not None and self.user.is_active))

    def get_allowed_schemes(self) -> list[str]:
        """The schemes of the addresses that answers may be sent to, which were checked when they were typed."""
        return sorted({urlsplit(uri).scheme for uri in self.redirect_uris.split()} | {"https"})
