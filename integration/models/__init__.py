"""Every table of the integration room."""

from integration.models.imported_record import ImportedRecord

__all__ = ["ImportedRecord"]
