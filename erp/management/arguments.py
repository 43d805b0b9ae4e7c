"""What commands share: reading dates, amounts and users, and naming what was refused."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from erp.kernel.errors import ErpError, Problem
from erp.kernel.forms import MomentField
from erp.kernel.models import User


def day(text: str) -> date:
    """A date argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date; write it as 2026-03-31") from None


def moment(text: str) -> datetime:
    """A moment argument, in the time zone of the company unless it names another; a day alone is its end."""
    try:
        return MomentField().clean(text)
    except ValidationError:
        raise ArgumentTypeError(f"{text} is not a moment; write it as 2026-03-31T14:30") from None


def add_as_of(parser: ArgumentParser, *names: str) -> None:
    """--as-of and --known-at: by which day, and with whose knowledge. `names` are older words for the day."""
    parser.add_argument(
        *names,
        "--as-of",
        dest="as_of",
        type=day,
        metavar="DATE",
        help="what has a later posting date does not count",
    )
    parser.add_argument(
        "--known-at",
        type=moment,
        metavar="MOMENT",
        help="what was posted later does not count, whatever its date",
    )


def count(text: str) -> int:
    """A number of things, at least one."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a whole number from 1 on")
    return int(text)


def amount(text: str) -> Decimal:
    """An amount argument, more than zero, with at most two decimals."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(f"{text} is not an amount; write it as 1250.00") from None
    if not value.is_finite() or value <= 0 or value >= Decimal("1e17"):
        raise ArgumentTypeError(f"{text} is not an amount greater than zero")
    if value != round(value, 2):
        raise ArgumentTypeError(f"{text} has more than two decimals")
    return value


def user_named(name: str | None) -> User | None:
    """The user of that name; None without a name: the machine itself."""
    if name is None:
        return None
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user {name}.") from error


def refusal(error: ErpError) -> CommandError:
    """What a command says when something is refused: every problem with its code."""
    return problems_found(error.problems)


def problems_found(problems: Iterable[Problem]) -> CommandError:
    """The same for the problems of a preview."""
    return CommandError("\n".join(f"{problem} [{problem.code}]" for problem in dict.fromkeys(problems)))
