"""Kinds of journals in addresses: journals/cash-receipts/."""

from django.urls import register_converter


class JournalKindConverter:
    """A kind of journal, as it is stored and as an address writes it."""

    regex = "cash-receipts|sales|general"

    def to_python(self, value: str) -> str:
        return value.replace("-", "_")

    def to_url(self, value: str) -> str:
        return str(value).replace("_", "-")


register_converter(JournalKindConverter, "journal")
