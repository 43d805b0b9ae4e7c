"""manage.py create_token: makes a personal access token for a user and prints it."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from erp.kernel.access_tokens import LONGEST_LIFE, STANDARD_LIFE, issue
from erp.kernel.api.scopes import EVERYTHING, SCOPES, unknown
from erp.kernel.errors import ErpError
from erp.management.arguments import refusal, user_named


class Command(BaseCommand):
    """The door for tokens of scripts. Only the token goes to standard output, so that a shell may keep it."""

    help = (
        "Makes an access token for a user and prints it: TOKEN=$(manage.py create_token integrator --name Export"
        ' --scope sales.orders.read); then curl -H "Authorization: Bearer $TOKEN" …'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="user name; the token does what this user may do")
        parser.add_argument("--name", default="create_token", help="by which the user knows the token")
        parser.add_argument(
            "--scope",
            dest="scopes",
            action="append",
            metavar="SCOPE",
            help=f"may be repeated; default: {EVERYTHING}",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=STANDARD_LIFE.days,
            metavar="N",
            help=f"until it expires; at most {LONGEST_LIFE.days}, default: %(default)s",
        )

    def handle(self, *, user: str, name: str, scopes: list[str] | None, days: int, **options) -> None:
        owner, wanted, now = user_named(user), scopes or [EVERYTHING], timezone.now()
        if not owner.is_active:
            raise CommandError(f"{user} cannot log in, so a token of theirs would open nothing.")
        if missing := unknown(wanted):
            raise CommandError(f"No such scope: {', '.join(missing)}. There are: {', '.join(SCOPES)}.")
        if not 0 < len(name) <= 60:
            raise CommandError("A name has between 1 and 60 characters.")
        if not 0 < days <= LONGEST_LIFE.days:
            raise CommandError(f"Say between 1 and {LONGEST_LIFE.days} days.")
        try:
            _token, plain = issue(owner, name, wanted, expires_at=now + timedelta(days=days), at=now)
        except ErpError as error:
            raise refusal(error) from error
        self.stdout.write(plain)
