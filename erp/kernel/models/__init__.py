"""The kernel's tables; other rooms import their models from here, the columns from `erp.kernel.fields`."""

from erp.kernel.models.application import Application
from erp.kernel.models.calendar import BaseCalendar, CalendarChange
from erp.kernel.models.change import Change
from erp.kernel.models.changelog import ChangeLogEntry
from erp.kernel.models.denied import DeniedAttempt
from erp.kernel.models.idempotency import IdempotencyKey
from erp.kernel.models.ledger import LedgerHead, LedgerModel, LedgerQuerySet
from erp.kernel.models.numbering import NumberSeries, NumberSeriesLine, NumberSeriesRelationship
from erp.kernel.models.outbox import OutboxMessage
from erp.kernel.models.paper import Attachment, OutgoingMail
from erp.kernel.models.picture import Picture
from erp.kernel.models.setup_stamp import SetupStamp
from erp.kernel.models.stamped import Stamped
from erp.kernel.models.token import AccessToken
from erp.kernel.models.user import User
from erp.kernel.models.workflow import TransitionLog
from erp.kernel.models.workplace import Notice, Preference, RecentRecord, SavedView

__all__ = [
    "AccessToken",
    "Application",
    "Attachment",
    "BaseCalendar",
    "CalendarChange",
    "Change",
    "ChangeLogEntry",
    "DeniedAttempt",
    "IdempotencyKey",
    "LedgerHead",
    "LedgerModel",
    "LedgerQuerySet",
    "Notice",
    "NumberSeries",
    "NumberSeriesLine",
    "NumberSeriesRelationship",
    "OutboxMessage",
    "OutgoingMail",
    "Picture",
    "Preference",
    "RecentRecord",
    "SavedView",
    "SetupStamp",
    "Stamped",
    "TransitionLog",
    "User",
]
