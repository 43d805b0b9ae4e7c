"""Which codes and numbers exist: in the database, and among what this import is about to add."""

from django.db import models

from posting.models import Currency, GeneralLedgerSetup


class Known:
    """Asks every table once."""

    def __init__(self):
        self._codes: dict[type[models.Model], set[str]] = {}
        self._ids: dict[type[models.Model], dict[str, int]] = {}
        self._lcy: str | None = None

    @property
    def lcy(self) -> str:
        """ISO code of the local currency, which documents write as blank; blank without a set-up."""
        if self._lcy is None:
            self._lcy = GeneralLedgerSetup.objects.values_list("lcy_code", flat=True).first() or ""
        return self._lcy

    def has(self, model: type[models.Model], code: str) -> bool:
        return code in self._of(model) or (model is Currency and bool(code) and code == self.lcy)

    def promise(self, model: type[models.Model], code: str) -> None:
        """This import adds a row of this code before anybody asks for it."""
        self._of(model).add(code)

    def id(self, model: type[models.Model], code: str | None) -> int | None:
        """The key of a row in the database; None for nothing, and for the local currency."""
        if not code or (model is Currency and code == self.lcy):
            return None
        return self._rows(model, code)[code]

    def exists(self, model: type[models.Model], code: str) -> bool:
        """Whether the row is in the database by now."""
        return code in self._rows(model, code)

    def _rows(self, model: type[models.Model], code: str) -> dict[str, int]:
        """Keys by code; asked once more when a row is not among them, since it may have been added."""
        if model not in self._ids or code not in self._ids[model]:
            self._ids[model] = dict(model._default_manager.values_list(code_field(model), "pk"))
        return self._ids[model]

    def _of(self, model: type[models.Model]) -> set[str]:
        if model not in self._codes:
            self._codes[model] = set(model._default_manager.values_list(code_field(model), flat=True))
        return self._codes[model]


def code_field(model: type[models.Model]) -> str:
    """What a table calls its code."""
    return "number" if any(field.name == "number" for field in model._meta.fields) else "code"
