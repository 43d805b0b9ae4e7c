from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from erp.kernel.models.user import User


@dataclass(frozen=True)
class Passkey:
    """A passkey or security key. is_alone: logs in without user name and password, else it is a second factor."""

    pk: int
    name: str
    is_alone: bool
    added: datetime
    used: datetime | None


@dataclass(frozen=True)
class SecondFactors:
    has_app: bool
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def are_any(self) -> bool:
        return self.has_app or bool(self.passkeys)


def second_factors_of(user: User) -> SecondFactors:
    """What besides the password proves that it is this user. One query."""
    has_app, passkeys, codes_left = False, [], None
    for row in Authenticator.objects.filter(user=user).order_by("pk"):
        if row.type == Authenticator.Type.TOTP:
            has_app = True
        elif row.type == Authenticator.Type.RECOVERY_CODES:
            codes_left = len(row.wrap().get_unused_codes())
        else:
            key = row.wrap()
            passkeys.append(
                Passkey(row.pk, key.name, bool(key.is_passwordless), row.created_at, row.last_used_at)
            )
    return SecondFactors(has_app, tuple(passkeys), codes_left)
