"""Every table of the integration room."""

from integration.models.imported_record import ImportedRecord
from integration.models.subscription import Subscription, WebhookNotice

__all__ = ["ImportedRecord", "Subscription", "WebhookNotice"]
