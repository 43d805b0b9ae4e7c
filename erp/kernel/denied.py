"""Every attempt that was denied, noted while it is refused and written once what was refused is undone.

    with noting(Channel.COMMAND):              # a door: a request, a command, a job
        routine(...)                           # refuses: note(...), then it raises

What is noted is written when the door closes, in a transaction of its own: the one that was refused has been rolled
back by then. Where there is no door (a shell), it is written to the log alone, where everything goes as well.
Of equal attempts only the first ten a minute are kept: a client that tries again and again fills no table.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.dispatch import receiver
from django.utils import timezone

from erp.kernel.models.denied import DeniedAttempt

logger = logging.getLogger("handel.access")

Channel = DeniedAttempt.Channel
KEPT_A_MINUTE = 10


@dataclass
class Door:
    """What comes in by one door, and what it was denied."""

    channel: Channel
    place: str = ""
    address: str = ""
    request_id: str = ""
    attempts: list[DeniedAttempt] = field(default_factory=list)


_door: ContextVar[Door | None] = ContextVar("door", default=None)


def name_request(request_id: str) -> None:
    """Tell the door the number of the request, once it is known."""
    door = _door.get()
    if door is not None:
        door.request_id = request_id[:64]


@contextmanager
def noting(channel: Channel, *, place: str = "", address: str = "", request_id: str = "") -> Iterator[Door]:
    """A door: what is denied in here is written when it closes, whether or not it closes with an error.

    Within another door only the channel and the place are its own: the outer one writes.
    """
    outer = _door.get()
    given = Door(channel, place, address, request_id)
    door = given if outer is None else replace(given, attempts=outer.attempts)
    token = _door.set(door)
    try:
        yield door
    finally:
        _door.reset(token)
        if outer is None:
            write(door.attempts)


def note(*, user, wanted: str, place: str = "", record: object = "", is_logged: bool = False) -> None:
    """Note that a user was denied something.

    user       None, or anonymous: nobody known
    wanted     the permission, the scope or the code of the refusal
    place      the routine, or what else is nearer than the door's own place
    is_logged  the caller has written a line to the log, with more in it
    """
    known = user if user is not None and user.pk else None
    door = _door.get()
    if not is_logged:
        who = f"user {known.get_username()!a}" if known else "nobody known"
        logger.warning("denied: %s; %s; %s", wanted, who, place or (door.place if door else "-"))
    if door is None:
        return
    attempt = DeniedAttempt(
        at=timezone.now(),  # noqa: TID251 (whoever refuses has no moment to pass on)
        user_id=known.pk if known else None,
        channel=door.channel,
        wanted=_fit(wanted),
        place=_fit(place or door.place),
        record=_fit(str(record or "")),
        request_id=door.request_id,
        address=door.address,
    )
    if sum(map(attempt.is_like, door.attempts)) < KEPT_A_MINUTE:
        door.attempts.append(attempt)


def write(attempts: list[DeniedAttempt]) -> None:
    """Write what was noted; a database that is gone, or a transaction that is broken, leaves it to the log."""
    if not attempts:
        return
    try:
        with transaction.atomic():
            for attempt in attempts:
                if _count_of_minute(attempt) < KEPT_A_MINUTE:
                    attempt.save(force_insert=True)
    except Error:
        logger.exception("Denied attempts could not be written: %s", ", ".join(map(str, attempts)))


def _count_of_minute(attempt: DeniedAttempt) -> int:
    """How many like it were written within the minute before: same user, same wish, same address."""
    alike = DeniedAttempt.objects.filter(
        user_id=attempt.user_id, wanted=attempt.wanted, address=attempt.address
    )
    return alike.filter(at__gt=attempt.at - timedelta(minutes=1))[:KEPT_A_MINUTE].count()


class DeniedAttemptsMiddleware:
    """The door of every request. Pages that refuse by raising PermissionDenied are noted here, whichever they are."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_api = request.path.startswith("/api/")
        place = f"{request.method} {request.path}"
        with noting(Channel.API if is_api else Channel.PAGE, place=place, address=_address(request)):
            return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, PermissionDenied):
            wanted = getattr(exception, "wanted", "") or "page"
            note(user=request.user, wanted=wanted)


@receiver(user_login_failed)
def note_failed_sign_in(sender, credentials, request=None, **_newer) -> None:
    """A wrong password. A name that nobody has is not kept: it may be a password typed into the wrong field."""
    name = credentials.get("username") or credentials.get("email") or ""
    user = get_user_model().objects.filter(username=name).first() if name else None
    outer = _door.get()
    place, address = (outer.place, outer.address) if outer else ("", _address(request) if request else "")
    with noting(Channel.SIGN_IN, place=place, address=address):
        note(user=user, wanted="sign in")


def _fit(text: str) -> str:
    """An address may hold what no column does."""
    return text.replace("\0", "\ufffd")[:250]


def _address(request) -> str:
    """Where a request comes from, past as many proxies as are trusted."""
    from allauth.account.adapter import get_adapter

    try:
        return (get_adapter().get_client_ip(request) or "")[:45]
    except PermissionDenied:  # the proxies do not say
        return ""
