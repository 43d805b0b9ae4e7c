"""The kernel's tables; other rooms import their models from here, the columns from `erp.kernel.fields`."""

from erp.kernel.models.calendar import BaseCalendar, CalendarChange
from erp.kernel.models.changelog import ChangeLogEntry
from erp.kernel.models.idempotency import IdempotencyKey
from erp.kernel.models.ledger import LedgerHead, LedgerModel, LedgerQuerySet
from erp.kernel.models.numbering import NumberSeries, NumberSeriesLine, NumberSeriesRelationship
from erp.kernel.models.outbox import OutboxMessage
from erp.kernel.models.user import User
from erp.kernel.models.workflow import TransitionLog

__all__ = [
    "BaseCalendar",
    "CalendarChange",
    "ChangeLogEntry",
    "IdempotencyKey",
    "LedgerHead",
    "LedgerModel",
    "LedgerQuerySet",
    "NumberSeries",
    "NumberSeriesLine",
    "NumberSeriesRelationship",
    "OutboxMessage",
    "TransitionLog",
    "User",
]
