"""The transactional outbox: what must leave the house leaves after the commit, at least once.

    outbox.put("sales.invoice.posted", key=invoice.number, order=order.number)

    @outbox.handles("sales.invoice.posted")
    def send_einvoice(*, key: str, message_id: int, **_newer_fields) -> None: ...

A message is a row written in the posting's own transaction. After the commit the relay is nudged through Celery; a
lost nudge costs a minute, because beat runs the relay as well. Each message is delivered in a transaction of its own,
each of its handlers in a savepoint: what a handler wrote before it failed is undone, handlers that succeeded are not
run again. Failures wait 30 seconds, then twice as long each time up to 6 hours; after 12 attempts (the setting
OUTBOX_MAX_ATTEMPTS) the message is dead: it stays, visible in the admin and to `manage.py outbox`, until somebody
retries it.

A handler that speaks to somebody outside (`handles(topic, outside=True)`) is run with no transaction open: the relay
takes the message for five minutes (the setting OUTBOX_LEASE, in seconds), commits that, and writes the outcome down
afterwards. A relay that dies meanwhile gives the message back by that time.

Order: messages of one topic and key are delivered in the order in which they were put, one after the other; a dead
one does not hold up the rest. Between keys there is no order.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import NamedTuple

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db import connections, models, router, transaction
from django.db.models.functions import Now
from django.utils import timezone

from erp.kernel.bulk import insert_one, insert_rows
from erp.kernel.errors import ErpError
from erp.kernel.models.outbox import OutboxMessage

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
LEASE = 5 * 60.0  # seconds that a message belongs to whoever took it
BROKER_PAUSE = 30.0  # seconds without nudges after the broker did not answer
ON_ITS_WAY, NUDGE_COUNTS = "outbox-nudged", 10  # in the cache, for so many seconds at most
RESERVED = frozenset({"key", "message_id"})

Handler = Callable[..., None]


class Message(NamedTuple):
    """A message that is to be put; see `put`."""

    topic: str
    key: str
    payload: dict = {}


_handlers: dict[str, list[Handler]] = defaultdict(list)
_outside: set[str] = set()
_broker = {"back_at": 0.0}  # on the clock of time.monotonic
_held: ContextVar[list[Callable] | None] = ContextVar("held nudges", default=None)


def put(topic: str, *, key: str = "", **payload) -> OutboxMessage:
    """Write a message in the caller's transaction and nudge the relay once that commits.

    topic    what happened: room.noun.verb
    key      number of the document it is about; keeps its messages in order
    payload  JSON: texts, numbers, dates, never objects
    raises   ValueError for a payload named message_id: handlers get that from the relay
    """
    _refuse_reserved(payload)
    message = OutboxMessage(topic=topic, key=str(key), payload=payload)
    insert_one(message)
    _nudge_after_commit(router.db_for_write(OutboxMessage))
    return message


def tell(*messages: Message) -> None:
    """Put several messages with one statement, which a block of `together` sends with others; see `put`."""
    for message in messages:
        _refuse_reserved(message.payload)
    if insert_rows(OutboxMessage, messages):
        _nudge_after_commit(router.db_for_write(OutboxMessage))


def handles(topic: str, *, outside: bool = False) -> Callable[[Handler], Handler]:
    """Register a handler of a topic; a topic may have several. Handlers are safe to run twice.

    outside  the topic's handlers run with no transaction open, and see to their own
    """

    def register(handler: Handler) -> Handler:
        if outside:
            _outside.add(topic)
        if handler not in _handlers[topic]:
            _handlers[topic].append(handler)
        return handler

    return register


def handlers_of(topic: str) -> list[Handler]:
    """Who listens to a topic, in the order of registration."""
    return list(_handlers.get(topic, ()))


def _refuse_reserved(payload: dict) -> None:
    if RESERVED & payload.keys():
        raise ValueError("key and message_id are the relay's own words")


def _nudge_after_commit(alias: str) -> None:
    """Once per transaction is enough, as long as the savepoint that asked for it still stands."""
    connection = connections[alias]
    for savepoints, callback, _robust in reversed(connection.run_on_commit):
        if callback is nudge and savepoints <= set(connection.savepoint_ids):
            return
    transaction.on_commit(nudge, using=alias, robust=True)


def nudge() -> None:
    """Ask Celery to relay now, unless a relay is asked for already that has not begun to look.

    A broker that does not answer is logged and left alone for a while; beat will do.
    """
    held = _held.get()
    if held is not None:
        held.append(nudge)
        return
    if time.monotonic() < _broker["back_at"]:
        return
    try:
        if cache.add(ON_ITS_WAY, True, NUDGE_COUNTS):
            relay_outbox.apply_async(retry=False, expires=60)
    except Exception:
        _broker["back_at"] = time.monotonic() + BROKER_PAUSE
        logger.warning("The broker does not answer; the outbox waits for the schedule", exc_info=True)


@contextmanager
def nudged_once() -> Iterator[None]:
    """However many transactions within the block want the relay nudged, it is nudged once, when the block has ended."""
    held: list[Callable] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
        if held:
            nudge()


@shared_task(acks_late=True, ignore_result=True)
def relay_outbox(*, limit: int = 100, **_newer_arguments) -> int:
    """Deliver due messages, one transaction each. Also runs every minute, in case a nudge was lost."""
    with suppress(Exception):  # a cache that is away forgets it by itself
        cache.delete(ON_ITS_WAY)  # whoever commits from here on asks for another
    for delivered in range(limit):
        if not relay_one():
            return delivered
    nudge()  # more than one run's worth: let the next run be a task of its own
    return limit


def relay_one() -> bool:
    """Deliver the oldest due message that nobody else is delivering; False when there is none."""
    message = None
    try:
        with transaction.atomic(using=router.db_for_write(OutboxMessage)):
            message = OutboxMessage.objects.due().select_for_update(skip_locked=True).order_by("pk").first()
            if message is not None:
                _take_or_deliver(message, now=timezone.now())
        if message is not None and message.topic in _outside:
            deliver(message, now=timezone.now())
    except Exception as error:
        if message is None:
            raise
        # The delivery broke its own transaction (at commit, say), and with it the record of the failure.
        logger.exception("Outbox message %s broke its transaction", message.pk)
        message.refresh_from_db()
        _record_failure(message, error, now=timezone.now())
    return message is not None


def relay_now(message: OutboxMessage, *, now: datetime) -> bool:
    """Deliver one message without waiting for the relay; False where that is at it, or a handler failed."""
    with transaction.atomic(using=router.db_for_write(OutboxMessage)):
        due = OutboxMessage.objects.due().select_for_update(skip_locked=True).filter(pk=message.pk).first()
        done = due is not None and _take_or_deliver(due, now=now)
    return deliver(due, now=now) if due is not None and due.topic in _outside else done


def hold(messages: models.QuerySet[OutboxMessage]) -> None:
    """Keep the relay from messages for a while: somebody else is at them."""
    seconds = getattr(settings, "OUTBOX_LEASE", LEASE)
    messages.update(retry_at=Now() + timedelta(seconds=seconds))


def deliver(message: OutboxMessage, *, now: datetime) -> bool:
    """Run the handlers that have not had the message yet; returns whether all of them are done with it now."""
    failure = None
    own = message.topic not in _outside
    for handler in handlers_of(message.topic):
        name = f"{handler.__module__}.{handler.__qualname__}"
        if name in message.delivered_to:
            continue
        try:
            with transaction.atomic(using=router.db_for_write(OutboxMessage)) if own else nullcontext():
                handler(key=message.key, message_id=message.pk, **message.payload)
        except Exception as error:
            level = (
                logging.WARNING if isinstance(error, ErpError) else logging.ERROR
            )  # the foreseen is no alarm
            logger.log(
                level, "Outbox message %s (%s) failed in %s", message.pk, message.topic, name, exc_info=True
            )
            failure = failure or error
        else:
            message.delivered_to.append(name)
    if failure is not None:
        _record_failure(message, failure, now=now)
        return False
    message.attempts += 1
    message.sent_at, message.error = now, ""
    _keep(message, "attempts", "sent_at", "error", "delivered_to")
    return True


def _take_or_deliver(message: OutboxMessage, *, now: datetime) -> bool:
    if message.topic not in _outside:
        return deliver(message, now=now)
    hold(OutboxMessage.objects.filter(pk=message.pk))
    return False


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 30), LONGEST_WAIT)


def retry(messages: models.QuerySet[OutboxMessage], *, now: datetime) -> int:
    """Make dead or waiting messages due again, with all their attempts; returns how many."""
    woken = messages.filter(sent_at=None).update(dead_at=None, attempts=0, retry_at=now)
    if woken:
        transaction.on_commit(nudge, using=router.db_for_write(OutboxMessage), robust=True)
    return woken


def forget_sent(*, before: datetime) -> int:
    """Delete messages that were delivered before a moment; returns how many. Dead ones stay."""
    return OutboxMessage.objects.filter(sent_at__lt=before).delete()[0]


def _record_failure(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    message.attempts += 1
    message.error = f"{type(error).__name__}: {error}"[-4000:]
    message.retry_at = now + wait_after(message.attempts)
    if message.attempts >= getattr(settings, "OUTBOX_MAX_ATTEMPTS", MAX_ATTEMPTS):
        message.dead_at = now
        logger.error("Outbox message %s (%s) is dead: %s", message.pk, message.topic, message.error)
    _keep(message, "attempts", "error", "retry_at", "dead_at", "delivered_to")


def _keep(message: OutboxMessage, *names: str) -> None:
    """Write down what became of a message; one that was withdrawn meanwhile stays gone."""
    values = {name: getattr(message, name) for name in names}
    OutboxMessage.objects.filter(pk=message.pk).update(**values)
